// Package deadline is the index of what falls due on which day.
//
// An entry's key is a day number and random bytes; what falls due and for whom
// is inside the sealed value. A sweep reads from the beginning to today, so its
// work follows what is due. Nothing relies on a sweep alone: every time limit
// also holds at the moment of reading.
package deadline

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"time"

	"selvhjelp/store"
)

// Day is a day number: days since 1970-01-01 in UTC. It is the finest time
// that stands outside ciphertext.
type Day int

// DayOf is the day that t is on.
func DayOf(t time.Time) Day {
	return Day(t.UTC().Truncate(24*time.Hour).Unix() / 86400)
}

// Start is the first moment of the day.
func (d Day) Start() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is the date, 2026-01-31.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// Kind says what falls due.
type Kind string

// The kinds of deadlines.
const (
	SharingEnds Kind = "share"  // target: the grant
	Retirement  Kind = "retire" // target: lookup key of the code
	Deletion    Kind = "delete" // target: lookup key of the code; in place of the retirement
	CodeLapses  Kind = "lapse"  // target: lookup key of the code
	LinkLapses  Kind = "link"   // target: storage key of the link
	NameLapses  Kind = "name"   // target: id of a professional who has left
	Erasure     Kind = "erase"  // target: id of an account whose records are still being deleted
	Closing     Kind = "close"  // target: id of a business whose records are still being deleted
	RequestGoes Kind = "msg"    // target: id of a message to the operator
)

// Entry is what falls due.
type Entry struct {
	Key    []byte `json:"-"`
	Kind   Kind   `json:"k"`
	Target []byte `json:"t"`
}

var table = store.Table[Entry]{Bucket: "due"}

// Put enters a deadline and returns its key, for Remove.
func Put(tx store.Tx, day Day, kind Kind, target []byte) ([]byte, error) {
	key := binary.BigEndian.AppendUint32(nil, uint32(day))
	random := make([]byte, 12)
	rand.Read(random) // never fails
	key = append(key, random...)
	return key, table.Put(tx, key, Entry{Kind: kind, Target: target})
}

// Remove takes a deadline out; nil is none.
func Remove(tx store.Tx, key []byte) error {
	if key == nil {
		return nil
	}
	return table.Delete(tx, key)
}

// Stands reports whether a deadline has not been removed meanwhile.
func Stands(r store.Reader, key []byte) (bool, error) {
	_, err := table.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// KeyDay is the day that a deadline's key says.
func KeyDay(key []byte) Day {
	if len(key) < 4 {
		return 0
	}
	return Day(binary.BigEndian.Uint32(key))
}

// Due yields what falls due on day or before, in the order of days. The
// entries may be kept. One that cannot be read comes with its key and the
// error, and the next ones follow; an error without a key is the end.
func Due(r store.Reader, day Day) iter.Seq2[Entry, error] {
	end := binary.BigEndian.AppendUint32(nil, uint32(day+1))
	return func(yield func(Entry, error) bool) {
		if day < 0 {
			return // before there were any; its number would wrap
		}
		for from := []byte{0}; from != nil; {
			from = dueFrom(r, from, end, yield)
		}
	}
}

// dueFrom yields entries up to one that cannot be read, and returns where to
// go on after it; nil at the end.
func dueFrom(r store.Reader, from, end []byte, yield func(Entry, error) bool) (next []byte) {
	for row, err := range table.Range(r, from, end) {
		row.Value.Key = slices.Clone(row.Key)
		if !yield(row.Value, err) {
			return nil
		}
		if err != nil && row.Key != nil {
			next = append(slices.Clone(row.Key), 0)
		}
	}
	return next
}
