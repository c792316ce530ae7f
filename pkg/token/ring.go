package token

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// ErrBlinded is returned for a value that is not to be signed.
	ErrBlinded = errors.New("token: not a blinded value")
	// ErrNoKey is returned when there is no key of that id, or none for that
	// product and year.
	ErrNoKey = errors.New("token: there is no such key")
)

// Ring holds private keys and the file they are kept in. It may be used from
// several goroutines and never prints them.
type Ring struct {
	path   string
	change sync.Mutex // held while the file is written anew
	fresh  bool       // there is no file yet
	held   atomic.Pointer[[]pair]
}

// pair is a key with its private half.
type pair struct {
	Key
	private *rsa.PrivateKey
	signer  *signer
}

func newPair(product string, year int, private *rsa.PrivateKey) (pair, error) {
	s, err := newSigner(private)
	return pair{NewKey(product, year, &private.PublicKey), private, s}, err
}

// drawPair makes a key that has never been.
func drawPair(product string, year int) (pair, error) {
	private, err := rsa.GenerateKey(rand.Reader, Bits)
	if err != nil {
		return pair{}, err
	}
	return newPair(product, year, private)
}

// Format hides the keys whatever the verb.
func (r *Ring) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[token keys]") }

// Keys are the public keys whose tokens are valid, the oldest first; one that is
// for a year to come is among them.
func (r *Ring) Keys() []Key {
	var out []Key
	for _, p := range *r.held.Load() {
		out = append(out, p.Key)
	}
	return out
}

// Current is the key that signs for a product at now.
func (r *Ring) Current(product string, now time.Time) (Key, error) {
	return r.Of(product, now.UTC().Year())
}

// Of is the key of a product and a year, or ErrNoKey.
func (r *Ring) Of(product string, year int) (Key, error) {
	for _, p := range *r.held.Load() {
		if p.Product == product && p.Year == year {
			return p.Key, nil
		}
	}
	return Key{}, ErrNoKey
}

func (r *Ring) find(id string) (pair, error) {
	held := *r.held.Load()
	i := slices.IndexFunc(held, func(p pair) bool { return p.ID == id })
	if i < 0 {
		return pair{}, ErrNoKey
	}
	return held[i], nil
}

// Signable reports whether a blinded value may be signed under a key: ErrBlinded
// for what no honest browser sends.
func (k Key) Signable(blinded []byte) error {
	n, one := k.Public.N, big.NewInt(1)
	z := new(big.Int).SetBytes(blinded)
	last := new(big.Int).Sub(n, one)
	if len(blinded) != Size || z.Cmp(one) <= 0 || z.Cmp(last) >= 0 || new(big.Int).GCD(nil, nil, z, n).Cmp(one) != 0 {
		return ErrBlinded
	}
	return nil
}

// Sign signs a blinded value (RFC 9474, section 4.3). The same value has the
// same signature.
func (r *Ring) Sign(id string, blinded []byte) ([]byte, error) {
	p, err := r.find(id)
	if err != nil {
		return nil, err
	}
	if err := p.Signable(blinded); err != nil {
		return nil, err
	}
	return p.signer.sign(blinded)
}

// Issue makes a token outright, for one that is handed out on paper. Nothing of
// it is kept.
func (r *Ring) Issue(id string) (t Token, signature []byte, err error) {
	p, err := r.find(id)
	if err != nil {
		return Token{}, nil, err
	}
	nonce := make([]byte, NonceLen)
	rand.Read(nonce) // never fails
	digest := sha512.Sum384(p.Message(nonce))
	signature, err = rsa.SignPSS(rand.Reader, p.private, crypto.SHA384, digest[:], &rsa.PSSOptions{SaltLength: saltLen})
	return Token{p.Key, nonce}, signature, err
}

// Rotated says what Rotate has done.
type Rotated struct{ Made, Destroyed []Key }

// Rotate makes the keys that products lack for the year of now, in December
// those of the next year too, and destroys those whose tokens are no longer
// valid. The file has changed before the keys are used.
func (r *Ring) Rotate(products []string, now time.Time) (Rotated, error) {
	r.change.Lock()
	defer r.change.Unlock()
	var out Rotated
	next := slices.Clone(*r.held.Load())
	next = slices.DeleteFunc(next, func(p pair) bool {
		if !p.Valid(now) {
			out.Destroyed = append(out.Destroyed, p.Key)
		}
		return !p.Valid(now)
	})
	for _, product := range products {
		for _, year := range years(now) {
			if slices.ContainsFunc(next, func(p pair) bool { return p.Product == product && p.Year == year }) {
				continue
			}
			made, err := drawPair(product, year)
			if err != nil {
				return Rotated{}, err
			}
			next, out.Made = append(next, made), append(out.Made, made.Key)
		}
	}
	if !r.fresh && len(out.Made)+len(out.Destroyed) == 0 {
		return out, nil
	}
	slices.SortStableFunc(next, func(a, b pair) int { return cmp.Compare(a.Year, b.Year) })
	if err := write(r.path, next); err != nil {
		return Rotated{}, err
	}
	r.held.Store(&next)
	r.fresh = false
	return out, nil
}

// years are those that there is to be a key for.
func years(now time.Time) []int {
	year, month, _ := now.UTC().Date()
	if month == time.December {
		return []int{year, year + 1}
	}
	return []int{year}
}
