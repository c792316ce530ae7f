package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
)

// The chart's measures, in units of its view box.
const (
	chartWidth  = 640
	chartHeight = 260
	chartLeft   = 36
	chartRight  = 12
	chartTop    = 12
	chartBottom = 28
)

// Chart is the course of one or several scores as an SVG. The table of its
// course has the same numbers.
type Chart struct {
	ID, Title     string
	Words         string // the same as the picture
	Width, Height int
	Left, Right   int // of the plot
	Bands         []ChartBand
	Lines         []ChartLine
	From, To      string // the dates at both ends; To is "" for a single day
	HigherIsWorse bool   // of a single line
}

// ChartLine is the course of one score.
type ChartLine struct {
	Title         string
	Style         int    // 0, 1, 2, 3
	Points        string // of the polyline
	Dots          []ChartDot
	HigherIsWorse bool
}

// ChartBand is a band of scores behind the line.
type ChartBand struct {
	Name        string
	From, To    int
	Y, H, TextY int
	Shade       int  // 0, 1, 2 ...
	ShowName    bool // there is room for it
}

// ChartDot is one mapping.
type ChartDot struct {
	X, Y, Score int
	Date        string
}

// lineStyles is how many lines can be told apart.
const lineStyles = 4

// PlotWidth is the width between the scale and the right edge.
func (c Chart) PlotWidth() int { return c.Right - c.Left }

// NameX is where the names of bands begin.
func (c Chart) NameX() int { return c.Left + 6 }

// LabelY is the base line of the dates.
func (c Chart) LabelY() int { return c.Height - 8 }

// Legend reports whether the lines must be told apart.
func (c Chart) Legend() bool { return len(c.Lines) > 1 }

type developmentPage struct {
	Page
	Charts []Course
}

// development shows how each instrument has gone.
func (s *Server) development(v *visit) error {
	list, err := s.mappings(v)
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/development", developmentPage{v.page, s.charts(v.page, list)})
}

// newChart draws the course of some scores of a tool over its mappings, oldest
// first. Bands are drawn behind a single line.
func newChart(page Page, id, title string, scales []*instrument.Scale, rows []Result) Chart {
	c := Chart{ID: id, Title: title, Width: chartWidth, Height: chartHeight, Left: chartLeft, Right: chartWidth - chartRight,
		HigherIsWorse: scales[0].HigherIsWorse, From: page.Date(rows[0].Time())}
	if len(rows) > 1 {
		c.To = page.Date(rows[len(rows)-1].Time())
	}
	a := axis{low: scales[0].Min, high: scales[0].Max, first: rows[0].At, span: max(rows[len(rows)-1].At-rows[0].At, 1)}
	for _, s := range scales {
		a.low, a.high = min(a.low, s.Min), max(a.high, s.Max)
	}
	c.Bands = a.bands(scales[0], page.Lang)
	for i, s := range scales {
		line := a.line(page, s, rows)
		line.Style = i % lineStyles
		c.Lines = append(c.Lines, line)
	}
	c.Words = chartWords(page, scales, rows)
	return c
}

// chartWords say what the picture shows.
func chartWords(page Page, scales []*instrument.Scale, rows []Result) string {
	var out []string
	for _, r := range rows {
		var text strings.Builder
		text.WriteString(page.Date(r.Time()) + ":")
		for _, s := range scales {
			if l, ok := r.line(s.ID); ok {
				text.WriteString(strings.TrimRight(" "+l.Title, " ") + fmt.Sprintf(" %d", l.Score))
				if l.BandName != "" {
					text.WriteString(" (" + l.BandName + ")")
				}
			}
		}
		out = append(out, text.String())
	}
	return strings.Join(out, "; ")
}

// axis turns scores and times into places.
type axis struct {
	low, high   int
	first, span int64 // seconds
}

func (a axis) x(at int64) int {
	return chartLeft + 8 + int((at-a.first)*int64(chartWidth-chartLeft-chartRight-16)/a.span)
}

func (a axis) y(score int) int {
	plot := chartHeight - chartTop - chartBottom
	return chartHeight - chartBottom - (score-a.low)*plot/(a.high-a.low)
}

