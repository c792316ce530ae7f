// Package voucher is the usage side of a purchase: it takes a token, once, and
// makes the account that was bought, without learning which purchase it was.
//
//   - A token makes exactly one account. The same token with the same code again
//     is the same answer; with another code it is used.
//   - What is kept of a token is a mark: the hash of its nonce, and under it an
//     HMAC of nonce and code with a key that rests in no database. It has no time,
//     not even a day, and goes when the token could no longer be valid.
//   - A token that was not used can be handed in instead, for a blind signature
//     under another key that says so. The payment side takes that for a refund and
//     cannot tell which token it was.
//   - It knows nothing of payments: no id, no price, no provider. On paper a token
//     is a voucher and goes the same way.
package voucher

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/token"
	"selvhjelp/store"
)

// ErrUsed is returned for a token that was used with another code, or handed in.
var ErrUsed = errors.New("voucher: the token has been used")

// Desk takes tokens.
type Desk struct {
	Ring   *keyring.Ring
	Keys   func() []token.Key // public keys of the payment side
	Refund *token.Ring        // signs that a token was not used
}

// mark is what is kept of a token.
type mark struct {
	Use []byte `json:"u"` // HMAC of the nonce and what it was used for
}

var spentTable = store.Table[mark]{Bucket: "spent"}

// spentKey is where the mark of a token is kept: those of one key together.
func spentKey(t token.Token) []byte {
	sum := sha256.Sum256(t.Nonce)
	return append([]byte(t.Key.ID), sum[:]...)
}

// Check reports whether a token is valid at now, and why it is not. Whether it
// was used only Redeem and HandIn know.
func (d *Desk) Check(message, signature []byte, now time.Time) (token.Token, error) {
	return token.Check(d.Keys(), message, signature, now)
}

// Redeem makes the account of a token under a code that its buyer has drawn. The
// errors are ErrUsed, and account.ErrTaken for a code that is in use.
func (d *Desk) Redeem(tx store.Tx, t token.Token, s account.Start, now time.Time) error {
	again, err := d.spend(tx, t, s.Code.Data())
	if err != nil || again {
		return err
	}
	a, _, err := account.Create(tx, d.Ring, s, now)
	if err != nil {
		return err
	}
	return a.Save(tx)
}

// HandIn marks a token as not to be used any more, and reports whether it was
// handed in before. The caller then has SignRefund sign the same blinded value.
func (d *Desk) HandIn(tx store.Tx, t token.Token, blinded []byte) (again bool, err error) {
	key, err := d.Refund.Of(t.Key.Product, t.Key.Year)
	if err != nil {
		return false, err
	}
	if err := key.Signable(blinded); err != nil {
		return false, err
	}
	sum := sha256.Sum256(blinded)
	return d.spend(tx, t, append([]byte("handed in\x00"), sum[:]...))
}

// SignRefund signs that a token was handed in, under the refund key of its
// product and year. HandIn must have succeeded for it.
func (d *Desk) SignRefund(t token.Token, blinded []byte) ([]byte, error) {
	key, err := d.Refund.Of(t.Key.Product, t.Key.Year)
	if err != nil {
		return nil, err
	}
	return d.Refund.Sign(key.ID, blinded)
}

// spend marks a token as used for something. again reports that it was used for
// just that before.
func (d *Desk) spend(tx store.Tx, t token.Token, use []byte) (again bool, err error) {
	key, fits := spentKey(t), d.Ring.Spent(t.Nonce, use)
	known, err := spentTable.Get(tx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, spentTable.Put(tx, key, mark{fits})
	case err != nil:
		return false, err
	case !hmac.Equal(known.Use, fits):
		return false, ErrUsed
	}
	return true, nil
}

// Forget removes the marks of tokens under keys that are no longer accepted, and
// counts them.
func (d *Desk) Forget(tx store.Tx, now time.Time) (marks int, err error) {
	valid := map[string]bool{}
	for _, k := range d.Keys() {
		valid[k.ID] = k.Valid(now)
	}
	var gone [][]byte
	for row, err := range spentTable.Range(tx, []byte{0}, nil) {
		if err != nil {
			return 0, err
		}
		if id := row.Key[:len(row.Key)-sha256.Size]; !valid[string(id)] {
			gone = append(gone, bytes.Clone(row.Key))
		}
	}
	var faults []error
	for _, key := range gone {
		faults = append(faults, spentTable.Delete(tx, key))
	}
	return len(gone), errors.Join(faults...)
}

// Text is a token as a voucher has it, in base64url without padding: the first 8
// bytes of the key's fingerprint, the nonce, the signature.
func Text(t token.Token, signature []byte) string {
	print, err := hex.DecodeString(t.Key.ID)
	if err != nil {
		panic(err) // an id is the beginning of a fingerprint in hex
	}
	return base64.RawURLEncoding.EncodeToString(slices.Concat(print, t.Nonce, signature))
}
