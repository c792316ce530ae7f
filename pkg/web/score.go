package web

import (
	"slices"
	"strconv"
	"strings"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
)

// ScoreLine is one score of a mapping as a page shows it: the total, or a scale.
type ScoreLine struct {
	ID, Title             string // of a scale; "" for the total
	Score, Max            int
	Band                  string
	BandName, Explanation string
	Limits                []Limit // where no band says what they say, or there are several
	HigherIsWorse         bool
}

// Limit is a published screening score and whom it is for.
type Limit struct {
	Score int
	For   string
}

// lines are the scores of a mapping in the order of the tool. A scale that the
// mapping lacks, because the tool has got it since, is left out. Without the tool
// in the mapping's version there are none.
func lines(in *instrument.Instrument, p registration.Point, lang string) []ScoreLine {
	if in == nil {
		return nil
	}
	var out []ScoreLine
	for _, s := range in.Lines() {
		score, band := p.Score, p.Band
		kept := !p.NoTotal
		if s.ID != "" {
			score, kept = p.Scales[s.ID]
			band = p.ScaleBands[s.ID]
		}
		if kept {
			out = append(out, scoreLine(s, score, band, lang))
		}
	}
	return out
}

func scoreLine(s *instrument.Scale, score int, band, lang string) ScoreLine {
	l := ScoreLine{ID: s.ID, Score: score, Max: s.Max, Band: band, HigherIsWorse: s.HigherIsWorse}
	l.Title, _ = s.Title.In(lang)
	if b := s.Band(band); b != nil {
		l.BandName, _ = b.Name.In(lang)
		l.Explanation, _ = b.Explanation.In(lang)
	}
	if len(s.Bands) == 0 || len(s.Cutoffs) > 1 {
		for _, c := range s.Cutoffs {
			whom, _ := c.For.In(lang)
			l.Limits = append(l.Limits, Limit{c.Score, whom})
		}
	}
	return l
}

// inWords are the scores on one line: the total where there is one, otherwise
// every scale, and the bare number without either.
func (s *Server) inWords(p registration.Point, list []ScoreLine, lang string) string {
	if len(list) == 0 {
		return bareWords(p)
	}
	var out []string
	for _, l := range list {
		text := strings.TrimSpace(l.Title + " " + s.texts[lang].get("result.score", "Score", l.Score, "Max", l.Max))
		if l.BandName != "" {
			text += " (" + l.BandName + ")"
		}
		if l.ID == "" {
			return text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// bareWords are the numbers of a mapping whose tool is not installed any more in
// its version.
func bareWords(p registration.Point) string {
	if p.NoTotal {
		return "–"
	}
	return strconv.Itoa(p.Score)
}

// versionOf is the version of a tool that a score is in, nil when it is not
// installed any more. What does not name one is in the version that is offered.
func (s *Server) versionOf(in *instrument.Instrument, p registration.Point) *instrument.Instrument {
	if p.Version == "" || p.Version == in.Version {
		return in
	}
	of, _ := s.instruments.Version(in.ID, p.Version)
	return of
}

// comparable reports whether scores mean what those of a tool as it is offered do.
func (s *Server) comparable(in *instrument.Instrument, points ...registration.Point) bool {
	return !slices.ContainsFunc(points, func(p registration.Point) bool {
		of := s.versionOf(in, p)
		return of == nil || !in.CountsAs(of)
	})
}

// Moved is how a score has moved since the first time, in words.
type Moved struct {
	Title            string // of a scale
	Points           int    // without a sign
	Lower, Higher    bool
	Known            bool // a reliable change is published
	Reliable, Better bool
	Recovered        bool
	Limit            int // the screening score that was crossed
}

// State is better, worse or unchanged, for scripts: what the published
// threshold says, "unknown" where there is none.
func (m Moved) State() string {
	switch {
	case !m.Known:
		return "unknown"
	case !m.Reliable:
		return "unchanged"
	case m.Better:
		return "better"
	}
	return "worse"
}

func moved(s *instrument.Scale, before, after int, lang string) Moved {
	c := s.Change(before, after)
	m := Moved{Points: max(c.Points, -c.Points), Lower: c.Points < 0, Higher: c.Points > 0,
		Known: s.ChangeThreshold > 0, Reliable: c.Reliable, Better: c.Better, Recovered: c.Recovered}
	m.Title, _ = s.Title.In(lang)
	if c.Recovered {
		m.Limit = s.Cutoffs[0].Score
	}
	return m
}
