package attack

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// forms are the shapes in which a secret could lie about: plain, in another
// case, hexadecimal, base64 at each of its three alignments and in both
// alphabets, and as a bare hash.
func forms(secret string) [][]byte {
	raw := []byte(secret)
	sum := sha256.Sum256(raw)
	out := [][]byte{raw, []byte(strings.ToLower(secret)), []byte(strings.ToUpper(secret)), sum[:]}
	for _, b := range [][]byte{raw, sum[:]} {
		h := hex.EncodeToString(b)
		out = append(out, []byte(h), []byte(strings.ToUpper(h)))
		for before := range 3 {
			for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				out = append(out, middle(enc, b, before))
			}
		}
	}
	return out
}

// middle is what stays the same of a piece's base64 when it stands behind so
// many other bytes: without the symbols that it shares with its neighbours.
func middle(enc *base64.Encoding, piece []byte, before int) []byte {
	all := enc.EncodeToString(append(make([]byte, before), piece...))
	end := (before + len(piece)) * 8 / 6
	return []byte(all[(before*8+5)/6 : end])
}

// holds reports whether a secret lies in the haystack in any form.
func holds(haystack []byte, secret string) bool {
	for _, f := range forms(secret) {
		if bytes.Contains(haystack, f) {
			return true
		}
	}
	return false
}

func TestTheSearcherFindsEveryForm(t *testing.T) {
	const secret = "answer-of-somebody"
	sum := sha256.Sum256([]byte(secret))
	for _, hidden := range []string{
		secret, strings.ToUpper(secret), hex.EncodeToString([]byte(secret)), string(sum[:]), hex.EncodeToString(sum[:]),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("x" + secret + "yz")),
		base64.URLEncoding.EncodeToString([]byte("??" + secret)), base64.StdEncoding.EncodeToString(sum[:]),
	} {
		if !holds([]byte("\x00\x01"+hidden+"\xff"), secret) {
			t.Errorf("not found as %q", hidden)
		}
		if holds([]byte("\x00\x01"+hidden[:len(hidden)/2]+"\xff"), secret) {
			t.Errorf("half of %q is taken for the whole", hidden)
		}
	}
}
