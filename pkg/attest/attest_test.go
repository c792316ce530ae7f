package attest_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"selvhjelp/pkg/attest"
)

var seed = bytes.Repeat([]byte{7}, 32)

const text = "Bekreftelse på sletting\nDag: 2. mars 2026\nRegistreringer: 12\nUferdige skjemaer: 0\n"

func TestWhatWasSignedIsRecognised(t *testing.T) {
	signed := attest.New(seed).Sign(text)
	if !attest.New(seed).Check(signed) || !strings.HasPrefix(signed, text) {
		t.Errorf("not recognised:\n%s", signed)
	}
	if attest.New(seed).Sign(text) != signed {
		t.Error("the same text is signed in two ways")
	}
}

func TestWhatMailProgramsDoToLinesDoesNotCount(t *testing.T) {
	s := attest.New(seed)
	signed := s.Sign(text)
	for name, changed := range map[string]string{
		"other line ends":     strings.ReplaceAll(signed, "\n", "\r\n"),
		"one line":            strings.ReplaceAll(signed, "\n", " "),
		"broken anywhere":     strings.Join(strings.SplitAfter(signed, "e"), "\n "),
		"hard spaces":         strings.ReplaceAll(signed, " ", "\u00a0"),
		"surrounded":          "\n\n  " + signed + "\t\n",
		"letters taken apart": strings.ReplaceAll(signed, "å", "a\u030a"),
	} {
		if !s.Check(changed) {
			t.Errorf("%s: not recognised", name)
		}
	}
}

func TestEveryOtherChangeIsNoticed(t *testing.T) {
	s := attest.New(seed)
	signed := s.Sign(text)
	for i, r := range signed {
		if strings.ContainsRune(" \n", r) {
			continue
		}
		rest := signed[i+len(string(r)):]
		if s.Check(signed[:i]+rest) || r != 'x' && s.Check(signed[:i]+"x"+rest) || r != '7' && s.Check(signed[:i]+"7"+rest) {
			t.Fatalf("a change of %q at %d is not noticed", r, i)
		}
	}
	for name, changed := range map[string]string{
		"nothing":          "",
		"no signature":     text,
		"more above":       "Hei!\n" + signed,
		"more below":       signed + "Hilsen",
		"twice":            signed + signed,
		"another's":        attest.New(bytes.Repeat([]byte{8}, 32)).Sign(text),
		"an empty one":     strings.TrimRight(signed[:strings.LastIndex(signed, ":")+1], "\n"),
		"a short one":      signed[:strings.LastIndex(signed, ":")+1] + " AAAA",
		"another's key":    strings.Replace(signed, attest.New(seed).PublicKey(), attest.New(bytes.Repeat([]byte{8}, 32)).PublicKey(), 1),
		"a zero-width gap": strings.Replace(signed, "mars", "ma\u200brs", 1),
	} {
		if s.Check(changed) {
			t.Errorf("%s: recognised", name)
		}
	}
}

// TestAnybodyCanCheckWithTheKeyInTheText does what the page about security says.
func TestAnybodyCanCheckWithTheKeyInTheText(t *testing.T) {
	signed := attest.New(seed).Sign(text)
	whole := strings.Join(strings.Fields(signed), "")
	above, signature, _ := strings.Cut(whole, "Ed25519-signature:")
	_, key, _ := strings.Cut(above, "Ed25519-key:")
	block, _ := pem.Decode([]byte("-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n"))
	if block == nil {
		t.Fatal("the key makes no PEM file")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !ed25519.Verify(public.(ed25519.PublicKey), []byte(above), raw) {
		t.Error("the signature does not hold")
	}
}

func TestASignerDoesNotPrintItsKey(t *testing.T) {
	s := attest.New(seed)
	out := fmt.Sprintf("%v %+v %#v %s %x %v", s, s, s, s, s, struct{ S attest.Signer }{s})
	for _, secret := range []string{string(seed[:6]), hex.EncodeToString(seed[:6]), strings.Trim(fmt.Sprint(seed[:6]), "[]")} {
		if strings.Contains(out, secret) {
			t.Error("a key was printed")
		}
	}
}
