package program

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAStandardAnswerIsAccepted(t *testing.T) {
	p := loaded(t)
	for id, a := range given() {
		if err := p.Check(id, a); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := p.Check(EvaluationID(2, "useful"), Answer{Kind: Single, Chosen: []string{"quite"}}); err != nil {
		t.Error(err)
	}
}

func TestAnythingElseIsNoAnswer(t *testing.T) {
	p := loaded(t)
	for id, answers := range map[string][]Answer{
		"bothers": {{}, {Kind: Multiple}, {Kind: Single, Chosen: []string{"sleep"}}, {Kind: Multiple, Chosen: []string{"rain"}},
			{Kind: Multiple, Chosen: []string{"sleep", "sleep"}}, {Kind: Multiple, Chosen: []string{"body", "sleep"}},
			{Kind: Multiple, Chosen: []string{"sleep"}, Number: new(1)}, {Kind: Multiple, Chosen: []string{"sleep"}, Order: []string{"sleep"}}},
		"place":    {{Kind: Single}, {Kind: Single, Chosen: []string{"home", "away"}}, {Kind: Single, Chosen: []string{""}}},
		"strength": {{Kind: Scale}, {Kind: Scale, Number: new(-1)}, {Kind: Scale, Number: new(11)}, {Kind: Scale, Number: new(1), Chosen: []string{"a"}}},
		"matters": {{Kind: Ranking}, {Kind: Ranking, Order: []string{"rest", "work"}}, {Kind: Ranking, Order: []string{"rest", "work", "work"}},
			{Kind: Ranking, Order: []string{"rest", "work", "sun"}}, {Kind: Ranking, Order: []string{"rest", "family", "work", "work"}}},
		"my_week": {{Kind: Plan}, {Kind: Plan, Plan: []Day{{0, []string{"walk"}, "morning"}}}, {Kind: Plan, Plan: []Day{{8, []string{"walk"}, "morning"}}},
			{Kind: Plan, Plan: []Day{{1, nil, "morning"}}}, {Kind: Plan, Plan: []Day{{1, []string{"walk"}, "night"}}}, {Kind: Plan, Plan: []Day{{1, []string{"swim"}, "morning"}}},
			{Kind: Plan, Plan: []Day{{2, []string{"walk"}, "morning"}, {1, []string{"walk"}, "morning"}}}, {Kind: Plan, Plan: []Day{{1, []string{"walk"}, ""}}}},
		"ready":   {{Kind: Ticks, Chosen: []string{"rain"}}, {Kind: Multiple}},
		"breathe": {{Kind: Single, Chosen: []string{"perhaps"}}},
	} {
		for _, a := range answers {
			if err := p.Check(id, a); !errors.Is(err, ErrBadAnswer) {
				t.Errorf("%s %+v: %v", id, a, err)
			}
		}
	}
	for _, id := range []string{"", "own_words", "part3.useful", "part1.nothing"} {
		if err := p.Check(id, Answer{Kind: Single, Chosen: []string{"very"}}); !errors.Is(err, ErrUnknownExercise) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestTheFormatOfAnAnswerIsFrozen(t *testing.T) {
	answers := given()
	for id, a := range answers {
		a.Version, a.Language, a.At = "1", "nn", 1760000000
		answers[id] = a
	}
	got, err := json.MarshalIndent(answers, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/answers.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Error(diff)
	}
	var back Answers
	if err := json.Unmarshal(want, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answers, back); diff != "" {
		t.Error(diff)
	}
}

func TestAnAnswerCountsInANewVersionOnlyIfItIsAskedTheSame(t *testing.T) {
	files := calm(t)
	for _, lang := range languages {
		one, two := "1."+lang+".md", "2."+lang+".md"
		files[one] = in("id: home, ", "id: indoors, ")(files[one]) // an option that nobody chose has gone
		files[one] = in("id: body, ", "id: pain, ")(files[one])    // one that was chosen has gone
		files[two] = in("id: ready", "id: prepared")(files[two])   // another checklist
		files[two] = in("id: evening, ", "id: late, ")(files[two]) // a time of the plan has gone
	}
	c, err := Load(tools, source(files))
	if err != nil {
		t.Fatal(err)
	}
	before := given()
	var counting []string
	for id := range c.All()[0].Counting(before) {
		counting = append(counting, id)
	}
	slices.Sort(counting)
	if diff := cmp.Diff([]string{"breathe", "matters", "place", "strength"}, counting); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(given(), before); diff != "" {
		t.Errorf("what was answered is no longer there: %s", diff)
	}
}

func TestAnAnswerOfAnotherKindIsNotReinterpreted(t *testing.T) {
	files := calm(t)
	for _, lang := range languages {
		name := "1." + lang + ".md"
		files[name] = in("kind: single", "kind: multiple")(files[name])
	}
	c, err := Load(tools, source(files))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.All()[0].Counting(given())["place"]; ok {
		t.Error("an answer to a single choice counts as one of several")
	}
}

func TestAnswersThatSayTheSameAreTheSame(t *testing.T) {
	other := given()
	for id, a := range given() {
		later := a
		later.At, later.Language = 99, "en"
		if !a.Same(later) {
			t.Errorf("%s differs from itself", id)
		}
		for otherID, b := range other {
			if id != otherID && a.Same(b) {
				t.Errorf("%s is the same as %s", id, otherID)
			}
		}
	}
	if (Answer{Kind: Scale, Number: new(1)}).Same(Answer{Kind: Scale, Number: new(2)}) {
		t.Error("1 is the same as 2")
	}
}
