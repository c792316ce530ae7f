package registration

import (
	"errors"
	"maps"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var sumTable = store.Table[store.Raw]{Bucket: "sum"}

// toolFill is the least length in bytes of the summary of one tool before it is
// sealed: with it that of none yet takes the room of one with five scales.
const toolFill = 600

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

	Version string `json:"v,omitempty"` // as in Mapping; none in a summary from before it was kept
}

// Point is what a summary keeps of a mapping.
func (m Mapping) Point() Point {
	return Point{m.Score, m.Band, m.Risk, m.At, m.Corrected, m.Scales, m.ScaleBands, m.NoTotal, m.Version}
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

// Summarise reads the summary of the mappings, those of tools that are shared by
// themselves included; it is empty when there is none or the scope does not cover
// mappings.
func Summarise(r store.Reader, s vault.Scope) (Summary, error) {
	var all Summary
	var last string
	for _, o := range s.Openers {
		if o.Category == last || vault.Base(o.Category) != vault.Mapping {
			continue // another version, or nothing of mappings
		}
		last = o.Category
		sum, err := readSummary[Summary](r, s, o.Category)
		if err != nil {
			return Summary{}, err
		}
		all.merge(sum)
	}
	return all, nil
}

// merge adds the courses of other tools.
func (s *Summary) merge(other Summary) {
	if s.Courses == nil {
		s.Courses = other.Courses
		return
	}
	maps.Copy(s.Courses, other.Courses)
}

// readSummary tries the versions that the summary may be under.
func readSummary[T any](r store.Reader, s vault.Scope, category string) (sum T, err error) {
	for _, o := range s.Openers {
		if o.Category != category {
			continue
		}
		key := sumKey(s, o)
		sealed, missing := sumTable.Get(r, key)
		if errors.Is(missing, store.ErrNotFound) {
			continue
		} else if missing != nil {
			return sum, missing
		}
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
	o := a.Current(category)
	if vault.Base(category) != category {
		data = append(data, make([]byte, max(0, toolFill-len(data)))...)
		if err := dropSummary(tx, a, category); err != nil {
			return err
		}
	}
	key := sumKey(a, o)
	return sumTable.Put(tx, key, o.Seal("summary", data, a.ID, key))
}

// dropSummary removes the summary of one tool, whichever version it is under.
func dropSummary(tx store.Tx, a *vault.Account, category string) error {
	for _, o := range a.Versions(category) {
		if err := sumTable.Delete(tx, sumKey(a, o)); err != nil {
			return err
		}
	}
	return nil
}

// summariseAnew builds the summary of a category of mappings from all of them.
func summariseAnew(tx store.Tx, a *vault.Account, category string) error {
	list, err := List(tx, a.Scope(), true)
	if err != nil {
		return err
	}
	var sum Summary
	for _, m := range list {
		if a.Home(m.Instrument) == category {
			sum.add(m)
		}
	}
	return putSummary(tx, a, category, sum)
}

// sumKey is where a summary rests. That of one tool is found with its key alone:
// the server's keys are not to tell which tools somebody shares by themselves.
func sumKey(s indexer, o vault.Opener) []byte {
	if vault.Base(o.Category) == o.Category {
		return s.Index("sum", []byte(o.Category))
	}
	return append(s.Index("sum"), o.Key.Tag("summary", nil)...)
}
