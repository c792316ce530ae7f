package instrument

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// all answers every item with the same value.
func all(in *Instrument, value int) map[string]int {
	answers := map[string]int{}
	for _, it := range in.Items {
		answers[it.ID] = value
	}
	return answers
}

// with returns answers with some of them changed.
func with(answers map[string]int, changed map[string]int) map[string]int {
	out := maps.Clone(answers)
	maps.Copy(out, changed)
	return out
}

// TestARuleFindsTheBandWhateverTheTotal: three on any of the first four and
// on any of the last two (Pallesen 2008), for all 8^6 sets of answers.
func TestARuleFindsTheBandWhateverTheTotal(t *testing.T) {
	in := shipped(t, "bis")
	for n := range 1 << 18 {
		a := map[string]int{"q1": n & 7, "q2": n >> 3 & 7, "q3": n >> 6 & 7, "q4": n >> 9 & 7, "q5": n >> 12 & 7, "q6": n >> 15 & 7}
		want := "none"
		if max(a["q1"], a["q2"], a["q3"], a["q4"]) >= 3 && max(a["q5"], a["q6"]) >= 3 {
			want = "insomnia"
		}
		if got := in.Score(a); got.BandKey() != want {
			t.Fatalf("%v is %s, want %s", a, got.BandKey(), want)
		}
	}
}

func TestAReversedItemCountsTheOtherWayRound(t *testing.T) {
	in := shipped(t, "core10")
	zero := all(in, 0)
	for item, value := range map[string]int{"q1": 3, "q2": 1, "q3": 1} {
		if got := in.Score(with(zero, map[string]int{item: 3})).Score - 8; got != value && got != value-4 {
			t.Errorf("%s at 3 adds %d", item, got)
		}
	}
	if got := in.Score(with(zero, map[string]int{"q2": 4, "q3": 4})).Score; got != 0 {
		t.Errorf("the best answers give %d", got)
	}
}

func TestNotApplicableCountsAsNothing(t *testing.T) {
	in := shipped(t, "wsas")
	got := in.Score(with(all(in, 8), map[string]int{"q1": 9}))
	if !got.Complete || got.Score != 32 || got.BandKey() != "high" {
		t.Errorf("%+v", got)
	}
}

func TestAToolWithoutATotalHasNone(t *testing.T) {
	in := shipped(t, "sjekkinn")
	got := in.Score(map[string]int{"mood": 3, "unease": 10, "sleep": 0, "activity": 7})
	if diff := cmp.Diff(map[string]int{"mood": 3, "unease": 10, "sleep": 0, "activity": 7}, got.Scores()); diff != "" {
		t.Error(diff)
	}
	if got.Score != 0 || got.Band != nil || got.ScaleBands() != nil || in.Total != nil || got.Risk {
		t.Errorf("%+v", got)
	}
}

// TestAnIncompleteSetHasNoScaleEither, whichever item is missing.
func TestAnIncompleteSetHasNoScaleEither(t *testing.T) {
	for _, id := range []string{"dass21", "sjekkinn", "phq4", "who5", "k10"} {
		in := shipped(t, id)
		for _, left := range in.Items {
			answers := all(in, 1)
			delete(answers, left.ID)
			if diff := cmp.Diff(Result{Missing: []string{left.ID}}, in.Score(answers)); diff != "" {
				t.Errorf("%s without %s: %s", id, left.ID, diff)
			}
		}
	}
}

// TestTheDirectionIsThatOfTheTool: higher is better in the WHO-5 and in three
// of the four numbers of the day.
func TestTheDirectionIsThatOfTheTool(t *testing.T) {
	want := map[string]bool{"who5": false, "mood": false, "sleep": false, "activity": false}
	for _, in := range everything(t).All() {
		for _, s := range in.Lines() {
			worse, named := want[in.ID]
			if in.Total == nil {
				worse, named = want[s.ID]
			}
			if s.HigherIsWorse != (worse || !named) {
				t.Errorf("%s %s: higher is worse: %v", in.ID, s.ID, s.HigherIsWorse)
			}
		}
	}
}

func TestBothCutoffsStandWhereTheyDependOnWhatIsNotAsked(t *testing.T) {
	s := shipped(t, "auditc").Total
	for score := range 13 {
		if s.Reaches(s.Cutoffs[0], score) != (score >= 3) || s.Reaches(s.Cutoffs[1], score) != (score >= 4) {
			t.Errorf("%d", score)
		}
	}
	women, _ := s.Cutoffs[0].For.In("en")
	men, _ := s.Cutoffs[1].For.In("en")
	if women != "women" || men != "men" {
		t.Errorf("%q %q", women, men)
	}
}

// TestAChangeIsReliableFromThePublishedThreshold, for every pair of scores.
func TestAChangeIsReliableFromThePublishedThreshold(t *testing.T) {
	for id, p := range map[string]struct{ threshold, cutoff int }{"phq9": {6, 10}, "gad7": {4, 10}} {
		s := shipped(t, id).Total
		for before := range s.Max + 1 {
			for after := range s.Max + 1 {
				d := after - before
				want := Change{Points: d, Better: d < 0, Reliable: d >= p.threshold || -d >= p.threshold,
					Recovered: -d >= p.threshold && before >= p.cutoff && after < p.cutoff}
				if got := s.Change(before, after); got != want {
					t.Errorf("%s %d to %d: %+v, want %+v", id, before, after, got, want)
				}
			}
		}
	}
}

func TestWhereHigherIsBetterRecoveryGoesUp(t *testing.T) {
	s := shipped(t, "who5").Total
	for _, c := range []struct {
		before, after int
		want          Change
	}{
		{40, 60, Change{20, true, true, true}}, {60, 40, Change{-20, true, false, false}},
		{50, 60, Change{10, true, true, true}}, {51, 61, Change{10, true, true, false}},
		{48, 56, Change{8, false, true, false}}, {40, 40, Change{}},
	} {
		if got := s.Change(c.before, c.after); got != c.want {
			t.Errorf("%d to %d: %+v", c.before, c.after, got)
		}
	}
}

func TestWithoutAPublishedThresholdNoChangeIsCalledReliable(t *testing.T) {
	for _, id := range []string{"k10", "k6", "auditc", "dass21"} {
		for _, s := range shipped(t, id).Lines() {
			if got := s.Change(s.Max, s.Min); got.Reliable || got.Recovered || !got.Better {
				t.Errorf("%s: %+v", id, got)
			}
		}
	}
}

// TestWhereTheLimitsAreSeveralNobodyIsCalledRecovered: which of them holds for
// a person is not known.
func TestWhereTheLimitsAreSeveralNobodyIsCalledRecovered(t *testing.T) {
	s := &Scale{Max: 12, HigherIsWorse: true, ChangeThreshold: 3, Cutoffs: []Cutoff{{Score: 3}}}
	if got := s.Change(12, 0); !got.Recovered {
		t.Errorf("with one limit: %+v", got)
	}
	s.Cutoffs = append(s.Cutoffs, Cutoff{Score: 4})
	if got := s.Change(12, 0); got.Recovered || !got.Reliable {
		t.Errorf("with two limits: %+v", got)
	}
}

func TestAReversedItemTurnsAroundBetweenItsOwnEnds(t *testing.T) {
	it := Item{Reverse: true, Options: []Option{{Value: 1}, {Value: 2}, {Value: 5}, {Value: 9, NA: true}}}
	for value, want := range map[int]int{1: 5, 2: 4, 5: 1, 9: 0} {
		if got := it.counts(value); got != want {
			t.Errorf("%d counts as %d, want %d", value, got, want)
		}
	}
}
