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

const pageRows = 100

// OverviewRow is a reference as the overview shows it.
type OverviewRow struct {
	Reference        string
	Shared, New, Due bool
	Marked           bool         // a score is at the professional's limit, or a risk item was above zero
	Risk             bool         // a risk item was above zero
	Until            deadline.Day // the last day of sharing
	Active           deadline.Day // last day of use; 0 when that is not shared
	Scores           []ScoreCell  // one for each column
	Programs         []ProgramCell
}

// ScoreCell is the course of one instrument in a row.
type ScoreCell struct {
	Instrument, Band          string
	Has                       bool
	Score, Change, SinceFirst int
	NoTotal                   bool
	Apart                     bool // a change says nothing: not all scores mean the same
	Lines                     []ScoreLine
	Moved                     Moved // of the total, since the first time
	Count                     int
	Risk                      bool // a risk item was above zero the last time
	Marks                     []Mark
	At                        time.Time
	Corrected                 bool
	Due                       bool
}

// Pager leads through a long list.
type Pager struct {
	Number, Pages int // from 1
	query         url.Values
}

type overviewPage struct {
	Page
	Business string
	Columns  []Column
	Programs []string // ids of those that somebody here has used
	Rows     []OverviewRow
	Count    int // of all pages
	Shared   int
	Sort     string
	Search   string
	Marked   int  // of all pages
	Only     bool // those alone that are marked
	All      bool
	Pager    Pager
	News     *News
	Keep     bool          // something is still to be kept outside the service
	Unread   []MessageLine // answers of the operator
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
	page, err := s.caseload(v)
	if err != nil {
		return err
	}
	if page.Unread, err = s.staffUnread(v); err != nil {
		return err
	}
	if !page.All {
		page.Rows, page.Pager = pageOf(page.Rows, pageRows, v.Query("page"))
		page.Pager.query = page.query()
	}
	return s.render(v.Ctx, fiber.StatusOK, "staff/overview", page)
}

// caseload reads the overview with all rows that were asked for, in the order
// that was asked for.
func (s *Server) caseload(v *staffVisit) (overviewPage, error) {
	page := overviewPage{Page: v.page, Business: v.business.Name,
		Search: normalReference(v.Query("ref")), Only: v.Query("show") == "marked", All: v.Query("all") == "1",
		News: s.news(v.professional.Policy, v.page.Lang, "/pro/understood"),
		Keep: len(v.session.Staff.Spare) > 0 || v.session.Staff.Recovery != ""}
	rows, err := s.openOverview(v, s.viewer(v))
	tools := s.toolsIn(rows)
	page.Columns, page.Programs = columns(tools, v.page.Lang), s.programsIn(rows)
	for _, r := range rows {
		if strings.HasPrefix(r.Issued.Reference, page.Search) {
			page.add(s.overviewRow(r, tools, v))
		}
	}
	page.Sort = sortRows(page.Rows, page.Columns, v.Query("sort"))
	return page, err
}

// add counts a row, and keeps it unless only others are asked for.
func (p *overviewPage) add(row OverviewRow) {
	if row.Marked {
		p.Marked++
	} else if p.Only {
		return
	}
	p.Rows = append(p.Rows, row)
	p.Count++
	if row.Shared {
		p.Shared++
	}
}

// query is what the address says of the rows and their order.
func (p overviewPage) query() url.Values {
	q := url.Values{"sort": {p.Sort}, "ref": {p.Search}}
	if p.Only {
		q.Set("show", "marked")
	}
	return q
}

// Sorted is the address of the same rows in another order.
func (p overviewPage) Sorted(by string) template.URL {
	p.Sort = by
	return template.URL("?" + p.query().Encode())
}

// Whole is the address of the same rows on one page.
func (p overviewPage) Whole() template.URL { return p.Sorted(p.Sort) + "&all=1" }

// Export is the address of the same rows as a table.
func (p overviewPage) Export() template.URL {
	return "/pro/export" + p.Sorted(p.Sort) + "&format=csv"
}

// Switch is the address of the marked rows alone, or of all again.
func (p overviewPage) Switch() template.URL {
	p.Only = !p.Only
	return p.Sorted(p.Sort)
}

