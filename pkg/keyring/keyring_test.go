package keyring_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/keyring"
)

func ring(t testing.TB, text string) *keyring.Ring {
	t.Helper()
	r, _, err := keyring.Load(files(t, text, goodSeal))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// child derives a key of the fixed root key as RFC 5869 says, on its own.
func child(t *testing.T, label string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, bytes.Repeat([]byte{'r'}, 32), nil, "selvhjelp "+label, 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func hmacOf(key []byte, message ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(bytes.Join(message, nil))
	return h.Sum(nil)
}

func TestALookupKeyIsTheHMACOfTheNineteenDataSymbols(t *testing.T) {
	code := accesscode.New()
	want := hmacOf(child(t, "lookup-v1"), []byte("code-v1"), code.Data())[:16]
	if got := ring(t, goodRoot).Lookup(code); !bytes.Equal(got, want) {
		t.Error("the lookup key is another one")
	}
	if len(code.Data()) != 19 {
		t.Error("the check symbol is part of the lookup key")
	}
}

func TestPepperAndIndexFrameTheirParts(t *testing.T) {
	framed := []byte("\x00\x00\x00\x00\x02ab\x00\x00\x00\x01c")
	r := ring(t, goodRoot)
	if got := r.Pepper("l", []byte("ab"), []byte("c")); !bytes.Equal(got, hmacOf(child(t, "pepper-v1"), []byte("l"), framed)) {
		t.Error("the pepper is another one")
	}
	if got := r.Index("l", []byte("ab"), []byte("c")); !bytes.Equal(got, hmacOf(child(t, "index-v1"), []byte("l"), framed)[:16]) {
		t.Error("the index is another one")
	}
}

func TestWhatSignsConfirmationsHasAKeyOfItsOwn(t *testing.T) {
	if got := ring(t, goodRoot).AttestSeed(); !bytes.Equal(got, child(t, "attest-v1")) {
		t.Error("the seed is another one: confirmations that were given out do not hold any more")
	}
}

func TestNoTwoListsOfPartsLookAlike(t *testing.T) {
	r := ring(t, goodRoot)
	parts := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 3), 0, 3)
	label := rapid.SampledFrom([]string{"a", "ab", "own", "reg"})
	rapid.Check(t, func(t *rapid.T) {
		l1, l2 := label.Draw(t, "label"), label.Draw(t, "other label")
		p1, p2 := parts.Draw(t, "parts"), parts.Draw(t, "other parts")
		same := fmt.Sprint(l1, p1) == fmt.Sprint(l2, p2)
		if bytes.Equal(r.Index(l1, p1...), r.Index(l2, p2...)) != same {
			t.Fatal("two indexes collide, or one is not itself")
		}
		if bytes.Equal(r.Pepper(l1, p1...), r.Pepper(l2, p2...)) != same {
			t.Fatal("two peppers collide, or one is not itself")
		}
	})
}

func TestAnotherRootKeyDerivesOtherKeys(t *testing.T) {
	a, b := ring(t, goodRoot), ring(t, "selvhjelp root key v1\n"+fixed('q')+"\n")
	code := accesscode.New()
	if bytes.Equal(a.Lookup(code), b.Lookup(code)) || bytes.Equal(a.Index("own"), b.Index("own")) || bytes.Equal(a.Pepper("p"), b.Pepper("p")) {
		t.Error("a key does not depend on the root key")
	}
}

func TestTheKeysNeverPrintThemselves(t *testing.T) {
	r, seal, err := keyring.Load(files(t, goodRoot, goodSeal))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, v := range []any{r, seal, []any{r, seal}, struct {
		r *keyring.Ring
		s *keyring.Seal
	}{r, seal}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("keys", "ring", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("keys", "ring", v)
	}
	secrets := [][]byte{bytes.Repeat([]byte{'r'}, 32), bytes.Repeat([]byte{'s'}, 32),
		child(t, "lookup-v1"), child(t, "pepper-v1"), child(t, "index-v1")}
	for _, s := range secrets {
		decimals := strings.Trim(fmt.Sprint(s[:8]), "[]")
		word := fmt.Sprint(binary.BigEndian.Uint32(s)) // as a cipher holds it
		for _, form := range []string{string(s[:8]), hex.EncodeToString(s[:4]), base64.StdEncoding.EncodeToString(s)[:8], decimals, word} {
			if strings.Contains(out.String(), form) {
				t.Error("a key was printed")
			}
		}
	}
}
