package program

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Errors of Check. Neither names the answer.
var (
	// ErrUnknownExercise means that nothing is asked under that id.
	ErrUnknownExercise = errors.New("program: unknown exercise")
	// ErrBadAnswer means that the exercise cannot be answered so.
	ErrBadAnswer = errors.New("program: no answer to this exercise")
)

// Answer is a standard answer to one exercise. Its JSON form is what is stored,
// and stays readable.
type Answer struct {
	// Kind is the kind of the exercise that was answered.
	Kind   string   `json:"k"`
	Chosen []string `json:"c,omitempty"` // single, multiple, ticks: in the order of the options
	Number *int     `json:"n,omitempty"` // scale
	Order  []string `json:"o,omitempty"` // ranking: every option, most important first
	Plan   []Day    `json:"p,omitempty"` // plan: days that have something, Monday first
	// Version and Language are those of the content that was answered.
	Version  string `json:"v"`
	Language string `json:"l"`
	At       int64  `json:"t"` // seconds since 1970
}

// Day is what is planned for one day of the week.
type Day struct {
	Weekday    int      `json:"d"` // 1 Monday to 7 Sunday
	Activities []string `json:"a"` // at least one, in the order of the options
	Time       string   `json:"t"`
}

// Time is when the answer was given.
func (a Answer) Time() time.Time { return time.Unix(a.At, 0).UTC() }

// Empty reports whether the answer says nothing at all.
func (a Answer) Empty() bool {
	return len(a.Chosen) == 0 && a.Number == nil && len(a.Order) == 0 && len(a.Plan) == 0
}

// Same reports whether two answers say the same, whenever they were given.
func (a Answer) Same(b Answer) bool {
	number := a.Number == b.Number || a.Number != nil && b.Number != nil && *a.Number == *b.Number
	return a.Kind == b.Kind && number && slices.Equal(a.Chosen, b.Chosen) && slices.Equal(a.Order, b.Order) &&
		slices.EqualFunc(a.Plan, b.Plan, func(x, y Day) bool {
			return x.Weekday == y.Weekday && x.Time == y.Time && slices.Equal(x.Activities, y.Activities)
		})
}

// Answers are the answers to a programme by the id of what was asked.
type Answers map[string]Answer

// Check returns nil for an answer that can be given, ErrUnknownExercise or
// ErrBadAnswer otherwise. No answer at all is not one.
func (p *Program) Check(id string, a Answer) error {
	e := p.asked[id]
	if e == nil {
		return fmt.Errorf("%w: %.40q", ErrUnknownExercise, id)
	}
	if a.Kind != e.Kind || !e.accepts(a) {
		return fmt.Errorf("%w: %s", ErrBadAnswer, id)
	}
	return nil
}

// Counting returns those of the answers that count in this version: what they
// answer is still asked, in the same way, and every option they name is still
// there. An answer counts whole or not at all. The others stay stored as they
// were given.
func (p *Program) Counting(given Answers) Answers {
	counting := maps.Clone(given)
	maps.DeleteFunc(counting, func(id string, a Answer) bool { return p.Check(id, a) != nil })
	return counting
}

// accepts judges the fields of an answer; those of other kinds must be empty.
func (e *Exercise) accepts(a Answer) bool {
	if e.Kind != Scale && a.Number != nil || e.Kind != Ranking && a.Order != nil || e.Kind != Plan && a.Plan != nil {
		return false
	}
	switch e.Kind {
	case Single:
		return len(a.Chosen) == 1 && inOrder(a.Chosen, e.Options)
	case Multiple:
		return len(a.Chosen) >= 1 && inOrder(a.Chosen, e.Options)
	case Ticks:
		return inOrder(a.Chosen, e.Options)
	case Scale:
		return a.Chosen == nil && a.Number != nil && 0 <= *a.Number && *a.Number <= ScaleMax
	case Ranking:
		return a.Chosen == nil && len(a.Order) == len(e.Options) && inOrder(slices.Sorted(slices.Values(a.Order)), sorted(e.Options))
	}
	return a.Chosen == nil && e.plans(a.Plan)
}

// plans judges a plan: days in order, each with a time and something to do.
func (e *Exercise) plans(days []Day) bool {
	last := 0
	for _, d := range days {
		if d.Weekday <= last || d.Weekday > 7 || len(d.Activities) == 0 ||
			!inOrder(d.Activities, e.Options) || !inOrder([]string{d.Time}, e.Times) {
			return false
		}
		last = d.Weekday
	}
	return len(days) > 0
}

// inOrder reports whether ids are those of options, each once and in the same
// order.
func inOrder(ids []string, options []Option) bool {
	for _, o := range options {
		if len(ids) > 0 && ids[0] == o.ID {
			ids = ids[1:]
		}
	}
	return len(ids) == 0
}

func sorted(options []Option) []Option {
	return slices.SortedFunc(slices.Values(options), func(a, b Option) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
}

// Newest is when the newest of the answers was given, in seconds since 1970; 0
// when there is none.
func (list Answers) Newest() (at int64) {
	for _, a := range list {
		at = max(at, a.At)
	}
	return at
}
