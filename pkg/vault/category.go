package vault

import (
	"bytes"
	"encoding/binary"
	"slices"

	"selvhjelp/pkg/keyring"
)

// Categories of registrations that can be shared by themselves. The set is
// open: a category is asked about when content for it is installed.
const (
	Mapping   = "mapping"   // mapping tools: answers and scores
	Activity  = "activity"  // when the account was used, and for how long
	Programme = "programme" // coping programmes: answers to exercises, and how far one has come
)

// CategoryKey returns the current key and version of a category, and makes the
// key if the category has none yet. The caller saves the account.
func (a *Account) CategoryKey(category string) (Key, int) {
	c := a.Data.Categories[category]
	if c == nil {
		c = &CategoryKeys{Version: 1, Key: NewKey().Bytes()}
		a.Data.Categories[category] = c
	}
	return a.key(c.Key), c.Version
}

// Rotate gives a category a new key. The old one stays until Forget.
func (a *Account) Rotate(category string) {
	c := a.Data.Categories[category]
	if c == nil || c.Key == nil {
		return // nothing was ever written or shared
	}
	c.Old = append(c.Old, VersionKey{c.Version, c.Key})
	c.Version++
	c.Key = NewKey().Bytes()
}

// Forget drops the old keys of a category once no record is under them, and
// with them what is left of one that was joined to another.
func (a *Account) Forget(category string) {
	c := a.Data.Categories[category]
	if c == nil {
		return
	}
	if c.Old, c.Closed = nil, 0; c.Key == nil {
		delete(a.Data.Categories, category)
	}
}

// Rotating lists the categories that have records under old keys.
func (a *Account) Rotating() []string {
	var out []string
	for name, c := range a.Data.Categories {
		if len(c.Old) > 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Unsettled reports whether records are left under an old category key or the
// master key before.
func (a *Account) Unsettled() bool { return len(a.Rotating()) > 0 || a.Data.Before != nil }

// Rekey gives the account a new master key and every category a new key. The
// old master key stays until Reseal of package registration is done with it.
func (a *Account) Rekey() (before Key) {
	before = a.Master
	a.Data.Before, a.Master = before.Bytes(), NewKey()
	for name := range a.Data.Categories {
		a.Rotate(name)
	}
	return before
}

// Masters are the master keys that a record may be under, the current one
// first.
func (a *Account) Masters() []Key {
	if a.Data.Before == nil {
		return []Key{a.Master}
	}
	return []Key{a.Master, a.key(a.Data.Before)}
}

// Versions returns every key that a record of the category may be under, the
// current one first.
func (a *Account) Versions(category string) []Opener { return a.appendVersions(nil, category) }

func (a *Account) appendVersions(out []Opener, category string) []Opener {
	c := a.Data.Categories[category]
	if c == nil {
		return out
	}
	if c.Key != nil {
		out = append(out, Opener{category, c.Version, a.key(c.Key)})
	}
	for _, old := range slices.Backward(c.Old) {
		out = append(out, Opener{category, old.Version, a.key(old.Key)})
	}
	return out
}

// Openers returns the keys of all categories, in the order of their names.
func (a *Account) Openers() []Opener { return a.openers(func(string) bool { return true }) }

func (a *Account) openers(wanted func(category string) bool) []Opener {
	names := make([]string, 0, 16)
	for name := range a.Data.Categories {
		if wanted(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := make([]Opener, 0, len(names)+1)
	for _, name := range names {
		out = a.appendVersions(out, name)
	}
	return out
}

// Opener is one version of a category's key, bound to that category.
type Opener struct {
	Category string
	Version  int
	Key      Key
}

// Seal encrypts a record of the category for an account and a storage key.
func (o Opener) Seal(kind string, plaintext []byte, account ID, key []byte) []byte {
	return o.Key.Seal(kind, plaintext, o.context(account, key)...)
}

// Open decrypts what Seal made; an error that wraps ErrOpen otherwise.
func (o Opener) Open(kind string, sealed []byte, account ID, key []byte) ([]byte, error) {
	return o.Key.Open(kind, sealed, o.context(account, key)...)
}

// Scope is what the holder of some category keys can read of an account: all
// of it for its owner, what is shared for a business.
type Scope struct {
	Account ID
	Openers []Opener
	ring    *keyring.Ring
}

// NewScope makes the scope of the given keys.
func NewScope(ring *keyring.Ring, account ID, openers []Opener) Scope {
	return Scope{account, openers, ring}
}

// Of narrows the scope to one category, with the tools that are shared by
// themselves where it is that of mappings.
func (s Scope) Of(category string) Scope {
	s.Openers = slices.DeleteFunc(slices.Clone(s.Openers), func(o Opener) bool { return Base(o.Category) != category })
	return s
}

// Index is the storage key, or its prefix, of the account's records.
func (s Scope) Index(label string, parts ...[]byte) []byte {
	return s.ring.Index(label, append([][]byte{s.Account[:]}, parts...)...)
}

// Current returns the opener of the category's current version, making the key
// if there is none.
func (a *Account) Current(category string) Opener {
	key, version := a.CategoryKey(category)
	return Opener{category, version, key}
}

func (o Opener) context(account ID, key []byte) [][]byte {
	return [][]byte{account[:], []byte(o.Category), binary.BigEndian.AppendUint32(nil, uint32(o.Version)), key}
}

// key makes a Key of what came out of the account's sealed record, once. It is
// for one goroutine, as the account is.
func (a *Account) key(raw []byte) Key {
	for _, k := range a.keys {
		if bytes.Equal(k.raw[:], raw) {
			return k
		}
	}
	k, err := KeyFrom(raw)
	if err != nil {
		panic(err) // it was made here
	}
	a.keys = append(a.keys, k)
	return k
}
