package audit

import (
	"sort"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// First is the number of the first entry of a day or later, one more than that of the
// last when there is none.
func (l Log) First(r store.Reader, from deadline.Day) (int, error) {
	head, err := l.Head(r)
	if err != nil {
		return 0, err
	}
	return 1 + sort.Search(head.Count, func(i int) bool {
		e, err := l.entry(r, i+1)
		return err != nil || e.Day >= from
	}), nil
}

// Span returns the entries from the number first to the number last, newest
// first, and reads no others. Numbers beyond either end of the chain are left
// out.
func (l Log) Span(r store.Reader, first, last int) ([]Entry, error) {
	head, err := l.Head(r)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for n := min(last, head.Count); n >= max(first, 1); n-- {
		e, err := l.entry(r, n)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
