// Package statistics counts how the service is used, and gives nobody away.
//
//   - What is counted is requests: a number for each day, route pattern, class
//     of status, family of systems and family of browsers. There is no account,
//     cookie, visitor, address or referrer, and no time finer than the day.
//   - Counting is a lock-free addition in memory. Numbers are kept when somebody
//     calls Keep; a crash loses what was counted since.
//   - When a day is over it is closed: numbers below Least are merged into
//     "other", and what is still below is dropped for good. Only closed days are
//     read, and a closed day never changes, so that no two readings can be
//     compared. No totals stand beside the numbers.
//   - Days are read for KeptDays days, and go with the nightly sweep.
package statistics

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

const (
	// Least is the smallest number that is kept once its day is over.
	Least = 10
	// KeptDays is how many days are kept.
	KeptDays = 400
	// Other stands for everything that was too small to stand by itself.
	Other = "other"
)

// Cell is how often one kind of request came on a day.
type Cell struct {
	Route   string `json:"r"` // method and pattern: "GET /me"
	Class   int    `json:"c"` // first digit of the status
	System  string `json:"s"`
	Browser string `json:"b"`
	Count   int    `json:"n"`
}

// Day is what was counted on one day.
type Day struct {
	Day   deadline.Day
	Cells []Cell
}

// record is a day as it is stored.
type record struct {
	Closed bool   `json:"x,omitempty"`
	Cells  []Cell `json:"n"`
}

var table = store.Table[record]{Bucket: "stat"}

// Keep adds numbers to their days and closes the days that are over. A day that
// is closed takes no more.
func Keep(tx store.Tx, counted []Day, today deadline.Day) error {
	for _, d := range counted {
		key, rec, err := find(tx, d.Day)
		if err != nil {
			return err
		}
		if rec.Closed || len(d.Cells) == 0 {
			continue
		}
		rec.Cells = sum(append(rec.Cells, d.Cells...))
		if err := table.Put(tx, key, rec); err != nil {
			return err
		}
	}
	return closeDays(tx, today)
}

// find returns the record of a day, or an empty one under a fresh key.
func find(r store.Reader, day deadline.Day) (key []byte, rec record, err error) {
	key = dayKey(day)
	for row, err := range table.Prefix(r, key) {
		return slices.Clone(row.Key), row.Value, err
	}
	random := make([]byte, 12)
	rand.Read(random) // never fails
	return append(key, random...), rec, nil
}

// closeDays closes the days before today that are not.
func closeDays(tx store.Tx, today deadline.Day) error {
	var open []store.Row[record]
	for row, err := range table.Range(tx, dayKey(0), dayKey(today)) {
		if err != nil {
			return err
		}
		if !row.Value.Closed {
			open = append(open, store.Row[record]{Key: slices.Clone(row.Key), Value: row.Value})
		}
	}
	for _, row := range open {
		if err := table.Put(tx, row.Key, record{true, released(row.Value.Cells)}); err != nil {
			return err
		}
	}
	return nil
}

// Read returns the closed days from one day to another, both included, oldest
// first. Days that are past KeptDays are not read, swept or not.
func Read(r store.Reader, from, to, today deadline.Day) ([]Day, error) {
	var out []Day
	for row, err := range table.Range(r, dayKey(max(from, today-KeptDays, 0)), dayKey(to+1)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Closed {
			out = append(out, Day{deadline.KeyDay(row.Key), row.Value.Cells})
		}
	}
	return out, nil
}

// Forget removes the days that are past KeptDays, and counts them.
func Forget(tx store.Tx, today deadline.Day) (days int, err error) {
	tx.Essential()
	var old [][]byte
	for row, err := range table.Range(tx, dayKey(0), dayKey(max(today-KeptDays, 0))) {
		if err != nil {
			return 0, err
		}
		old = append(old, slices.Clone(row.Key))
	}
	for _, key := range old {
		if err := table.Delete(tx, key); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// released is what may stay of a day. A cell below Least is added to the other
// machines of its route and class, and with them to the other routes of its
// class. What is still too small then is dropped.
func released(cells []Cell) []Cell {
	cells = merge(cells, func(c Cell) Cell { return Cell{c.Route, c.Class, Other, Other, c.Count} })
	cells = merge(cells, func(c Cell) Cell { return Cell{Other, c.Class, Other, Other, c.Count} })
	return slices.DeleteFunc(cells, func(c Cell) bool { return c.Count < Least })
}

// merge replaces every cell that is too small by a coarser one, and adds up.
func merge(cells []Cell, coarser func(Cell) Cell) []Cell {
	cells = slices.Clone(cells)
	for i, c := range cells {
		if c.Count < Least {
			cells[i] = coarser(c)
		}
	}
	return sum(cells)
}

// sum adds up the cells of one kind, and sorts them.
func sum(cells []Cell) []Cell {
	slices.SortFunc(cells, compare)
	var out []Cell
	for _, c := range cells {
		if n := len(out); n > 0 && compare(out[n-1], c) == 0 {
			out[n-1].Count += c.Count
		} else {
			out = append(out, c)
		}
	}
	return out
}

// compare orders kinds, whatever their numbers.
func compare(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Route, b.Route), cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.System, b.System), cmp.Compare(a.Browser, b.Browser))
}

// dayKey is what the keys of a day begin with.
func dayKey(day deadline.Day) []byte { return binary.BigEndian.AppendUint32(nil, uint32(day)) }
