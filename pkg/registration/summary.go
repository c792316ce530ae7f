package registration

import (
	"errors"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var sumTable = store.Table[store.Raw]{Bucket: "sum"}

// Summary is what an overview shows of an account's mappings.
type Summary struct {
	Courses map[string]*Course `json:"m,omitempty"` // by instrument
}

// Course is how one instrument has gone.
type Course struct {
	Count    int   `json:"n"`
	First    Point `json:"f"`
	Previous Point `json:"p"` // the one before the last; the last itself when there is one
	Last     Point `json:"l"`
}

// Point is one finished mapping.
type Point struct {
	Score     int    `json:"s"`
	Band      string `json:"b"`
	Risk      bool   `json:"r,omitempty"`
	At        int64  `json:"t"` // seconds since 1970
	Corrected int64  `json:"c,omitempty"`

	Scales     map[string]int    `json:"q,omitempty"` // as in Mapping
	ScaleBands map[string]string `json:"k,omitempty"`
	NoTotal    bool              `json:"n,omitempty"`
}

// Point is what a summary keeps of a mapping.
func (m Mapping) Point() Point {
	return Point{m.Score, m.Band, m.Risk, m.At, m.Corrected, m.Scales, m.ScaleBands, m.NoTotal}
}

// Time is when the mapping was finished.
func (p Point) Time() time.Time { return time.Unix(p.At, 0).UTC() }

// Changed is when the mapping was finished or last corrected.
func (p Point) Changed() time.Time { return time.Unix(max(p.At, p.Corrected), 0).UTC() }

// newest reports whether a mapping is newer than all others of its instrument.
func (s *Summary) newest(m Mapping) bool {
	c := s.Courses[m.Instrument]
	return c == nil || m.At > c.Last.At
}

// add appends a mapping that is newer than all others.
func (s *Summary) add(m Mapping) {
	p := m.Point()
	c := s.Courses[m.Instrument]
	if c == nil {
		c = &Course{First: p, Last: p}
		if s.Courses == nil {
			s.Courses = map[string]*Course{}
		}
		s.Courses[m.Instrument] = c
	}
	c.Count++
	c.Previous, c.Last = c.Last, p
}

// Summarise reads the summary of the mappings; it is empty when there is none
// or the scope does not cover mappings.
func Summarise(r store.Reader, s vault.Scope) (Summary, error) {
	return readSummary[Summary](r, s, vault.Mapping)
}

// readSummary tries the versions that the summary may be under.
func readSummary[T any](r store.Reader, s vault.Scope, category string) (T, error) {
	var sum T
	openers := s.Of(category).Openers
	if len(openers) == 0 {
		return sum, nil
	}
	key := sumKey(s, category)
	sealed, err := sumTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return sum, nil
	} else if err != nil {
		return sum, err
	}
	for _, o := range openers {
		var data []byte
		if data, err = o.Open("summary", sealed, s.Account, key); err == nil {
			return decode[T](data)
		}
	}
	return sum, err
}

func putSummary[T any](tx store.Tx, a *vault.Account, category string, sum T) error {
	data, err := encode(sum)
	if err != nil {
		return err
	}
	key := sumKey(a, category)
	return sumTable.Put(tx, key, a.Current(category).Seal("summary", data, a.ID, key))
}

// summariseAnew builds the summary of the mappings from all of them.
func summariseAnew(tx store.Tx, a *vault.Account) error {
	list, err := List(tx, a.Scope(), true)
	if err != nil {
		return err
	}
	var sum Summary
	for _, m := range list {
		sum.add(m)
	}
	return putSummary(tx, a, vault.Mapping, sum)
}

func sumKey(s indexer, category string) []byte { return s.Index("sum", []byte(category)) }
