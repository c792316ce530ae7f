package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
)

// toolLine is a mapping tool in a list.
type toolLine struct{ ID, Title string }

func toolLines(tools *instrument.Catalogue, lang string) []toolLine {
	var out []toolLine
	for _, in := range tools.All() {
		out = append(out, toolLine{in.ID, toolTitle(tools, lang)(in.ID)})
	}
	return out
}

// PreviewScale is the total or a scale of a tool, with all that it can say.
type PreviewScale struct {
	Title string
	Bands []PreviewBand
}

// PreviewBand is one level.
type PreviewBand struct {
	From, To          int
	ByRule            bool // it follows from the answers, not from the score
	Name, Explanation string
}

// toolPreview is a mapping tool as its author sees it: the form, what its answers
// come to, and every level.
type toolPreview struct {
	Page
	Form   mappingPage
	Lines  []ScoreLine // of the answers that were sent
	Scales []PreviewScale
	Watch  string // address of the script that loads the page anew
}

func (s *Server) previewTool(c *fiber.Ctx, content Content) error {
	in, ok := content.Tools.Get(c.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	answers, err := formAnswers(c, in)
	if err != nil {
		return err
	}
	v, status := &visit{Ctx: c, page: s.page(c)}, fiber.StatusOK
	var missing []string
	var lines []ScoreLine
	if c.Method() == fiber.MethodPost {
		lines, missing = scoredLines(in, answers, v.page.Lang)
	}
	if missing != nil {
		v.page.Error, status = "unfinished", fiber.StatusUnprocessableEntity
	}
	page := toolPreview{Page: v.page, Form: s.mappingPage(v, in, answers, missing), Lines: lines,
		Scales: previewScales(in, v.page.Lang), Watch: s.static.url("watch.js")}
	return s.render(c, status, "program/tool", page)
}

// scoredLines are the scores of answers, or the items that lack one.
func scoredLines(in *instrument.Instrument, answers map[string]int, lang string) (scores []ScoreLine, missing []string) {
	result := in.Score(answers)
	if !result.Complete {
		return nil, result.Missing
	}
	return lines(in, registration.Point{Score: result.Score, Band: result.BandKey(), Scales: result.Scores(),
		ScaleBands: result.ScaleBands(), NoTotal: in.Total == nil}, lang), nil
}

func previewScales(in *instrument.Instrument, lang string) []PreviewScale {
	var out []PreviewScale
	for _, scale := range in.Lines() {
		line := PreviewScale{}
		line.Title, _ = scale.Title.In(lang)
		for _, b := range scale.Bands {
			band := PreviewBand{From: b.From, To: b.To, ByRule: scale.ByRule()}
			band.Name, _ = b.Name.In(lang)
			band.Explanation, _ = b.Explanation.In(lang)
			line.Bands = append(line.Bands, band)
		}
		if line.Bands != nil {
			out = append(out, line)
		}
	}
	return out
}
