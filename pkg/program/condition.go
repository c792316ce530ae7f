package program

import (
	"slices"
	"strconv"
	"strings"
)

// What a condition compares.
const (
	Has        = "has"
	Lacks      = "lacks"
	AtLeast    = ">="
	AtMost     = "<="
	First      = "first"
	Unanswered = "unanswered"
)

// Condition is about the answer to one exercise.
type Condition struct {
	Exercise string
	// Op is one of Has, Lacks, AtLeast, AtMost, First and Unanswered.
	Op     string
	Option string // of Has, Lacks and First
	Number int    // of AtLeast and AtMost

	line int
}

// parseCondition reads "EX has OPTION" and the like; false if it is not one.
func parseCondition(s string) (c Condition, ok bool) {
	f := strings.Fields(s)
	if len(f) == 2 && f[1] == Unanswered {
		return Condition{Exercise: f[0], Op: Unanswered}, true
	}
	if len(f) != 3 {
		return c, false
	}
	c.Exercise, c.Op = f[0], f[1]
	switch c.Op {
	case Has, Lacks, First:
		c.Option = f[2]
		return c, true
	case AtLeast, AtMost:
		n, err := strconv.Atoi(f[2])
		c.Number = n
		return c, err == nil
	}
	return c, false
}

// String is the condition as it stands in a file.
func (c Condition) String() string {
	switch c.Op {
	case Unanswered:
		return c.Exercise + " " + c.Op
	case AtLeast, AtMost:
		return c.Exercise + " " + c.Op + " " + strconv.Itoa(c.Number)
	}
	return c.Exercise + " " + c.Op + " " + c.Option
}

// Holds reports whether the answers meet the condition. Only Unanswered is met
// by an exercise without an answer.
func (c Condition) Holds(answers Answers) bool {
	a, answered := answers[c.Exercise]
	if !answered || c.Op == Unanswered {
		return !answered && c.Op == Unanswered
	}
	switch c.Op {
	case Has:
		return slices.Contains(a.Chosen, c.Option)
	case Lacks:
		return !slices.Contains(a.Chosen, c.Option)
	case AtLeast:
		return a.Number != nil && *a.Number >= c.Number
	case AtMost:
		return a.Number != nil && *a.Number <= c.Number
	}
	return len(a.Order) > 0 && a.Order[0] == c.Option
}

// Holds reports whether the answers meet all conditions.
func Holds(conditions []Condition, answers Answers) bool {
	return !slices.ContainsFunc(conditions, func(c Condition) bool { return !c.Holds(answers) })
}

// kindsOf are the kinds of exercises that a comparison can be about.
var kindsOf = map[string][]string{
	Has: {Single, Multiple}, Lacks: {Single, Multiple},
	AtLeast: {Scale}, AtMost: {Scale}, First: {Ranking},
	Unanswered: {Single, Multiple, Scale, Ranking, Plan},
}

// canHold reports whether some answer to one exercise, or none, meets all of
// the conditions about it, by trying every one that differs to a condition.
func canHold(e *Exercise, conditions []Condition) bool {
	return Holds(conditions, nil) || e.some(func(a Answer) bool { return Holds(conditions, Answers{e.ID: a}) })
}

// some reports whether a condition holds for some answer to an exercise: of
// rankings one for each first place, of plans one.
func (e *Exercise) some(holds func(Answer) bool) bool {
	switch e.Kind {
	case Scale:
		for n := range ScaleMax + 1 {
			if holds(Answer{Number: &n}) {
				return true
			}
		}
	case Multiple:
		for set := 1; set < 1<<min(len(e.Options), maxOptions); set++ {
			if holds(Answer{Chosen: subset(e.Options, set)}) {
				return true
			}
		}
	case Plan:
		return holds(Answer{Plan: []Day{{}}})
	default:
		return slices.ContainsFunc(e.Options, func(o Option) bool {
			return holds(Answer{Chosen: []string{o.ID}, Order: []string{o.ID}})
		})
	}
	return false
}

func subset(options []Option, set int) (ids []string) {
	for i, o := range options {
		if set>>i&1 == 1 {
			ids = append(ids, o.ID)
		}
	}
	return ids
}
