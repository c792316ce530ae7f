package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestKeysAreDerivedAsTheRFCHasIt: the cases of RFC 5869, appendix A, that use
// SHA-256, up to the length of a key.
func TestKeysAreDerivedAsTheRFCHasIt(t *testing.T) {
	for _, c := range []struct{ secret, salt, info, key string }{
		{strings.Repeat("0b", 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"},
		{hex.EncodeToString(numbered(0x00)), hex.EncodeToString(numbered(0x60)), hex.EncodeToString(numbered(0xb0)), "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"},
		{strings.Repeat("0b", 22), "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"},
	} {
		got := hkdfOf(unhex(t, c.secret), unhex(t, c.salt), string(unhex(t, c.info)))
		if hex.EncodeToString(got[:]) != c.key {
			t.Errorf("another key than that of the RFC for %q", c.info)
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// numbered are the 80 bytes from one on.
func numbered(from byte) []byte {
	out := make([]byte, 80)
	for i := range out {
		out[i] = from + byte(i)
	}
	return out
}

// TestKeysAreThoseOfTheStandardLibrary: whatever goes in, and however long it is.
func TestKeysAreThoseOfTheStandardLibrary(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for n := range 300 {
		parts := [3][]byte{make([]byte, n), make([]byte, n*7%131), make([]byte, n*3%257)}
		for i := range parts {
			random.Read(parts[i])
		}
		want, err := hkdf.Key(sha256.New, parts[0], parts[1], string(parts[2]), keyLen)
		if err != nil {
			t.Fatal(err)
		}
		if hkdfOf(parts[0], parts[1], string(parts[2])) != [keyLen]byte(want) {
			t.Fatalf("another key for a secret of %d, a salt of %d and a label of %d bytes", n, len(parts[1]), len(parts[2]))
		}
	}
}

func TestDerivingAKeyMakesNoGarbage(t *testing.T) {
	secret, salt := make([]byte, 32), make([]byte, 16)
	if n := testing.AllocsPerRun(100, func() { hkdfOf(secret, salt, "session-v1") }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}
