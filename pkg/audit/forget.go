package audit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

const (
	keepYears = 2
	forgetMax = 256 // entries in one transaction
)

// Kept is the first day whose entries are shown at now. Earlier ones are gone, whether
// or not a night has removed them since their two years were over.
func Kept(now time.Time) deadline.Day { return deadline.DayOf(now.UTC().AddDate(-keepYears, 0, 0)) }

// Forget removes up to 256 entries of all chains, with their salts, once they
// are more than two years old; the hashes stay. It returns how many there were; 0
// means that none is left. Entries stand in the order of their days, so it stops
// at the first that is kept.
func Forget(tx store.Tx, now time.Time) (gone int, err error) {
	tx.Essential()
	kept := Kept(now)
	for chain, err := range chains(tx) {
		if err != nil {
			return gone, err
		}
		n, err := forget(tx, chain, forgetMax-gone, func(s stored) (bool, error) {
			var e Entry
			if json.Unmarshal(s.Entry, &e) != nil {
				return false, errors.New("audit: an entry does not decode")
			}
			return e.Day < kept, nil
		})
		if err != nil {
			return gone, err
		}
		if gone += n; gone == forgetMax {
			break
		}
	}
	return gone, nil
}

// Shred removes up to 256 entries of this chain, with their salts, whatever
// their age. It returns how many there were; 0 means that none is left.
func (l Log) Shred(tx store.Tx) (int, error) {
	tx.Essential()
	return forget(tx, l.ring.Index("audit", l.id), forgetMax, func(stored) (bool, error) { return true, nil })
}

// forget removes entries and salts from the first that is there, at most so
// many, as long as they are over. It returns how many.
func forget(tx store.Tx, chain []byte, most int, over func(stored) (bool, error)) (int, error) {
	first, err := firstKept(tx, chain)
	if err != nil {
		return 0, err
	}
	for n := range most {
		key := entryKey(chain, first+n)
		s, err := entryTable.Get(tx, key)
		if errors.Is(err, store.ErrNotFound) {
			return n, nil // the end of the chain
		} else if err != nil {
			return n, err
		}
		if done, err := over(s); err != nil || !done {
			return n, err
		}
		if err := entryTable.Put(tx, key, stored{Leaf: s.Leaf}); err != nil {
			return n, err
		}
	}
	return most, nil
}

// firstKept is the number of the first entry of a chain that was not removed,
// found in as many steps as the chain's length has binary digits; the number
// after the last one when none is left.
func firstKept(r store.Reader, chain []byte) (int, error) {
	var failed error
	gone := func(n int) bool {
		s, err := entryTable.Get(r, entryKey(chain, n))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			failed = fmt.Errorf("audit: entry %d: %w", n, err)
		}
		return err == nil && s.Entry == nil
	}
	beyond := 1
	for gone(beyond) {
		beyond *= 2
	}
	return 1 + sort.Search(beyond, func(i int) bool { return !gone(i + 1) }), failed
}

// chains yields where the entries of each chain lie, without reading them all.
func chains(r store.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for from := []byte{0}; from != nil; {
			var chain []byte
			for e, err := range r.Range(entryTable.Bucket, from, nil) {
				if err != nil {
					yield(nil, err)
					return
				}
				chain = slices.Clone(e.Key[:keyring.IndexLen])
				break
			}
			if chain == nil || !yield(chain, nil) {
				return
			}
			from = store.PrefixEnd(chain)
		}
	}
}

func entryKey(chain []byte, n int) []byte {
	return binary.BigEndian.AppendUint64(slices.Clone(chain), uint64(n))
}
