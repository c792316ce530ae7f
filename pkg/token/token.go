// Package token is the blind-signed proof of a purchase, which cannot be traced
// to it.
//
// A buyer's browser draws a nonce and asks for a signature over a message that
// names product and key, but sends it blinded: who signs sees a number that
// could be any token (RFC 9474, RSABSSA-SHA384-PSS-Deterministic). Taken off the
// blinding, the signature is an ordinary RSA-PSS one that anybody can check.
//
//   - A key is of 3072 bits, for one product and one calendar year, and signs
//     nothing else. What is signed under it is valid to the end of the next year.
//   - The message is "selvhjelp-token-v1", a zero byte, the product's id, a zero
//     byte, the SHA-256 of the key's SubjectPublicKeyInfo (DER), and the nonce of
//     32 bytes: a token of another product, year or key is another token.
//   - A blinded value that is 0, 1 or n-1, too large, or shares a factor with n
//     is not signed. A signature is checked before it is handed out: a computation
//     that failed halfway would give the key away.
//   - Nothing here knows who buys, nor what a token is used for.
package token

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"regexp"
	"time"
)

// Sizes.
const (
	Bits     = 3072     // of a key
	Size     = Bits / 8 // bytes of a signature and of a blinded value
	NonceLen = 32       // bytes

	saltLen = sha512.Size384 // bytes, as RFC 9474 has it for this variant
	idLen   = 16             // hex digits of the fingerprint
	label   = "selvhjelp-token-v1"
)

// Why a token is refused. A log says no more than this.
var (
	ErrForm      = errors.New("token: not the form of a token")
	ErrKey       = errors.New("token: no key that is accepted")
	ErrLapsed    = errors.New("token: no longer valid")
	ErrSignature = errors.New("token: the signature does not fit")
)

var product = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// IsProduct reports whether id can name a product: up to 32 lower-case letters,
// digits and hyphens.
func IsProduct(id string) bool { return product.MatchString(id) }

// Key is a public key and what it is for.
type Key struct {
	ID, Product string // ID is the beginning of the fingerprint
	Year        int    // in which it signs
	Public      *rsa.PublicKey
}

// NewKey names a public key.
func NewKey(product string, year int, public *rsa.PublicKey) Key {
	k := Key{Product: product, Year: year, Public: public}
	k.ID = k.Fingerprint()[:idLen]
	return k
}

// Fingerprint is the SHA-256 of the key's SubjectPublicKeyInfo (DER) in hex.
func (k Key) Fingerprint() string { return hex.EncodeToString(k.print()) }

func (k Key) print() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.Public)
	if err != nil {
		panic(err) // an RSA key has a form
	}
	sum := sha256.Sum256(der)
	return sum[:]
}

// LastDay is the last day, in UTC, on which what is signed under the key is
// valid.
func (k Key) LastDay() time.Time { return time.Date(k.Year+1, 12, 31, 0, 0, 0, 0, time.UTC) }

// Valid reports whether what is signed under the key is valid at now.
func (k Key) Valid(now time.Time) bool { return now.UTC().Year() <= k.Year+1 }

// Message is what is signed for a nonce.
func (k Key) Message(nonce []byte) []byte {
	return bytes.Join([][]byte{[]byte(label), []byte(k.Product), append(k.print(), nonce...)}, []byte{0})
}

// Token is what a signature is about.
type Token struct {
	Key   Key
	Nonce []byte
}

// Check finds the key that a token is of and verifies it at now.
func Check(keys []Key, message, signature []byte, now time.Time) (Token, error) {
	head, rest, found := bytes.Cut(message, []byte{0})
	id, rest, again := bytes.Cut(rest, []byte{0})
	if !found || !again || string(head) != label || !IsProduct(string(id)) || len(rest) != sha256.Size+NonceLen || len(signature) != Size {
		return Token{}, ErrForm
	}
	for _, k := range keys {
		if k.Product != string(id) || !bytes.Equal(k.print(), rest[:sha256.Size]) {
			continue
		}
		if !k.Valid(now) {
			return Token{}, ErrLapsed
		}
		digest := sha512.Sum384(message)
		if rsa.VerifyPSS(k.Public, crypto.SHA384, digest[:], signature, &rsa.PSSOptions{SaltLength: saltLen}) != nil {
			return Token{}, ErrSignature
		}
		return Token{k, bytes.Clone(rest[sha256.Size:])}, nil
	}
	return Token{}, ErrKey
}
