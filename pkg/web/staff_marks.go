package web

import (
	"maps"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
)

// Mark is a professional's own limit for an instrument, held against a score.
// A risk item is marked whatever the limits say.
type Mark struct {
	On    bool // the score is at the limit or beyond it
	Limit int
	Lower bool // lower scores are worse
}

// Text is the id of the text that says what the mark means.
func (m Mark) Text() string {
	if m.Lower {
		return "protools.marked_lower"
	}
	return "protools.marked"
}

// markFor holds a score against the limits that a professional has set.
func markFor(in *instrument.Instrument, limits map[string]int, score int) Mark {
	limit, set := limits[in.ID]
	m := Mark{Limit: limit, Lower: !in.HigherIsWorse}
	m.On = set && (m.Lower && score <= limit || !m.Lower && score >= limit)
	return m
}

// MarkField is where a professional sets the limit for one instrument.
type MarkField struct {
	Name, Title string
	Value       string // as typed, or as stored
	Max         int
	Lower       bool
	Wrong       bool
}

// markFields are the limits as typed, or as they are stored.
func (s *Server) markFields(c *fiber.Ctx, limits map[string]int, lang string) []MarkField {
	var out []MarkField
	for _, in := range s.instruments.All() {
		f := MarkField{Name: "mark_" + in.ID, Max: in.Max, Lower: !in.HigherIsWorse}
		f.Title, _ = in.ShortTitle.In(lang)
		stored := ""
		if limit, set := limits[in.ID]; set {
			stored = strconv.Itoa(limit)
		}
		f.Value = typed(c, f.Name, stored)
		f.Wrong = !goodMark(f.Value, in)
		out = append(out, f)
	}
	return out
}

// goodMark reports whether a limit can be stored: none, or a possible score.
func goodMark(text string, in *instrument.Instrument) bool {
	limit, err := strconv.Atoi(text)
	return text == "" || err == nil && limit >= 0 && limit <= in.Max
}

// readMarks changes limits by what was typed; a form that lacks a field leaves
// that limit as it is. It is false when one cannot be stored.
func (s *Server) readMarks(c *fiber.Ctx, limits map[string]int) (map[string]int, bool) {
	out := map[string]int{}
	maps.Copy(out, limits)
	for _, in := range s.instruments.All() {
		name := "mark_" + in.ID
		if !c.Request().PostArgs().Has(name) {
			continue
		}
		if !goodMark(field(c, name), in) {
			return nil, false
		}
		delete(out, in.ID)
		if limit, err := strconv.Atoi(field(c, name)); err == nil {
			out[in.ID] = limit
		}
	}
	return out, true
}
