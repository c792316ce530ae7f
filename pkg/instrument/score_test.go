package instrument

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// everything is all that comes with the product and a pack of an operator's.
func everything(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Content{Assets: os.DirFS("../../assets"), Accepted: []string{"dass21"}, Pack: os.DirFS("testdata/pack"), Name: "pack"}.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shipped returns one of them.
func shipped(t testing.TB, id string) *Instrument {
	t.Helper()
	c := everything(t)
	in, ok := c.Get(id)
	if !ok {
		t.Fatalf("no tool %s", id)
	}
	return in
}

// screeners are the tools of nine and seven items of 0 to 3.
var screeners = []struct {
	id         string
	items, max int
}{{"phq9", 9, 27}, {"gad7", 7, 21}}

// answered returns a complete set of n answers that add up to total.
func answered(n, total int) map[string]int {
	answers := map[string]int{}
	for i := range n {
		value := min(3, total)
		answers[fmt.Sprintf("q%d", i+1)] = value
		total -= value
	}
	return answers
}

func TestTheScoreIsTheSumInWhateverOrder(t *testing.T) {
	for _, p := range screeners {
		in := shipped(t, p.id)
		rapid.Check(t, func(t *rapid.T) {
			values := rapid.SliceOfN(rapid.IntRange(0, 3), p.items, p.items).Draw(t, "values")
			sum := 0
			for _, v := range values {
				sum += v
			}
			answers := map[string]int{}
			for i, v := range rapid.Permutation(values).Draw(t, "order") {
				answers[fmt.Sprintf("q%d", i+1)] = v
			}
			if got := in.Score(answers); got.Score != sum || got.Band.From > sum || got.Band.To < sum {
				t.Fatalf("%+v, want %d", got, sum)
			}
		})
	}
}

func TestAnIncompleteSetIsNotScored(t *testing.T) {
	for _, p := range screeners {
		in := shipped(t, p.id)
		for left := range p.items {
			answers := answered(p.items, p.max)
			id := in.Items[left].ID
			delete(answers, id)
			want := Result{Missing: []string{id}, Risk: p.id == "phq9" && id != "q9"}
			if diff := cmp.Diff(want, in.Score(answers)); diff != "" {
				t.Errorf("%s without %s: %s", p.id, id, diff)
			}
		}
		if got := in.Score(nil); got.Complete || len(got.Missing) != p.items {
			t.Errorf("%s without answers: %+v", p.id, got)
		}
	}
}

func TestAnAnswerThatCannotBeGivenIsMissing(t *testing.T) {
	in := shipped(t, "gad7")
	for _, value := range []int{-1, 4, 1 << 62} {
		answers := answered(7, 5)
		answers["q3"] = value
		if diff := cmp.Diff(Result{Missing: []string{"q3"}}, in.Score(answers)); diff != "" {
			t.Errorf("%d: %s", value, diff)
		}
	}
}

func TestThePHQ9FunctionItemNeverCounts(t *testing.T) {
	in := shipped(t, "phq9")
	for total := range 28 {
		answers := answered(9, total)
		want := in.Score(answers)
		for value := range 4 {
			answers["q10"] = value
			if diff := cmp.Diff(want, in.Score(answers)); diff != "" {
				t.Errorf("total %d with q10 = %d: %s", total, value, diff)
			}
		}
	}
}

func TestThePHQ9FunctionItemIsAskedOnlyAfterAProblem(t *testing.T) {
	in := shipped(t, "phq9")
	if got := len(in.Asked(answered(9, 0))); got != 9 {
		t.Errorf("%d items without a problem, want 9", got)
	}
	for i := range 9 {
		answers := answered(9, 0)
		answers[fmt.Sprintf("q%d", i+1)] = 1
		if asked := in.Asked(answers); len(asked) != 10 || asked[9].ID != "q10" {
			t.Errorf("q%d = 1: %d items, want 10 with q10 last", i+1, len(asked))
		}
	}
	if got := len(in.Asked(map[string]int{"q10": 3})); got != 9 {
		t.Errorf("%d items after q10 alone, want 9", got)
	}
}

func TestARiskAnswerIsSeenAtOnce(t *testing.T) {
	in := shipped(t, "phq9")
	for value := range 4 {
		if got := in.Score(map[string]int{"q9": value}); got.Risk != (value >= 1) || got.Complete {
			t.Errorf("q9 = %d alone: %+v", value, got)
		}
	}
	answers := answered(9, 24)
	if got := in.Score(answers); got.Risk || got.Score != 24 {
		t.Errorf("24 without q9: %+v", got)
	}
}

func TestScoringLeavesTheAnswersAlone(t *testing.T) {
	in, answers := shipped(t, "phq9"), answered(9, 13)
	before := maps.Clone(answers)
	in.Score(answers)
	if !maps.Equal(before, answers) {
		t.Errorf("%v became %v", before, answers)
	}
}

func TestOnlyAnOptionOfAnItemIsAnAnswer(t *testing.T) {
	in := shipped(t, "phq9")
	for _, c := range []struct {
		item  string
		value int
		want  error
	}{
		{"q1", 0, nil}, {"q9", 3, nil}, {"q10", 3, nil},
		{"q1", -1, ErrUnknownValue}, {"q1", 4, ErrUnknownValue},
		{"q11", 0, ErrUnknownItem}, {"", 0, ErrUnknownItem},
	} {
		if err := in.Check(c.item, c.value); !errors.Is(err, c.want) {
			t.Errorf("Check(%q, %d) = %v, want %v", c.item, c.value, err, c.want)
		}
	}
}