// bands are those of a scale; one for the whole range where it has none.
func (a axis) bands(s *instrument.Scale, lang string) []ChartBand {
	list := s.Bands
	if len(list) == 0 || s.ByRule() {
		list = []instrument.Band{{From: a.low, To: a.high}}
	}
	var out []ChartBand
	for i, b := range list {
		name, _ := b.Name.In(lang)
		top, bottom := a.y(b.To+1), a.y(b.From)
		if i == len(list)-1 {
			top = a.y(a.high)
		}
		out = append(out, ChartBand{Name: name, From: b.From, To: b.To, Y: top, H: bottom - top,
			TextY: top + min(14, (bottom-top)/2+5), Shade: i, ShowName: bottom-top >= 18})
	}
	if !s.HigherIsWorse { // the worst is the darkest either way
		for i := range out {
			out[i].Shade = len(out) - 1 - i
		}
	}
	return out
}

func (a axis) line(page Page, s *instrument.Scale, rows []Result) ChartLine {
	out := ChartLine{HigherIsWorse: s.HigherIsWorse}
	out.Title, _ = s.Title.In(page.Lang)
	var points []string
	for _, r := range rows {
		l, ok := r.line(s.ID)
		if !ok {
			continue
		}
		x, y := a.x(r.At), a.y(l.Score)
		points = append(points, fmt.Sprintf("%d,%d", x, y))
		out.Dots = append(out.Dots, ChartDot{x, y, l.Score, page.Date(r.Time())})
	}
	out.Points = strings.Join(points, " ")
	return out
}

// Course is how one instrument has gone.
type Course struct {
	ID, Title string
	Charts    []Chart
	Rows      []Result // oldest first
	Total     bool     // the tool has a total
	Scales    []string // titles
	Moved     []Moved  // since the first time, where there are two or more
}

// Columns is how many columns the scores take in the table.
func (c Course) Columns() int {
	n := len(c.Scales)
	if c.Total {
		n += 2 // with the band
	}
	return n
}

// charts draws the course of each instrument that there are mappings of.
func (s *Server) charts(page Page, list []registration.Mapping) []Course {
	var out []Course
	for _, in := range s.instruments.All() {
		var rows []Result
		for _, m := range list {
			if m.Instrument == in.ID {
				rows = append(rows, s.result(m, page.Lang))
			}
		}
		if len(rows) > 0 {
			out = append(out, newCourse(page, in, rows))
		}
	}
	return out
}

// newCourse draws the total and each scale with bands by itself, and scales
// without bands together. What was scored otherwise in an older version stands in
// the table alone, in its own words.
func newCourse(page Page, in *instrument.Instrument, rows []Result) Course {
	c := Course{ID: in.ID, Rows: rows, Total: in.Total != nil}
	c.Title, _ = in.Title.In(page.Lang)
	for i := range rows {
		rows[i].Apart = !rows[i].counts(in)
	}
	drawn := slices.DeleteFunc(slices.Clone(rows), func(r Result) bool { return r.Apart })
	var together []*instrument.Scale
	for _, s := range in.Lines() {
		title, _ := s.Title.In(page.Lang)
		if s.ID != "" {
			c.Scales = append(c.Scales, title)
		}
		switch {
		case len(drawn) == 0:
		case s.ID == "":
			c.Charts = append(c.Charts, newChart(page, in.ID, c.Title, []*instrument.Scale{s}, drawn))
		case len(s.Bands) > 0:
			c.Charts = append(c.Charts, newChart(page, in.ID+"-"+s.ID, title, []*instrument.Scale{s}, drawn))
		default:
			together = append(together, s)
		}
	}
	if len(together) > 0 {
		c.Charts = append(c.Charts, newChart(page, in.ID+"-scales", c.Title, together, drawn))
	}
	c.Moved = movedSince(page, in, drawn)
	return c
}

// movedSince compares the last mapping with the first, for the scores that have
// bands: nothing is claimed of others.
func movedSince(page Page, in *instrument.Instrument, rows []Result) []Moved {
	if len(rows) < 2 {
		return nil
	}
	var out []Moved
	for _, s := range in.Lines() {
		before, had := rows[0].line(s.ID)
		after, has := rows[len(rows)-1].line(s.ID)
		if len(s.Bands) > 0 && had && has {
			out = append(out, moved(s, before.Score, after.Score, page.Lang))
		}
	}
	return out
}
