package audit

import (
	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Span returns the entries from the number first to the number last that are of a
// day or later, newest first, and reads none before them. Numbers beyond either end
// of the chain are left out.
func (l Log) Span(r store.Reader, first, last int, from deadline.Day) ([]Entry, error) {
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
		if e.Day < from {
			break
		}
		out = append(out, e)
	}
	return out, nil
}
