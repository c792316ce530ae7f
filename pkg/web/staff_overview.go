package web

import (
	"cmp"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/overview"
	"selvhjelp/store"
)

const (
	pageRows = 100
	adoptMax = 256 // grants in one transaction
)

// OverviewRow is a reference as the overview shows it.
type OverviewRow struct {
	Reference        string
	Shared, New, Due bool
	Until            deadline.Day // the last day of sharing
	Active           deadline.Day // last day of use; 0 when that is not shared
	Scores           []ScoreCell  // one for each column
}

// ScoreCell is the course of one instrument in a row.
type ScoreCell struct {
	Instrument, Band, BandName string
	Has                        bool
	Score, Change, SinceFirst  int
	Count                      int
	Risk                       bool // a risk item was above zero the last time
	At                         time.Time
	Corrected                  bool
	Due                        bool
}

// Column is an instrument of the overview.
type Column struct{ ID, Title string }

// Pager leads through a long list.
type Pager struct {
	Number, Pages int // from 1
	query         url.Values
}

type overviewPage struct {
	Page
	Business string
	Columns  []Column
	Rows     []OverviewRow
	Count    int // of all pages
	Shared   int
	Sort     string
	Search   string
	All      bool
	Pager    Pager
	Keep     bool // something is still to be kept outside the service
}

// Before and After are the neighbours of a page; 0 for none.
func (p Pager) Before() int { return p.Number - 1 }

// After is the next page; 0 for none.
func (p Pager) After() int { return (p.Number + 1) % (p.Pages + 1) }

// Link is the address of another page of the same list.
func (p Pager) Link(number int) template.URL {
	q := maps.Clone(p.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("page", strconv.Itoa(number))
	return template.URL("?" + q.Encode())
}

// overview lists the caseload. Its audit entry is committed before anything is
// read.
func (s *Server) overview(v *staffVisit) error {
	s.notice(v)
	w := s.viewer(v)
	rows, err := s.openOverview(v, w)
	if err != nil {
		return err
	}
	page := overviewPage{Page: v.page, Business: v.business.Name, Columns: s.columns(v.page.Lang),
		Search: normalReference(v.Query("ref")), All: v.Query("all") == "1",
		Keep: len(v.session.Staff.Spare) > 0 || v.session.Staff.Recovery != ""}
	for _, r := range rows {
		if strings.HasPrefix(r.Issued.Reference, page.Search) {
			row := s.overviewRow(r, v.page.Lang)
			page.Rows = append(page.Rows, row)
			if row.Shared {
				page.Shared++
			}
		}
	}
	page.Count = len(page.Rows)
	page.Sort = sortRows(page.Rows, page.Columns, v.Query("sort"))
	if !page.All {
		page.Rows, page.Pager = pageOf(page.Rows, pageRows, v.Query("page"))
		page.Pager.query = url.Values{"sort": {page.Sort}, "ref": {page.Search}}
	}
	return s.render(v.Ctx, fiber.StatusOK, "staff/overview", page)
}

// openOverview reads the rows and adopts the grants that are new to the
// business. A full store does not keep anybody from reading them.
func (s *Server) openOverview(v *staffVisit, w *overview.Viewer) ([]overview.Row, error) {
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error { return w.Announce(tx, s.now()) })
	if err != nil {
		return nil, err
	}
	var rows []overview.Row
	var stale []consent.Opened
	err = s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		rows, stale, err = w.Open(r, s.now())
		return err
	})
	if err != nil {
		return nil, err
	}
	for batch := range slices.Chunk(stale, adoptMax) {
		err := s.usage.Update(v.UserContext(), func(tx store.Tx) error { return consent.Adopt(tx, v.keys, batch) })
		if err != nil {
			return rows, ignore(err, store.ErrFull)
		}
	}
	return rows, nil
}

func (s *Server) columns(lang string) []Column {
	var out []Column
	for _, in := range s.instruments.All() {
		title, _ := in.ShortTitle.In(lang)
		out = append(out, Column{in.ID, title})
	}
	return out
}

// overviewRow puts a row into words, with one cell for each instrument.
func (s *Server) overviewRow(r overview.Row, lang string) OverviewRow {
	row := OverviewRow{Reference: r.Issued.Reference, Shared: r.Shared, New: r.New, Until: r.LastDay, Active: r.Active}
	for _, in := range s.instruments.All() {
		cell := s.scoreCell(r, in, lang)
		row.Due = row.Due || cell.Due
		row.Scores = append(row.Scores, cell)
	}
	return row
}

func (s *Server) scoreCell(r overview.Row, in *instrument.Instrument, lang string) ScoreCell {
	course := r.Summary.Courses[in.ID]
	if course == nil {
		return ScoreCell{Instrument: in.ID}
	}
	last := course.Last
	return ScoreCell{Instrument: in.ID, Has: true, Band: last.Band, BandName: bandName(in, last.Score, lang),
		Score: last.Score, Change: last.Score - course.Previous.Score, SinceFirst: last.Score - course.First.Score,
		Count: course.Count, Risk: last.Risk, At: last.Time(), Corrected: last.Corrected > 0,
		Due: !s.now().Before(last.Time().AddDate(0, 0, in.MinIntervalDays))}
}

// sortRows sorts by what was asked for and returns its name: an instrument's
// last score from the highest, what is due first, what is new first, or the
// reference.
func sortRows(rows []OverviewRow, columns []Column, by string) string {
	column := slices.IndexFunc(columns, func(c Column) bool { return c.ID == by })
	var rank func(r OverviewRow) int
	switch {
	case column >= 0:
		rank = func(r OverviewRow) int { return r.Scores[column].rank() }
	case by == "due":
		rank = func(r OverviewRow) int { return first(r.Due) }
	case by == "new":
		rank = func(r OverviewRow) int { return first(r.New) }
	default:
		return "reference" // they come sorted so
	}
	slices.SortStableFunc(rows, func(a, b OverviewRow) int { return cmp.Compare(rank(a), rank(b)) })
	return by
}

// rank puts the highest score first and those without one last.
func (c ScoreCell) rank() int {
	if !c.Has {
		return 1
	}
	return -c.Score
}

func first(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

// pageOf cuts out one page; number is as it was typed.
func pageOf[T any](list []T, size int, number string) ([]T, Pager) {
	p := Pager{Pages: max(1, (len(list)+size-1)/size)}
	n, _ := strconv.Atoi(number)
	p.Number = min(max(n, 1), p.Pages)
	return list[(p.Number-1)*size : min(p.Number*size, len(list))], p
}

// normalReference forgives how a reference was typed, like an access code's
// symbols.
func normalReference(typed string) string {
	typed = strings.Join(strings.Fields(strings.ToUpper(typed)), "")
	return strings.NewReplacer("-", "", "I", "1", "L", "1", "O", "0", "U", "V").Replace(typed)
}
