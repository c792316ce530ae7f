// Package attest signs short texts, so that they can be shown to be this
// service's own long after it has forgotten what they are about.
//
//   - A text is signed with Ed25519 (RFC 8032) under a key that is used for
//     nothing else. Nothing about it is kept.
//   - The public key stands in the text, so whoever trusts it can check without
//     asking: see Check for what is signed.
//   - White space does not count, since mail programs break and indent lines;
//     every other change of a character is noticed.
package attest

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What stands before the key and the signature.
const (
	keyLabel       = "Ed25519-key:"
	signatureLabel = "Ed25519-signature:"
)

var encoding = base64.StdEncoding.Strict()

// Signer signs and checks. It never prints its key.
type Signer struct{ key *ed25519.PrivateKey }

// New makes a signer of a seed of 32 bytes.
func New(seed []byte) Signer {
	key := ed25519.NewKeyFromSeed(seed)
	return Signer{&key}
}

// PublicKey is the key that anybody can check with: SubjectPublicKeyInfo (RFC
// 8410) in base64, which is what stands in a PEM file.
func (s Signer) PublicKey() string {
	der, err := x509.MarshalPKIXPublicKey(s.key.Public())
	if err != nil {
		panic(err) // an Ed25519 key has this form
	}
	return encoding.EncodeToString(der)
}

// Sign returns the text with the public key and the signature below it.
func (s Signer) Sign(text string) string {
	signed := strings.TrimSpace(norm.NFC.String(text)) + "\n\n" + keyLabel + " " + s.PublicKey() + "\n"
	signature := ed25519.Sign(*s.key, essence(signed))
	return signed + signatureLabel + " " + encoding.EncodeToString(signature) + "\n"
}

// Check reports whether s has signed a text and nothing in it was changed. What
// is signed is everything above the signature's label, in NFC and UTF-8, without
// white space.
func (s Signer) Check(text string) bool {
	whole := string(essence(text))
	i := strings.LastIndex(whole, signatureLabel)
	if i < 0 {
		return false
	}
	signature, err := encoding.DecodeString(whole[i+len(signatureLabel):])
	return err == nil && ed25519.Verify(s.key.Public().(ed25519.PublicKey), []byte(whole[:i]), signature)
}

// essence is a text without white space.
func essence(text string) []byte {
	return []byte(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFC.String(text)))
}

// Format hides the key whatever the verb.
func (s Signer) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[signer]") }

// LogValue hides the key.
func (s Signer) LogValue() slog.Value { return slog.StringValue("[signer]") }
