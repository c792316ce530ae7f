package instrument

import (
	"errors"
	"fmt"
	"slices"
)

// Errors of Check.
var (
	// ErrUnknownItem means that the tool has no item of that id.
	ErrUnknownItem = errors.New("instrument: unknown item")
	// ErrUnknownValue means that the item has no option of that value.
	ErrUnknownValue = errors.New("instrument: unknown value")
)

// Result is what a set of answers comes to.
type Result struct {
	// Complete is set when every item that must be answered was.
	Complete bool
	// Missing are the ids of the items still to be answered, in order.
	Missing []string
	// Score is the total, 0 while incomplete and where there is none.
	Score int
	// Band is the band of Score, nil while incomplete and where there is none.
	Band *Band
	// Scales are the scores of the scales in their order, none while
	// incomplete.
	Scales []Part
	// Risk is set when a risk item was answered with 1 or more, also while
	// the set is incomplete.
	Risk bool
}

// Part is the score of one scale.
type Part struct {
	Scale *Scale
	Score int
	Band  *Band // nil where there is none
}

// BandKey is the key of the band, "" for none.
func (r Result) BandKey() string { return r.Band.key() }

// Scores are the scores by scale, nil for none.
func (r Result) Scores() map[string]int {
	var out map[string]int
	for _, p := range r.Scales {
		if out == nil {
			out = map[string]int{}
		}
		out[p.Scale.ID] = p.Score
	}
	return out
}

// ScaleBands are the keys of the bands by scale, nil for none.
func (r Result) ScaleBands() map[string]string {
	var out map[string]string
	for _, p := range r.Scales {
		if p.Band == nil {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[p.Scale.ID] = p.Band.Key
	}
	return out
}

// Score adds up answers, which map the ids of items to values. An answer that
// Check would refuse counts as missing.
//
// PHQ-9: items 1 to 9 of 0 to 3 give 0 to 27, with bands from 5, 10, 15 and 20;
// the tenth item is not scored (Kroenke, Spitzer, Williams 2001, J Gen Intern
// Med 16:606-613). GAD-7: items 1 to 7 of 0 to 3 give 0 to 21, with bands from
// 5, 10 and 15 (Spitzer, Kroenke, Williams, Löwe 2006, Arch Intern Med
// 166:1092-1097). Neither is scored here with an item missing. What the other
// tools count stands in their files, with its citation.
func (in *Instrument) Score(answers map[string]int) Result {
	r := Result{Missing: in.missing(answers), Risk: in.risk(answers)}
	if r.Complete = len(r.Missing) == 0; r.Complete {
		if in.Total != nil {
			r.Score, r.Band = in.score(in.Total, answers)
		}
		for i := range in.Scales {
			p := Part{Scale: &in.Scales[i]}
			p.Score, p.Band = in.score(p.Scale, answers)
			r.Scales = append(r.Scales, p)
		}
	}
	return r
}

// Check returns nil for an answer that can be given, ErrUnknownItem or
// ErrUnknownValue otherwise.
func (in *Instrument) Check(item string, value int) error {
	i := slices.IndexFunc(in.Items, func(it Item) bool { return it.ID == item })
	switch {
	case i < 0:
		return fmt.Errorf("%w: %q", ErrUnknownItem, item)
	case !in.Items[i].accepts(value):
		return fmt.Errorf("%w: %d for item %q", ErrUnknownValue, value, item)
	}
	return nil
}

// Asked returns the items to ask, in order, given the answers so far. They are
// the instrument's own and must not be changed.
func (in *Instrument) Asked(answers map[string]int) []Item {
	highest := 0
	for i := range in.Items {
		if it := &in.Items[i]; it.Scored && !it.na(answers[it.ID]) {
			highest = max(highest, answers[it.ID])
		}
	}
	waits := func(it Item) bool { return it.ShowIfAnyAbove >= highest }
	if !slices.ContainsFunc(in.Items, waits) {
		return in.Items
	}
	return slices.DeleteFunc(slices.Clone(in.Items), waits)
}

func (in *Instrument) missing(answers map[string]int) (ids []string) {
	for _, it := range in.Asked(answers) {
		value, answered := answers[it.ID]
		if !it.Optional && !(answered && it.accepts(value)) {
			ids = append(ids, it.ID)
		}
	}
	return ids
}

func (in *Instrument) risk(answers map[string]int) bool {
	return slices.ContainsFunc(in.Items, func(it Item) bool {
		return it.Risk && answers[it.ID] >= 1 && !it.na(answers[it.ID])
	})
}
