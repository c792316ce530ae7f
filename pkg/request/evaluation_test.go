package request

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
)

// evaluate sends n evaluations with one answer each.
func (o *office) evaluate(t *testing.T, n int, question string, value int, professional bool, at time.Time) {
	t.Helper()
	for range n {
		c := Content{Kind: Evaluation, Answers: map[string]int{question: value}, Professional: professional}
		o.Update(t, func(tx store.Tx) error { return Send(tx, o.operator, NewTicket(nil, ""), c, at) })
	}
}

func (o *office) sums(t *testing.T, at time.Time) (users, professionals []Sum) {
	t.Helper()
	o.View(t, func(r store.Reader) (err error) {
		users, professionals, err = Evaluations(r, o.keys, at)
		return err
	})
	return users, professionals
}

// TestEvaluationsAreAddedUpAndFewAnswersAreHidden: what ten people answered is
// shown, what nine did only together with others, and no total tells the rest.
func TestEvaluationsAreAddedUpAndFewAnswersAreHidden(t *testing.T) {
	o := open(t)
	tomorrow := now.AddDate(0, 0, 1)
	o.send(t, now)
	o.evaluate(t, 10, "find", 5, false, now)
	o.evaluate(t, 9, "find", 4, false, now)
	o.evaluate(t, 9, "safe", NoneFits, false, now)
	o.evaluate(t, 11, "useful", 2, false, now)
	o.evaluate(t, 6, "useful", 3, false, now)
	o.evaluate(t, 4, "useful", 1, false, now)
	o.evaluate(t, 10, "safe", 5, true, now)
	if users, professionals := o.sums(t, now); users != nil || professionals != nil {
		t.Errorf("on the same day: %v, %v", users, professionals)
	}
	users, professionals := o.sums(t, tomorrow)
	want := [][]Sum{
		{{Question: "find", Levels: [6]int{5: 10}}, {Question: "useful", Levels: [6]int{2: 11}, Others: 10}},
		{{Question: "safe", Levels: [6]int{5: 10}}},
	}
	if diff := cmp.Diff(want, [][]Sum{users, professionals}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if users, _ := o.sums(t, now.AddDate(0, 0, KeptAtMost)); users != nil {
		t.Errorf("when they are gone: %v", users)
	}
}
