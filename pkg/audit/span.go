package audit

import "selvhjelp/store"

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
