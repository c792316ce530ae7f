package web

import (
	"slices"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/overview"
)

// Column is an instrument of the overview.
type Column struct {
	ID, Title string
	Total     bool     // there is one score to sort by
	Scales    []string // ids
}

// toolsIn are the tools that have a column: those that are recommended, and
// those that somebody in the caseload has used.
func (s *Server) toolsIn(rows []overview.Row) []*instrument.Instrument {
	return slices.DeleteFunc(s.instruments.All(), func(in *instrument.Instrument) bool {
		used := slices.ContainsFunc(rows, func(r overview.Row) bool { return r.Summary.Courses[in.ID] != nil })
		return in.Place != instrument.First && !used
	})
}

func columns(tools []*instrument.Instrument, lang string) []Column {
	var out []Column
	for _, in := range tools {
		c := Column{ID: in.ID, Total: in.Total != nil}
		c.Title, _ = in.ShortTitle.In(lang)
		for _, sc := range in.Scales {
			c.Scales = append(c.Scales, sc.ID)
		}
		out = append(out, c)
	}
	return out
}

// names are the columns of an instrument, without its id before them.
func (c Column) names() []string {
	out := []string{"day", "score", "band", "change", "since_first", "count", "risk", "marked", "corrected", "due", "reliable", "recovered"}
	for _, id := range c.Scales {
		out = append(out, id+"_score", id+"_band")
	}
	return out
}