// openOverview reads the rows and adopts the grants that are new to the
// business. A full store does not keep anybody from reading them.
func (s *Server) openOverview(v *staffVisit, w *overview.Viewer) ([]overview.Row, error) {
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error { return w.Announce(tx, s.now()) })
	if err != nil {
		return nil, err
	}
	rows, stale, err := s.overviewRows(v, w)
	if err != nil {
		return nil, err
	}
	if err := s.adopt(v, stale); err != nil {
		return rows, ignore(err, store.ErrFull)
	}
	if slices.ContainsFunc(stale, consent.Opened.Moves) {
		rows, _, err = s.overviewRows(v, w)
	}
	return rows, err
}

func (s *Server) overviewRows(v *staffVisit, w *overview.Viewer) (rows []overview.Row, stale []consent.Opened, err error) {
	err = s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		rows, stale, err = w.Open(r, s.now())
		return err
	})
	return rows, stale, err
}

// overviewRow puts a row into words, with one cell for each instrument.
func (s *Server) overviewRow(r overview.Row, tools []*instrument.Instrument, v *staffVisit) OverviewRow {
	row := OverviewRow{Reference: r.Issued.Reference, Shared: r.Shared, New: r.New, Until: r.LastDay, Active: r.Active,
		Programs: s.programCells(r.Programs, v.page.Lang)}
	for _, in := range tools {
		cell := s.scoreCell(r, in, v)
		row.Due = row.Due || cell.Due
		row.Risk = row.Risk || cell.Risk
		row.Marked = row.Marked || cell.Risk || len(cell.Marks) > 0
		row.Scores = append(row.Scores, cell)
	}
	return row
}

func (s *Server) scoreCell(r overview.Row, in *instrument.Instrument, v *staffVisit) ScoreCell {
	course := r.Summary.Courses[in.ID]
	if course == nil {
		return ScoreCell{Instrument: in.ID}
	}
	last := course.Last
	_, due := s.dueSince(in, course)
	cell := ScoreCell{Instrument: in.ID, Has: true, Band: last.Band, Lines: lines(s.versionOf(in, last), last, v.page.Lang), NoTotal: last.NoTotal,
		Score: last.Score, Change: last.Score - course.Previous.Score, SinceFirst: last.Score - course.First.Score,
		Count: course.Count, Risk: last.Risk, Marks: s.marksFor(in, v.professional.Marks, last, v.page.Lang), At: last.Time(), Corrected: last.Corrected > 0,
		Due: due, Apart: !s.comparable(in, course.First, course.Previous, last)}
	if in.Total != nil && !last.NoTotal && !course.First.NoTotal && !cell.Apart {
		cell.Moved = moved(in.Total, course.First.Score, last.Score, v.page.Lang)
	}
	return cell
}

// sortRows sorts by what was asked for and returns its name: an instrument's
// last score from the highest, what is marked first and risk before that, what
// is due first, what is new first, or the reference.
func sortRows(rows []OverviewRow, columns []Column, by string) string {
	column := slices.IndexFunc(columns, func(c Column) bool { return c.ID == by })
	var rank func(r OverviewRow) int
	switch {
	case column >= 0 && columns[column].Total:
		rank = func(r OverviewRow) int { return r.Scores[column].rank() }
	case by == "marked":
		rank = func(r OverviewRow) int { return first(r.Risk) + first(r.Marked) }
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
	p := pagerOf(len(list), size, number)
	return list[(p.Number-1)*size : min(p.Number*size, len(list))], p
}

// pagerOf finds the page that was asked for among those of a list.
func pagerOf(count, size int, number string) Pager {
	p := Pager{Pages: max(1, (count+size-1)/size)}
	n, _ := strconv.Atoi(number)
	p.Number = min(max(n, 1), p.Pages)
	return p
}

// normalReference forgives how a reference was typed, like an access code's
// symbols.
func normalReference(typed string) string {
	typed = strings.Join(strings.Fields(strings.ToUpper(typed)), "")
	return strings.NewReplacer("-", "", "'", "", "I", "1", "L", "1", "O", "0", "U", "V").Replace(typed)
}
