package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
)

// PersonFacts is what one user shares, for the professional's own use. A part
// that is not shared is absent. Days are in the operator's time zone.
type PersonFacts struct {
	Format        string               `json:"format"`
	Exported      string               `json:"exported"` // date
	Business      string               `json:"business"`
	Reference     string               `json:"reference"`
	Categories    []string             `json:"categories"`
	SharedFrom    string               `json:"shared_from"`
	SharedThrough string               `json:"shared_through"`
	Mappings      []PersonMappingFacts `json:"mappings,omitempty"` // oldest first
	Visits        []PersonVisitFacts   `json:"visits,omitempty"`   // oldest first
	Programs      []PersonProgramFacts `json:"programmes,omitempty"`
	Due           []PersonDueFacts     `json:"due,omitempty"`
}

// PersonDueFacts says since when a mapping tool that was used can be used again.
type PersonDueFacts struct {
	Instrument string `json:"instrument"`
	Since      string `json:"since"` // day
}

// PersonMappingFacts are the facts about one mapping that is shared.
type PersonMappingFacts struct {
	Day        string         `json:"day"`
	Instrument string         `json:"instrument"`
	Version    string         `json:"version"`
	Score      int            `json:"score"`
	Band       string         `json:"band"`
	Risk       bool           `json:"risk"`
	Corrected  string         `json:"corrected,omitempty"` // day
	Answers    map[string]int `json:"answers"`

	Scales     map[string]int    `json:"scales,omitempty"`      // scores by scale
	ScaleBands map[string]string `json:"scale_bands,omitempty"` // of those that have bands
	NoTotal    bool              `json:"no_total,omitempty"`    // score and band say nothing
}

// score is the total for a cell, empty where there is none.
func (m PersonMappingFacts) score() string { return scoreCellOf(m.NoTotal, m.Score) }

// scoreCellOf is a total for a cell.
func scoreCellOf(none bool, score int) string {
	if none {
		return ""
	}
	return strconv.Itoa(score)
}

// PersonVisitFacts are the facts about one visit that is shared.
type PersonVisitFacts struct {
	Day     string `json:"day"`
	Minutes int    `json:"minutes"`
}

// exportPerson hands out what the owner of a reference shares. It is a reading
// like that of the page, with the same entry in the log.
func (s *Server) exportPerson(v *staffVisit) error {
	format := v.Query("format")
	if format != "csv" && format != "json" {
		return problemOf(fiber.StatusUnprocessableEntity, "export_format")
	}
	p, err := s.openPerson(v)
	if err != nil {
		return err
	}
	facts := s.personFacts(v, p)
	if format == "csv" {
		return attachCSV(v.Ctx, "person.csv", s.personTable(facts))
	}
	raw, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return err
	}
	return attach(v.Ctx, fiber.MIMEApplicationJSONCharsetUTF8, "person.json", raw)
}

func (s *Server) personFacts(v *staffVisit, p overview.Person) PersonFacts {
	f := PersonFacts{Format: "selvhjelp-person-v1", Exported: deadline.DayOf(s.now()).String(), Business: v.business.Name,
		Reference: p.Issued.Reference, Categories: p.Categories, SharedFrom: p.From.String(), SharedThrough: p.LastDay.String()}
	for _, m := range p.Mappings {
		one := PersonMappingFacts{Day: v.page.ISO(m.Time()), Instrument: m.Instrument, Version: m.Version,
			Score: m.Score, Band: m.Band, Risk: m.Risk, Answers: m.Answers, Scales: m.Scales, ScaleBands: m.ScaleBands, NoTotal: m.NoTotal}
		if m.Corrected > 0 {
			one.Corrected = v.page.ISO(time.Unix(m.Corrected, 0))
		}
		f.Mappings = append(f.Mappings, one)
	}
	for _, visit := range p.Visits {
		f.Visits = append(f.Visits, PersonVisitFacts{v.page.ISO(visit.At), visit.Minutes})
	}
	f.Programs = s.programFacts(v.page, p.Exercises, p.Programs)
	for _, t := range s.dueTools(p.Summary, v.page.Lang) {
		f.Due = append(f.Due, PersonDueFacts{t.ID, v.page.ISO(t.Since)})
	}
	return f
}

// personTable has one row for each mapping, with a column for each item that
// was answered, one for each visit, one for each programme, on the day of its
// last use, and one for each tool that is due, on the day from which it is.
func (s *Server) personTable(f PersonFacts) [][]string {
	items := s.itemsOf(f.Mappings)
	rows := [][]string{{"reference", "category", "day", "instrument", "score", "band", "risk", "corrected", "minutes"}}
	scales := s.scalesOf(f.Mappings)
	for _, id := range scales {
		rows[0] = append(rows[0], plain("scale_"+id))
	}
	for _, id := range items {
		rows[0] = append(rows[0], plain(id))
	}
	for _, m := range f.Mappings {
		row := []string{plain(f.Reference), f.categoryOf(m.Instrument), m.Day, plain(m.Instrument), m.score(), plain(m.Band), yes(m.Risk), m.Corrected, ""}
		rows = append(rows, append(append(row, cells(m.Scales, scales)...), cells(m.Answers, items)...))
	}
	for _, visit := range f.Visits {
		row := append([]string{plain(f.Reference), "activity", visit.Day}, make([]string, len(rows[0])-3)...)
		row[8] = strconv.Itoa(visit.Minutes)
		rows = append(rows, row)
	}
	return f.rest(rows)
}

