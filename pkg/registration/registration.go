// Package registration keeps what a user has recorded.
//
//   - Every registration is sealed under the key of its category, bound to its
//     account, category, key version and storage key. Exact times are inside.
//   - All registrations of an account lie under one prefix in random order, and
//     a short one is filled up to the size of others: who lacks the keys sees
//     how many there are, not of which category. Only a tool of some twenty
//     items takes more room than the others.
//   - One summary for each category is kept in the same transaction, so that an
//     overview reads one record an account.
//   - A mapping tool that is shared by itself has records and a summary under its
//     own key. Who lacks it cannot tell which tool it is.
//   - A correction keeps what it replaced under the account's master key, where
//     no business can read it; so are drafts and how far a programme was read.
package registration

import (
	"bytes"
	"crypto/rand"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrNotFound is returned for an id that the scope has no registration under:
// that of another account, of a category that is not shared, or a deleted one.
var ErrNotFound = errors.New("registration: not found")

var regTable = store.Table[store.Raw]{Bucket: "reg"}

// fill is the least length in bytes of a registration before it is sealed: with
// it the shortest, a visit, takes the room of a finished PHQ-9.
const fill = 192

// ID names a registration within its account: the random half of its storage
// key.
type ID [16]byte

// NewID draws an id from crypto/rand.
func NewID() ID {
	var id ID
	rand.Read(id[:]) // never fails
	return id
}

// ParseID reads the hexadecimal form.
func ParseID(s string) (ID, error) {
	var id ID
	if n, err := hex.Decode(id[:], []byte(s)[:min(len(s), 2*len(id))]); err != nil || n != len(id) || len(s) != 2*len(id) {
		return ID{}, ErrNotFound
	}
	return id, nil
}

// String is the hexadecimal form.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Mapping is a finished mapping tool.
type Mapping struct {
	ID         ID             `json:"-"`
	Instrument string         `json:"i"`
	Version    string         `json:"v"` // of the instrument's content
	Language   string         `json:"l"` // the answers were given in
	Answers    map[string]int `json:"a"`
	Score      int            `json:"s"`
	Band       string         `json:"b"`
	Risk       bool           `json:"r,omitempty"` // a risk item was above zero
	At         int64          `json:"t"`           // seconds since 1970
	Corrected  int64          `json:"c,omitempty"` // when it was last corrected

	// Scales and ScaleBands are the scores of a tool's scales and the bands of
	// those that have any. NoTotal is set where there is nothing but them.
	Scales     map[string]int    `json:"q,omitempty"`
	ScaleBands map[string]string `json:"k,omitempty"`
	NoTotal    bool              `json:"n,omitempty"`
}

// Time is when the mapping was finished.
func (m Mapping) Time() time.Time { return time.Unix(m.At, 0).UTC() }

// indexer is an account or a part of it.
type indexer interface {
	Index(label string, parts ...[]byte) []byte
}

func regKey(s indexer, id ID) []byte { return append(s.Index("reg"), id[:]...) }

// put seals a registration under the current key of its category.
func put(tx store.Tx, a *vault.Account, category string, key []byte, v any) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return err
	}
	plain = append(plain, bytes.Repeat([]byte{' '}, max(0, fill-len(plain)))...)
	return regTable.Put(tx, key, a.Current(category).Seal("registration", plain, a.ID, key))
}

// open finds the key that a registration is under by trying those of the
// scope; false when none fits.
func open(s vault.Scope, key, sealed []byte) (vault.Opener, []byte, bool) {
	for _, o := range s.Openers {
		if plain, err := o.Open("registration", sealed, s.Account, key); err == nil {
			return o, plain, true
		}
	}
	return vault.Opener{}, nil, false
}

// one reads the registration of a category that is under id, or returns
// ErrNotFound.
func one[T any](r store.Reader, s vault.Scope, category string, id ID) (v T, err error) {
	key := regKey(s, id)
	sealed, err := regTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return v, ErrNotFound
	} else if err != nil {
		return v, err
	}
	o, data, ok := open(s, key, sealed)
	if !ok || vault.Base(o.Category) != category {
		return v, ErrNotFound
	}
	return decode[T](data)
}

// plain is a registration as it was decrypted.
type plain struct {
	id     ID
	key    []byte
	opener vault.Opener
	data   []byte
}

// all yields every registration that the scope opens. With strict, one that it
// does not open is an error: to the owner nothing may be missing.
func all(r store.Reader, s vault.Scope, strict bool) iter.Seq2[plain, error] {
	prefix := s.Index("reg")
	return func(yield func(plain, error) bool) {
		for row, err := range regTable.Prefix(r, prefix) {
			if err != nil {
				yield(plain{}, err)
				return
			}
			o, data, ok := open(s, row.Key, row.Value)
			if !ok && strict {
				yield(plain{}, fmt.Errorf("registration record %w", vault.ErrOpen))
				return
			}
			if ok && !yield(plain{ID(row.Key[len(prefix):]), slices.Clone(row.Key), o, data}, nil) {
				return
			}
		}
	}
}

// encode makes what is sealed: JSON, or what T's own MarshalBinary yields.
func encode[T any](v T) ([]byte, error) {
	if m, ok := any(&v).(encoding.BinaryMarshaler); ok {
		return m.MarshalBinary()
	}
	return json.Marshal(v)
}

// decode reads what encode has made.
func decode[T any](data []byte) (v T, err error) {
	if u, ok := any(&v).(encoding.BinaryUnmarshaler); ok {
		err = u.UnmarshalBinary(data)
	} else {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		return v, errors.New("registration record does not decode") // the error could quote it
	}
	return v, nil
}
