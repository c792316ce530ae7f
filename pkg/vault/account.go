package vault

import (
	"bytes"
	"crypto/rand"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

// Account is an opened account: its id, its master key and its data.
type Account struct {
	ID     ID
	Master Key
	Data   Data
	ring   *keyring.Ring
	stored []byte // Data as it was read
	keys   []Key  // those of Data that were asked for
}

// Data is what an account keeps about itself, sealed under its master key. It
// rests packed; a new field goes to the end of its part of pack and unpack. The
// names are those of older records, which are JSON.
type Data struct {
	Language   string                   `json:"l,omitempty"` // nb, nn or en
	Categories map[string]*CategoryKeys `json:"c,omitempty"`
	Services   []*Service               `json:"s,omitempty"`
	UsedMonth  int                      `json:"m,omitempty"` // last use: year*12 + month - 1
	Retirement []byte                   `json:"r,omitempty"` // key of the retirement's deadline
	KnownTo    []byte                   `json:"k,omitempty"` // the business that knows this code, if one does
	Policy     string                   `json:"p,omitempty"` // version of the privacy statement that the user has been told about, a date
	Before     []byte                   `json:"o,omitempty"` // the master key before the last change of code, until no record is under it
	Tickets    [][]byte                 `json:"t,omitempty"` // of messages to the operator, oldest first; see package request
	Frozen     int                      `json:"f,omitempty"` // day number since which the account is paused; 0 when it is not
	Leaving    bool                     `json:"d,omitempty"` // its deletion was asked for: Retirement is the deadline of that
	Notes      []byte                   `json:"n,omitempty"` // 32 bytes: the account's half of the key of notes that stay in a browser; nil until it is asked for
}

// CategoryKeys are the versions of one category's key. Old ones stay until no
// record is left under them.
type CategoryKeys struct {
	Version int          `json:"v"`
	Key     []byte       `json:"k"` // nil once the category has been joined to another
	Old     []VersionKey `json:"o,omitempty"`
	Closed  int          `json:"x,omitempty"` // old versions up to this one are handed to nobody: see Split
}

// VersionKey is one version of a category's key.
type VersionKey struct {
	Version int    `json:"v"`
	Key     []byte `json:"k"`
}

// Service is a business that this account has a reference at, and the grant
// it holds, if it holds one.
type Service struct {
	Business   []byte   `json:"b"` // 16 bytes
	Reference  string   `json:"r"`
	Grant      []byte   `json:"g,omitempty"` // storage key of the grant; nil when nothing is shared
	Key        []byte   `json:"k,omitempty"` // the grant's key
	Categories []string `json:"c,omitempty"` // what the grant shares
	Since      int      `json:"d,omitempty"` // day number on which the grant began
	Yes        int      `json:"y,omitempty"` // day number of the grant or the last "yes"
	Past       []Past   `json:"p,omitempty"` // grants that have ended, newest last
	Openings   [][]byte `json:"o,omitempty"` // of the codes it came from, newest last: by them the business knows its rows of this user
	Moving     bool     `json:"n,omitempty"` // the business may still have the user under another reference
}

// Past is a grant that has ended. It lets the user see who looked, and be told
// once of an end that they did not ask for.
type Past struct {
	Grant      []byte   `json:"g"`
	From       int      `json:"f"` // day numbers
	To         int      `json:"t"`
	Categories []string `json:"c,omitempty"` // what it shared at its end
	Why        string   `json:"w,omitempty"` // why it ended; empty when the user ended it
	Seen       bool     `json:"s,omitempty"` // the user has said that they know
}

// Wrapped is an account's master key, sealed under what its owner brings.
type Wrapped struct {
	Salt []byte `json:"s"` // 16 bytes
	Key  []byte `json:"k"`
}

// New makes an account with a fresh id and master key. Nothing is stored yet.
func New(ring *keyring.Ring) *Account {
	return &Account{ID: NewID(), Master: NewKey(), Data: Data{Categories: map[string]*CategoryKeys{}}, ring: ring}
}

// Wrap seals the master key for a code:
// KEK = HKDF-SHA256(HMAC(K_pepper, code), salt, "kek-v1").
func (a *Account) Wrap(code accesscode.Code) Wrapped {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	kek := codeKey(a.ring, code, salt)
	return Wrapped{salt, kek.Seal("account", a.Master.Bytes(), a.ID[:])}
}

// Unwrap opens a master key with a code.
func Unwrap(ring *keyring.Ring, code accesscode.Code, id ID, w Wrapped) (Key, error) {
	raw, err := codeKey(ring, code, w.Salt).Open("account", w.Key, id[:])
	if err != nil {
		return Key{}, err
	}
	return KeyFrom(raw)
}

func codeKey(ring *keyring.Ring, code accesscode.Code, salt []byte) Key {
	return DeriveKey(ring.Pepper("code", code.Data()), salt, "kek-v1")
}

var ownTable = store.Table[store.Raw]{Bucket: "own"}

// Open reads an account's data with its master key. It is read anew in every
// transaction that writes, so that what one session withdraws binds the others.
func Open(r store.Reader, ring *keyring.Ring, id ID, master Key) (*Account, error) {
	a := &Account{ID: id, Master: master, ring: ring}
	sealed, err := ownTable.Get(r, a.ownKey())
	if err != nil {
		return nil, err
	}
	if err := a.open(sealed); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Account) open(sealed []byte) error {
	plain, err := a.Master.Open("account data", sealed, a.ID[:])
	if err != nil {
		return err
	}
	a.stored = plain
	if err := a.Data.unpack(plain); err != nil {
		return err
	}
	if a.Data.Categories == nil {
		a.Data.Categories = map[string]*CategoryKeys{}
	}
	return nil
}

// Rehearse does what opening an account's data takes, on data of nobody: a code
// that opens nothing is not to be refused sooner than one that opened something
// until today.
func Rehearse(ring *keyring.Ring) {
	a := New(ring)
	_ = a.open(a.Master.Seal("account data", a.Data.pack(), a.ID[:]))
}

// Save writes the account's data if it has changed since it was read.
func (a *Account) Save(tx store.Tx) error {
	plain := a.Data.pack()
	if bytes.Equal(plain, a.stored) {
		return nil
	}
	return ownTable.Put(tx, a.ownKey(), a.Master.Seal("account data", plain, a.ID[:]))
}

// Remove deletes an account's data; it needs no key of the account.
func Remove(tx store.Tx, ring *keyring.Ring, id ID) error {
	return ownTable.Delete(tx, ring.Index("own", id[:]))
}

// Index is the storage key, or its prefix, of this account's records.
func (a *Account) Index(label string, parts ...[]byte) []byte {
	return NewScope(a.ring, a.ID, nil).Index(label, parts...)
}

// Scope is everything of the account.
func (a *Account) Scope() Scope { return NewScope(a.ring, a.ID, a.Openers()) }

// ScopeOf is one category of the account, as Scope().Of makes it.
func (a *Account) ScopeOf(category string) Scope {
	return NewScope(a.ring, a.ID, a.openers(func(name string) bool { return Base(name) == category }))
}

// Ring is the keyring that the account was opened with.
func (a *Account) Ring() *keyring.Ring { return a.ring }

func (a *Account) ownKey() []byte { return a.Index("own") }
