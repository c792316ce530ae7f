package token

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"testing"

	"github.com/cloudflare/circl/blindsign/blindrsa"
)

// BlindSign signs with a key of the vectors, for the tests that see the package from
// outside.
func BlindSign(private *rsa.PrivateKey, blinded []byte) ([]byte, error) {
	s, err := newSigner(private)
	if err != nil {
		return nil, err
	}
	return s.sign(blinded)
}

func drawn(t *testing.T, bits int) (*rsa.PrivateKey, *signer) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return private, s
}

// TestSignaturesAreThoseOfAnotherLibrary: circl, which raises to the private
// exponent in one piece, has the same result for whatever is signed.
func TestSignaturesAreThoseOfAnotherLibrary(t *testing.T) {
	for _, bits := range []int{2048, 3071, Bits} {
		private, s := drawn(t, bits)
		for range 4 {
			z, err := rand.Int(rand.Reader, private.N)
			if err != nil {
				t.Fatal(err)
			}
			raw := z.FillBytes(make([]byte, private.Size()))
			want, err1 := blindrsa.NewSigner(private).BlindSign(raw)
			got, err2 := s.sign(raw)
			if err1 != nil || err2 != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bits: another signature, %v, %v", bits, err1, err2)
			}
		}
	}
}

// TestASignatureWithAFaultStaysHere: a bit that flips in one half of the key, and
// so in one half of the result, would give the key away.
func TestASignatureWithAFaultStaysHere(t *testing.T) {
	private, sound := drawn(t, 2048)
	blinded := big.NewInt(2).FillBytes(make([]byte, private.Size()))
	flip := func(raw []byte) []byte {
		out := bytes.Clone(raw)
		out[len(out)/2] ^= 1
		return out
	}
	for half, broken := range map[string]signer{
		"of p": {sound.n, sound.p, sound.q, flip(sound.dP), sound.dQ, sound.qInv, sound.e},
		"of q": {sound.n, sound.p, sound.q, sound.dP, flip(sound.dQ), sound.qInv, sound.e},
	} {
		if got, err := broken.sign(blinded); !errors.Is(err, errFault) || got != nil {
			t.Errorf("a fault in the half %s: %d bytes, %v", half, len(got), err)
		}
	}
	if _, err := sound.sign(blinded); err != nil {
		t.Errorf("the sound key: %v", err)
	}
}

// TestAKeyThatIsNotSoundSignsNothing: refused when it is read, not when somebody
// has paid.
func TestAKeyThatIsNotSoundSignsNothing(t *testing.T) {
	private, _ := drawn(t, 2048)
	one := big.NewInt(1)
	for story, broken := range map[string]*rsa.PrivateKey{
		"another exponent": {PublicKey: private.PublicKey, D: new(big.Int).Sub(private.D, one), Primes: private.Primes},
		"another prime":    {PublicKey: private.PublicKey, D: private.D, Primes: []*big.Int{private.Primes[0], new(big.Int).Add(private.Primes[1], one)}},
		"one prime":        {PublicKey: private.PublicKey, D: private.D, Primes: private.Primes[:1]},
	} {
		if s, err := newSigner(broken); err == nil || s != nil {
			t.Errorf("%s: %v", story, err)
		}
	}
}
