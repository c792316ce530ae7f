package organization

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

const (
	referenceLen   = 6
	referenceChars = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford base32
)

// Issued is what a business keeps of a code it has issued: never the code, and
// nothing that tells whether it is in use.
type Issued struct {
	Reference string       `json:"r"`
	By        ID           `json:"b"` // whose caseload it is in
	Cover     ID           `json:"c"` // who covers for them, if somebody does
	CoverTo   deadline.Day `json:"u,omitempty"`
	Day       deadline.Day `json:"d"`
	Open      []byte       `json:"o"` // the key that lets the code be taken into use
	Revoked   bool         `json:"x,omitempty"`
	Archived  bool         `json:"a,omitempty"`
}

// sealedIssued is a row of the list, sealed under one generation's key.
type sealedIssued struct {
	Generation int    `json:"g"`
	Sealed     []byte `json:"s"`
}

var issuedTable = store.Table[sealedIssued]{Bucket: "issued"}

// Sees reports whether a professional may see the reference on a day.
func (i Issued) Sees(p Professional, team bool, day deadline.Day) bool {
	return team || i.By == p.ID || i.Cover == p.ID && day <= i.CoverTo
}

// NewReference draws six symbols that the business has not used.
func NewReference(r store.Reader, ring *keyring.Ring, keys *Keys) (string, error) {
	for {
		reference := DrawReference()
		_, err := issuedTable.Get(r, issuedKey(ring, keys, reference))
		if errors.Is(err, store.ErrNotFound) {
			return reference, nil
		} else if err != nil {
			return "", err
		}
	}
}

// SaveIssued stores a row of the business's list.
func SaveIssued(tx store.Tx, ring *keyring.Ring, keys *Keys, i Issued) error {
	plain, err := json.Marshal(i)
	if err != nil {
		return err
	}
	key := issuedKey(ring, keys, i.Reference)
	return issuedTable.Put(tx, key, sealedIssued{keys.Generation, keys.Current().Seal("reference", plain, key)})
}

// IssuedByReference returns one row, or ErrNotFound.
func IssuedByReference(r store.Reader, ring *keyring.Ring, keys *Keys, reference string) (Issued, error) {
	key := issuedKey(ring, keys, reference)
	row, err := issuedTable.Get(r, key)
	if err != nil {
		return Issued{}, notFound(err)
	}
	return openIssued(keys, key, row)
}

// IssuedList returns all rows, sorted by reference.
func IssuedList(r store.Reader, ring *keyring.Ring, keys *Keys) ([]Issued, error) {
	var out []Issued
	for row, err := range issuedTable.Prefix(r, ring.Index("issued", keys.Business[:])) {
		if err != nil {
			return nil, err
		}
		i, err := openIssued(keys, row.Key, row.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b Issued) int { return strings.Compare(a.Reference, b.Reference) })
	return out, nil
}

func openIssued(keys *Keys, key []byte, row sealedIssued) (Issued, error) {
	var i Issued
	plain, err := keys.Open("reference", row.Generation, row.Sealed, key)
	if err != nil {
		return i, err
	}
	if json.Unmarshal(plain, &i) != nil {
		return i, errors.New("reference record does not decode")
	}
	return i, nil
}

func issuedKey(ring *keyring.Ring, keys *Keys, reference string) []byte {
	return append(ring.Index("issued", keys.Business[:]), keys.Index.Tag("reference", []byte(reference))...)
}

// DrawReference draws six symbols for a user who asks for a new reference.
// Whether the business has used them shows when its row moves.
func DrawReference() string {
	raw := make([]byte, referenceLen)
	rand.Read(raw) // never fails
	for i, b := range raw {
		raw[i] = referenceChars[b%32]
	}
	return string(raw)
}

// Mover puts users' rows of a business's list under other references. It reads
// the list once, whatever the number of users, and serves one transaction.
type Mover struct {
	ring *keyring.Ring
	keys *Keys
	rows map[string]Issued // by opening
	used map[string]string // openings by reference
}

// NewMover reads the list.
func NewMover(tx store.Tx, ring *keyring.Ring, keys *Keys) (*Mover, error) {
	list, err := IssuedList(tx, ring, keys)
	m := &Mover{ring, keys, map[string]Issued{}, map[string]string{}}
	for _, i := range list {
		m.enter(i)
	}
	return m, err
}

func (m *Mover) enter(i Issued) { m.rows[string(i.Open)], m.used[i.Reference] = i, string(i.Open) }

// Move puts a user's row under another reference, with the caseload and the
// cover that it has. The user's rows are known by the openings of their codes,
// newest last; the newest is the one that stays. ErrReferenceTaken when the
// reference is another user's; nothing is changed.
func (m *Mover) Move(tx store.Tx, openings [][]byte, reference string) error {
	if open, used := m.used[reference]; used && !slices.ContainsFunc(openings, func(o []byte) bool { return string(o) == open }) {
		return ErrReferenceTaken
	}
	var stays Issued
	for _, open := range openings {
		i, there := m.rows[string(open)]
		if !there {
			continue // the list has forgotten the code
		}
		if err := issuedTable.Delete(tx, issuedKey(m.ring, m.keys, i.Reference)); err != nil {
			return err
		}
		delete(m.rows, string(open))
		delete(m.used, i.Reference)
		stays = i
	}
	if stays.Open == nil {
		return nil
	}
	stays.Reference = reference
	m.enter(stays)
	return SaveIssued(tx, m.ring, m.keys, stays)
}
