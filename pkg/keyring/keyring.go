// Package keyring holds the server's keys: the root key with the keys derived
// from it, and the seal keys under which everything at rest is sealed.
//
// The root key is 32 bytes, made once and read only. Without it no code can be
// looked up and no account key be derived, so a stolen database is mute. The
// seal keys are independent random keys, one for each epoch; they live outside
// the data folder and its backups, and destroying one makes every copy of what
// was sealed under it unreadable. A new key file is never made where a database
// exists: that would lock everybody out for ever.
//
// Epochs roll. A night makes a new one when the current one is a week old, and
// seals every live record under it, which was the last use of the older one.
// Its key is destroyed in the first night that comes 21 days (KeepDays) after
// its last use, when the last backup with a record under it has been removed.
// So what is deleted on day 0 of an epoch was last sealed under it, or under one
// before it; the epoch is replaced on day 7, and destroyed on day 28. What is
// deleted on its last day is out of reach after 22 days. A night that does not
// run adds itself.
//
//   - A new key is on the disk before anything is sealed under it, and a
//     destroyed one has left the disk before it is forgotten.
//   - The current epoch, and one that a live record is still under, are never
//     destroyed.
//   - A copy of seal.keys undoes this for as long as it is kept.
package keyring

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"selvhjelp/pkg/accesscode"
)

// IndexLen is the length in bytes of the keys that records are stored under.
const IndexLen = 16

// Ring derives keys from the root key. It never prints them.
type Ring struct{ *children }

// children are the HKDF children of the root key, 32 bytes each. They are
// behind a pointer of their own: fmt cannot ask an unexported field for its
// Format, and prints an address instead of the keys.
type children struct {
	lookup, pepper, index, spent *macKey
	attest                       []byte
}

// newRing derives the children by HKDF-SHA256 (RFC 5869), one label each.
func newRing(root []byte) (*Ring, error) {
	child := map[string][]byte{}
	for _, label := range []string{"lookup-v1", "pepper-v1", "index-v1", "spent-v1", "attest-v1"} {
		key, err := hkdf.Key(sha256.New, root, nil, "selvhjelp "+label, 32)
		if err != nil {
			return nil, err
		}
		child[label] = key
	}
	return &Ring{&children{newMacKey(child["lookup-v1"]), newMacKey(child["pepper-v1"]), newMacKey(child["index-v1"]),
		newMacKey(child["spent-v1"]), child["attest-v1"]}}, nil
}

// Lookup is the key under which what belongs to a code is stored:
// HMAC-SHA256(K_lookup, "code-v1" || 19 data symbols), its first 16 bytes. The
// code itself is stored nowhere.
func (r *Ring) Lookup(code accesscode.Code) []byte {
	return r.lookup.mac("code-v1", code.Data())[:IndexLen]
}

// Pepper is the secret (32 bytes) that the server adds to what a person or a
// portal brings, so that it opens nothing without the root key.
func (r *Ring) Pepper(label string, parts ...[]byte) []byte {
	return r.pepper.framed(label, parts)
}

// Index is the 16-byte storage key for what is identified by label and parts.
// Who has the database alone cannot tell what a key stands for.
func (r *Ring) Index(label string, parts ...[]byte) []byte {
	return r.index.framed(label, parts)[:IndexLen:IndexLen]
}

// AttestSeed is the seed (32 bytes) of the key that signs confirmations, and
// nothing else.
func (r *Ring) AttestSeed() []byte { return append([]byte(nil), r.attest...) }

// Spent is the mark (32 bytes) of what a token with this nonce was used for.
// Without the root key nobody can tell whether a code fits a mark.
func (r *Ring) Spent(nonce, use []byte) []byte {
	return r.spent.mac(string(nonce), use)
}

// String hides the keys.
func (r *Ring) String() string { return "[keyring]" }

// Format hides the keys whatever the verb.
func (r *Ring) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.String()) }
