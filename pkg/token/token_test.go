package token_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strconv"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/token"
)

// vector is one of appendix A of RFC 9474.
type vector struct {
	Name, P, Q, N, E, D, SLen string
	Input                     string `json:"input_msg"`
	Inv                       string
	Blinded                   string `json:"blinded_msg"`
	BlindSig                  string `json:"blind_sig"`
	Sig                       string
}

func number(t *testing.T, text string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(text, 16)
	if !ok {
		t.Fatal("not a number")
	}
	return n
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	check(t, err)
	return raw
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheVectorsOfTheRFCPass: what is blinded, signed and unblinded as appendix A
// of RFC 9474 has it, in all four variants.
func TestTheVectorsOfTheRFCPass(t *testing.T) {
	raw, err := os.ReadFile("testdata/rfc9474.json")
	check(t, err)
	var file struct{ Vectors []vector }
	check(t, json.Unmarshal(raw, &file))
	if len(file.Vectors) != 4 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) { v.run(t) })
	}
}

func (v vector) run(t *testing.T) {
	n, e := number(t, v.N), number(t, v.E)
	private := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())}, D: number(t, v.D), Primes: []*big.Int{number(t, v.P), number(t, v.Q)}}
	got, err := token.BlindSign(private, unhex(t, v.Blinded))
	check(t, err)
	if !bytes.Equal(got, unhex(t, v.BlindSig)) {
		t.Error("the blind signature is another one")
	}
	sig := new(big.Int).Mul(new(big.Int).SetBytes(got), number(t, v.Inv))
	if sig.Mod(sig, n).Cmp(number(t, v.Sig)) != 0 {
		t.Error("unblinded it is another signature")
	}
	r := new(big.Int).ModInverse(number(t, v.Inv), n)
	blinded := new(big.Int).Exp(sig, e, n) // the encoded message
	blinded.Mul(blinded, r.Exp(r, e, n)).Mod(blinded, n)
	if blinded.Cmp(number(t, v.Blinded)) != 0 {
		t.Error("blinded it is another value")
	}
	digest, salt := sha512.Sum384(unhex(t, v.Input)), int(number(t, v.SLen).Int64())
	check(t, rsa.VerifyPSS(&private.PublicKey, crypto.SHA384, digest[:], unhex(t, v.Sig), &rsa.PSSOptions{SaltLength: salt}))
}

var now = domaintest.Now

// bought is a token that went the whole way.
func bought(t *testing.T, ring *token.Ring) (message, signature []byte) {
	t.Helper()
	key, err := ring.Current(domaintest.Product, now)
	check(t, err)
	b := domaintest.NewBuyer(t, key)
	blind, err := ring.Sign(key.ID, b.Blinded)
	check(t, err)
	return b.Message, b.Unblind(t, blind)
}

func TestATokenIsTakenUntilTheEndOfTheNextYear(t *testing.T) {
	ring, _ := domaintest.Tokens(t, now)
	message, signature := bought(t, ring)
	last := time.Date(now.Year()+1, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, at := range []time.Time{now, last} {
		if got, err := token.Check(ring.Keys(), message, signature, at); err != nil || !bytes.Equal(got.Key.Message(got.Nonce), message) {
			t.Errorf("at %s: %v", at, err)
		}
	}
	if _, err := token.Check(ring.Keys(), message, signature, last.Add(time.Second)); !errors.Is(err, token.ErrLapsed) {
		t.Errorf("a second after the last day: %v", err)
	}
	if day := ring.Keys()[0].LastDay(); day.Format(time.DateOnly) != strconv.Itoa(now.Year()+1)+"-12-31" {
		t.Errorf("the last day is said to be %s", day)
	}
}

func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	ring, other := domaintest.Tokens(t, now)
	key := ring.Keys()[0]
	message, signature := bought(t, ring)
	change := func(at int, raw []byte) []byte {
		out := bytes.Clone(raw)
		out[(at+len(out))%len(out)] ^= 1
		return out
	}
	nonce := message[len(message)-token.NonceLen:]
	another := token.NewKey("other", key.Year, key.Public)
	for story, c := range map[string]struct {
		message, signature []byte
		want               error
	}{
		"another nonce":           {change(-1, message), signature, token.ErrSignature},
		"a flipped bit":           {message, change(100, signature), token.ErrSignature},
		"another label":           {change(0, message), signature, token.ErrForm},
		"another key named":       {change(-token.NonceLen-1, message), signature, token.ErrKey},
		"another product":         {another.Message(nonce), signature, token.ErrKey},
		"a key of another ring":   {other.Keys()[0].Message(nonce), signature, token.ErrKey},
		"too long":                {append(bytes.Clone(message), 0), signature, token.ErrForm},
		"a signature too short":   {message, signature[1:], token.ErrForm},
		"nothing":                 {nil, nil, token.ErrForm},
		"a signature of a number": {message, make([]byte, token.Size), token.ErrSignature},
	} {
		if _, err := token.Check(ring.Keys(), c.message, c.signature, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", story, err, c.want)
		}
	}
}

func TestOnlyBlindedValuesAreSigned(t *testing.T) {
	ring, _ := domaintest.Tokens(t, now)
	key := ring.Keys()[0]
	n := key.Public.N
	largest := new(big.Int).SetBytes(bytes.Repeat([]byte{0xff}, token.Size))
	for story, z := range map[string]*big.Int{
		"0": big.NewInt(0), "1": big.NewInt(1), "n-1": new(big.Int).Sub(n, big.NewInt(1)), "n": n,
		"n+1": new(big.Int).Add(n, big.NewInt(1)), "the largest": largest,
	} {
		if _, err := ring.Sign(key.ID, z.FillBytes(make([]byte, token.Size))); !errors.Is(err, token.ErrBlinded) {
			t.Errorf("%s: %v", story, err)
		}
	}
	if _, err := ring.Sign(key.ID, make([]byte, token.Size+1)); !errors.Is(err, token.ErrBlinded) {
		t.Errorf("too long: %v", err)
	}
	if _, err := ring.Sign("0000000000000000", make([]byte, token.Size)); !errors.Is(err, token.ErrNoKey) {
		t.Errorf("another key: %v", err)
	}
}

// TestAValueThatSharesAFactorWithTheKeyIsNotSigned uses a key whose factor is
// known, which no browser's is.
func TestAValueThatSharesAFactorWithTheKeyIsNotSigned(t *testing.T) {
	p := new(big.Int).Lsh(big.NewInt(1), 1600)
	n := new(big.Int).Mul(p.Add(p, big.NewInt(1)), new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 1471), big.NewInt(1)))
	key := token.NewKey("access", 2026, &rsa.PublicKey{N: n, E: 65537})
	if err := key.Signable(p.FillBytes(make([]byte, token.Size))); !errors.Is(err, token.ErrBlinded) {
		t.Errorf("a factor of n: %v", err)
	}
	if err := key.Signable(new(big.Int).Add(p, big.NewInt(2)).FillBytes(make([]byte, token.Size))); err != nil {
		t.Errorf("its neighbour: %v", err)
	}
}
