package organization

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// member is the business identity as it was wrapped to one professional, or to
// the recovery key. Without a wrap the professional waits to be let in.
type member struct {
	Wrap []byte `json:"w,omitempty"` // age file: a bundle
}

// bundle is what a member's wrap holds.
type bundle struct {
	Generation int    `json:"g"`
	Identity   string `json:"i"` // age identity of that generation
	Index      []byte `json:"x"` // the key of the business's own indexes
}

var (
	memberTable = store.Table[member]{Bucket: "member"}
	identTable  = store.Table[store.Raw]{Bucket: "ident"}

	recoveryMember = ID{} // the recovery key's place among the members
)

// Keys are the keys of a business, opened by one of its professionals. The
// newest identity opens the older ones.
type Keys struct {
	Business   ID
	Generation int // of the newest identity
	Index      vault.Key
	identities map[int]*age.HybridIdentity
	secrets    map[int]vault.Key // K_b = HKDF(identity), by generation
	bundle     bundle
}

// Format hides the keys whatever the verb.
func (k *Keys) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[business keys]") }

// Secret is the business's symmetric key K_b of one generation.
func (k *Keys) Secret(generation int) (vault.Key, bool) {
	key, ok := k.secrets[generation]
	return key, ok
}

// Current is the business's symmetric key of the newest generation.
func (k *Keys) Current() vault.Key { return k.secrets[k.Generation] }

// Unwrap opens what was wrapped to the business, under its newest identity or
// an older one. The error wraps vault.ErrOpen.
func (k *Keys) Unwrap(wrap []byte) ([]byte, error) {
	for g := k.Generation; g > 0; g-- {
		if id, ok := k.identities[g]; ok {
			if plain, err := Decrypt(wrap, id); err == nil {
				return plain, nil
			}
		}
	}
	return nil, fmt.Errorf("grant record %w", vault.ErrOpen)
}

// Marshal is the form of the keys that a session keeps, sealed.
func (k *Keys) Marshal() []byte {
	raw, err := json.Marshal(k.bundle)
	if err != nil {
		panic(err) // strings and bytes
	}
	return raw
}

// OpenKeys rebuilds the keys of a business from what a session kept or a wrap
// held, and reads the older identities.
func OpenKeys(r store.Reader, ring *keyring.Ring, business ID, marshaled []byte) (*Keys, error) {
	var b bundle
	if err := json.Unmarshal(marshaled, &b); err != nil {
		return nil, errors.New("member record does not decode")
	}
	index, err := vault.KeyFrom(b.Index)
	if err != nil {
		return nil, err
	}
	k := &Keys{Business: business, Generation: b.Generation, Index: index, bundle: b,
		identities: map[int]*age.HybridIdentity{}, secrets: map[int]vault.Key{}}
	if err := k.add(b.Generation, b.Identity); err != nil {
		return nil, err
	}
	prefix := ring.Index("ident", business[:])
	for row, err := range identTable.Prefix(r, prefix) {
		if err != nil {
			return nil, err
		}
		plain, err := k.Current().Open("identity", row.Value, row.Key)
		if err != nil {
			return nil, err
		}
		if err := k.add(int(binary.BigEndian.Uint32(row.Key[len(prefix):])), string(plain)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Keys) add(generation int, identity string) error {
	id, err := age.ParseHybridIdentity(identity)
	if err != nil {
		return errors.New("identity record does not decode")
	}
	k.identities[generation] = id
	k.secrets[generation] = vault.DeriveKey([]byte(identity), nil, "business-v1")
	return nil
}

// wrapTo stores the business identity for one member.
func (k *Keys) wrapTo(tx store.Tx, ring *keyring.Ring, id ID, recipient string) error {
	wrap, err := Encrypt(k.Marshal(), recipient)
	if err != nil {
		return err
	}
	return memberTable.Put(tx, memberKey(ring, k.Business, id), member{wrap})
}

// openMember opens the business's keys with a member's own identity. A member
// who waits to be let in has none: nil.
func openMember(r store.Reader, ring *keyring.Ring, business, id ID, own *age.HybridIdentity) (*Keys, error) {
	m, err := memberTable.Get(r, memberKey(ring, business, id))
	if err != nil {
		return nil, notFound(err)
	}
	if m.Wrap == nil {
		return nil, nil
	}
	raw, err := Decrypt(m.Wrap, own)
	if err != nil {
		return nil, fmt.Errorf("member record %w", vault.ErrOpen)
	}
	return OpenKeys(r, ring, business, raw)
}

func memberKey(ring *keyring.Ring, business, id ID) []byte {
	return append(ring.Index("member", business[:]), id[:]...)
}

// Encrypt makes a small age file for one post-quantum hybrid recipient.
func Encrypt(plain []byte, recipient string) ([]byte, error) {
	r, err := age.ParseHybridRecipient(recipient)
	if err != nil {
		return nil, errors.New("organization: the recipient does not decode")
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Decrypt opens a small age file.
func Decrypt(file []byte, id *age.HybridIdentity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
