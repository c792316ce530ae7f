package request

import (
	"errors"
	"strings"
	"testing"
)

func TestWhatIsEmptyTooLongOrUnknownIsNotTaken(t *testing.T) {
	full := func(kind Kind, about string, length int) Content {
		return Content{Kind: kind, About: about, Text: strings.Repeat("ø", length)}
	}
	behalf := func(about string, length int) Content {
		c := full(OnBehalf, about, length)
		c.Professional = true
		return c
	}
	for name, c := range map[string]struct {
		content Content
		want    error
	}{
		"a correction":                     {full(Correction, "mapping", 1), nil},
		"the longest text":                 {full(Suggestion, "", MaxText), nil},
		"one character too many":           {full(Suggestion, "", MaxText+1), ErrLong},
		"a correction of nothing":          {full(Correction, "", 1), ErrKind},
		"a suggestion without words":       {full(Suggestion, "", 0), ErrEmpty},
		"on behalf without words":          {behalf("deletion", 0), nil},
		"the longest on behalf":            {behalf("other", MaxOnBehalf), nil},
		"too long on behalf":               {behalf("other", MaxOnBehalf+1), ErrLong},
		"an unknown matter":                {behalf("punishment", 0), ErrKind},
		"a user on behalf of somebody":     {full(OnBehalf, "access", 0), ErrKind},
		"an unknown kind":                  {full("praise", "", 1), ErrKind},
		"an evaluation":                    {Content{Kind: Evaluation, Answers: map[string]int{"find": NoneFits, "safe": MostFits}}, nil},
		"an evaluation without answers":    {Content{Kind: Evaluation}, ErrEmpty},
		"an evaluation with words":         {Content{Kind: Evaluation, Answers: map[string]int{"find": 1}, Text: "I"}, ErrLong},
		"an answer off the scale":          {Content{Kind: Evaluation, Answers: map[string]int{"find": MostFits + 1}}, ErrKind},
		"an answer to an unknown question": {Content{Kind: Evaluation, Answers: map[string]int{"age": 1}}, ErrKind},
		"a category too long to be one":    {full(Correction, strings.Repeat("a", maxAbout+1), 1), ErrKind},
	} {
		if err := c.content.Check(); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
