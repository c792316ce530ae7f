package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
)

// Mark is a professional's own limit for an instrument, held against a score.
// A risk item is marked whatever the limits say.
type Mark struct {
	Title string // of the scale; "" for the total
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

// marksFor are the limits that a professional has set and that a mapping has
// reached or gone beyond. A score of a version that counts otherwise has none.
func (s *Server) marksFor(in *instrument.Instrument, limits map[string]int, p registration.Point, lang string) []Mark {
	var out []Mark
	if !s.comparable(in, p) {
		return nil
	}
	for _, l := range lines(in, p, lang) {
		limit, set := limits[markKey(in, l.ID)]
		if set && (l.HigherIsWorse && l.Score >= limit || !l.HigherIsWorse && l.Score <= limit) {
			out = append(out, Mark{l.Title, limit, !l.HigherIsWorse})
		}
	}
	return out
}

// markKey is what the limit for a scale, or "" for the total, is kept under.
func markKey(in *instrument.Instrument, scale string) string {
	if scale == "" {
		return in.ID
	}
	return in.ID + "." + scale
}

// markable are the scores that a limit can be set for: the total, or where
// there is none the scales that have bands.
func markable(in *instrument.Instrument) []*instrument.Scale {
	if in.Total != nil {
		return []*instrument.Scale{in.Total}
	}
	return slices.DeleteFunc(in.Lines(), func(s *instrument.Scale) bool { return len(s.Bands) == 0 })
}

// MarkField is where a professional sets the limit for one score.
type MarkField struct {
	Name, Title string
	Value       string // as typed, or as stored
	Min, Max    int
	Lower       bool
	Wrong       bool
}

// markFields are the limits as typed, or as they are stored.
func (s *Server) markFields(c *fiber.Ctx, limits map[string]int, lang string) []MarkField {
	var out []MarkField
	for _, in := range s.instruments.All() {
		for _, scale := range markable(in) {
			key := markKey(in, scale.ID)
			f := MarkField{Name: "mark_" + key, Min: scale.Min, Max: scale.Max, Lower: !scale.HigherIsWorse}
			tool, _ := in.ShortTitle.In(lang)
			part, _ := scale.Title.In(lang)
			f.Title = strings.TrimSpace(tool + " " + part)
			stored := ""
			if limit, set := limits[key]; set {
				stored = strconv.Itoa(limit)
			}
			f.Value = typed(c, f.Name, stored)
			f.Wrong = !goodMark(f.Value, scale)
			out = append(out, f)
		}
	}
	return out
}

// goodMark reports whether a limit can be stored: none, or a possible score.
func goodMark(text string, s *instrument.Scale) bool {
	limit, err := strconv.Atoi(text)
	return text == "" || err == nil && limit >= s.Min && limit <= s.Max
}

// readMarks changes limits by what was typed; a form that lacks a field leaves
// that limit as it is. It is false when one cannot be stored.
func (s *Server) readMarks(c *fiber.Ctx, limits map[string]int) (map[string]int, bool) {
	out := map[string]int{}
	maps.Copy(out, limits)
	for _, in := range s.instruments.All() {
		for _, scale := range markable(in) {
			key := markKey(in, scale.ID)
			name := "mark_" + key
			if !c.Request().PostArgs().Has(name) {
				continue
			}
			if !goodMark(field(c, name), scale) {
				return nil, false
			}
			delete(out, key)
			if limit, err := strconv.Atoi(field(c, name)); err == nil {
				out[key] = limit
			}
		}
	}
	return out, true
}
