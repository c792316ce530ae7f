package web

import (
	"fmt"
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

// Chart is the course of one instrument as an SVG. The table beside it has the
// same numbers.
type Chart struct {
	ID, Title     string
	Width, Height int
	Left, Right   int // of the plot
	Bands         []ChartBand
	Line          string // points of the polyline
	Dots          []ChartDot
	Rows          []Result // oldest first
	HigherIsWorse bool
	Max           int
	From, To      string // the dates at both ends
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

type developmentPage struct {
	Page
	Charts []Chart
}

// PlotWidth is the width between the scale and the right edge.
func (c Chart) PlotWidth() int { return c.Right - c.Left }

// NameX is where the names of bands begin.
func (c Chart) NameX() int { return c.Left + 6 }

// LabelY is the base line of the dates.
func (c Chart) LabelY() int { return c.Height - 8 }

// development shows how each instrument has gone.
func (s *Server) development(v *visit) error {
	list, err := s.mappings(v)
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/development", developmentPage{v.page, s.charts(v.page, list)})
}

// charts draws one chart for each instrument that there are mappings of.
func (s *Server) charts(page Page, list []registration.Mapping) []Chart {
	var out []Chart
	for _, in := range s.instruments.All() {
		var rows []Result
		for _, m := range list {
			if m.Instrument == in.ID {
				rows = append(rows, s.result(m, page.Lang))
			}
		}
		if len(rows) > 0 {
			out = append(out, newChart(page, in, rows))
		}
	}
	return out
}

func newChart(page Page, in *instrument.Instrument, rows []Result) Chart {
	c := Chart{ID: in.ID, Width: chartWidth, Height: chartHeight, Left: chartLeft, Right: chartWidth - chartRight,
		Rows: rows, HigherIsWorse: in.HigherIsWorse, Max: in.Max,
		From: page.Date(rows[0].Time()), To: page.Date(rows[len(rows)-1].Time())}
	c.Title, _ = in.Title.In(page.Lang)
	for i, b := range in.Bands {
		name, _ := b.Name.In(page.Lang)
		top, bottom := chartY(b.To+1, in.Max), chartY(b.From, in.Max)
		if i == len(in.Bands)-1 {
			top = chartY(in.Max, in.Max)
		}
		c.Bands = append(c.Bands, ChartBand{Name: name, From: b.From, To: b.To, Y: top, H: bottom - top,
			TextY: top + 14, Shade: i, ShowName: bottom-top >= 18})
	}
	first, span := rows[0].At, max(rows[len(rows)-1].At-rows[0].At, 1)
	var line strings.Builder
	for _, r := range rows {
		x := chartLeft + 8 + int((r.At-first)*int64(chartWidth-chartLeft-chartRight-16)/span)
		y := chartY(r.Score, in.Max)
		fmt.Fprintf(&line, "%d,%d ", x, y)
		c.Dots = append(c.Dots, ChartDot{x, y, r.Score, page.Date(r.Time())})
	}
	c.Line = strings.TrimSpace(line.String())
	return c
}

func chartY(score, most int) int {
	plot := chartHeight - chartTop - chartBottom
	return chartHeight - chartBottom - score*plot/most
}