// rest adds the rows of what else there is, and the columns of programmes where
// there are some.
func (f PersonFacts) rest(rows [][]string) [][]string {
	width := len(rows[0])
	if f.Programs != nil {
		rows[0] = append(rows[0], programNames[:4]...)
	}
	for _, p := range f.Programs {
		row := append([]string{plain(f.Reference), "programme", p.Last, plain(p.Program)}, make([]string, width-4)...)
		rows = append(rows, append(row, strconv.Itoa(len(p.Done)), strconv.Itoa(p.Parts), strconv.Itoa(p.HomeworkDone), strconv.Itoa(p.HomeworkSet)))
	}
	for _, d := range f.Due {
		rows = append(rows, append([]string{plain(f.Reference), "due", d.Since, plain(d.Instrument)}, make([]string, width-4)...))
	}
	for i, row := range rows {
		rows[i] = append(row, make([]string, len(rows[0])-len(row))...)
	}
	return rows
}

// categoryOf is the category that mappings with a tool are shared as.
func (f PersonFacts) categoryOf(tool string) string {
	if slices.Contains(f.Categories, vault.Tool(tool)) {
		return vault.Tool(tool)
	}
	return vault.Mapping
}

// cells are the values of some ids, empty for those that there are none of.
func cells(values map[string]int, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if value, ok := values[id]; ok {
			out[i] = strconv.Itoa(value)
		}
	}
	return out
}

// scalesOf are the scales that there are scores of, in the order of the
// instruments.
func (s *Server) scalesOf(mappings []PersonMappingFacts) []string {
	var out []string
	for _, in := range s.instruments.All() {
		for _, scale := range in.Scales {
			scored := slices.ContainsFunc(mappings, func(m PersonMappingFacts) bool {
				_, ok := m.Scales[scale.ID]
				return ok && m.Instrument == in.ID
			})
			if scored && !slices.Contains(out, scale.ID) {
				out = append(out, scale.ID)
			}
		}
	}
	return out
}

// itemsOf are the items that were answered: in the order of the instruments,
// then those of instruments that are not installed any more.
func (s *Server) itemsOf(mappings []PersonMappingFacts) []string {
	answered := map[string]bool{}
	var left []string
	for _, m := range mappings {
		for id := range m.Answers {
			if !answered[id] {
				answered[id] = true
				left = append(left, id)
			}
		}
	}
	slices.Sort(left)
	var out []string
	for _, in := range s.instruments.All() {
		for _, item := range in.Items {
			if answered[item.ID] && !slices.Contains(out, item.ID) {
				out = append(out, item.ID)
			}
		}
	}
	left = slices.DeleteFunc(left, func(id string) bool { return slices.Contains(out, id) })
	return append(out, left...)
}

// exportOverview hands out the overview as it was asked for, all pages of it.
// It is a reading like that of the page, with the same entry in the log.
func (s *Server) exportOverview(v *staffVisit) error {
	if v.Query("format") != "csv" {
		return problemOf(fiber.StatusUnprocessableEntity, "export_format")
	}
	page, err := s.caseload(v)
	if err != nil {
		return err
	}
	rows := [][]string{{"reference", "shared", "shared_through", "last_in_use", "new", "due"}}
	for _, c := range page.Columns {
		for _, name := range c.names() {
			rows[0] = append(rows[0], plain(c.ID+"_"+name))
		}
	}
	for _, id := range page.Programs {
		for _, name := range programNames {
			rows[0] = append(rows[0], plain("program_"+id+"_"+name))
		}
	}
	for _, r := range page.Rows {
		row := []string{plain(r.Reference), yes(r.Shared), dayText(r.Until), dayText(r.Active), yes(r.New), yes(r.Due)}
		for i, cell := range r.Scores {
			row = append(row, scoreCells(v.page, page.Columns[i], cell)...)
		}
		for _, id := range page.Programs {
			row = append(row, programValues(v.page, r.Programs, id)...)
		}
		rows = append(rows, row)
	}
	return attachCSV(v.Ctx, "overview.csv", rows)
}

// scoreCells are the columns of one instrument.
func scoreCells(page Page, column Column, c ScoreCell) []string {
	if !c.Has {
		return make([]string, len(column.names()))
	}
	out := []string{page.ISO(c.At), scoreCellOf(c.NoTotal, c.Score), plain(c.Band), scoreCellOf(c.NoTotal || c.Apart, c.Change), scoreCellOf(c.NoTotal || c.Apart, c.SinceFirst),
		strconv.Itoa(c.Count), yes(c.Risk), yes(len(c.Marks) > 0), yes(c.Corrected), yes(c.Due), plain(c.Moved.State()), yes(c.Moved.Recovered)}
	for _, id := range column.Scales {
		score, band := "", ""
		for _, l := range c.Lines {
			if l.ID == id {
				score, band = strconv.Itoa(l.Score), plain(l.Band)
			}
		}
		out = append(out, score, band)
	}
	return out
}
