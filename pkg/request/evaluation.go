package request

import (
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/statistics"
	"selvhjelp/store"
)

// Sum is how often each answer was given to a question of the evaluation. An
// answer that fewer than statistics.Least people gave does not stand by itself
// but in Others; when these are too few as well, they are 0.
type Sum struct {
	Question string
	Levels   [MostFits + 1]int // by answer, 0 for one that does not stand by itself
	Others   int
}

// Evaluations adds up what users, and what professionals, have answered in the
// evaluations that are kept. Those of today are left out, so that nobody learns
// one person's answers by looking before and after; so are questions of which
// nothing could be shown. The caller has written down that they are opened.
func Evaluations(r store.Reader, keys *organization.Keys, now time.Time) (users, professionals []Sum, err error) {
	items, err := Inbox(r, now)
	if err != nil {
		return nil, nil, err
	}
	counts := map[bool]map[string]*Sum{false: {}, true: {}}
	for _, i := range items {
		if i.Deleted || i.Day >= deadline.DayOf(now) {
			continue
		}
		m, err := Open(r, keys, i.ID, now)
		if errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, nil, err
		}
		count(counts[m.Professional], m.Content)
	}
	return released(counts[false]), released(counts[true]), nil
}

func count(sums map[string]*Sum, c Content) {
	if c.Kind != Evaluation {
		return
	}
	for question, value := range c.Answers {
		if sums[question] == nil {
			sums[question] = &Sum{Question: question}
		}
		sums[question].Levels[value]++
	}
}

// released is what may be shown, in the order of the questions.
func released(sums map[string]*Sum) (out []Sum) {
	for _, question := range Questions {
		s := sums[question]
		if s == nil {
			continue
		}
		shown := 0
		for value, n := range s.Levels {
			if n < statistics.Least {
				s.Others += n
				s.Levels[value] = 0
			}
			shown += s.Levels[value]
		}
		if s.Others < statistics.Least {
			s.Others = 0
		}
		if shown+s.Others > 0 {
			out = append(out, *s)
		}
	}
	return out
}
