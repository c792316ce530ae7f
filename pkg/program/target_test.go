package program

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lift is what the targets of these names lift.
func lift(t *testing.T, names ...string) (l Lift) {
	t.Helper()
	c := &Catalogue{[]*Program{loaded(t)}}
	for _, name := range names {
		target, ok := c.Target(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		l.Add(target)
	}
	return l
}

func TestEveryTargetIsFoundUnderItsName(t *testing.T) {
	p := loaded(t)
	c := &Catalogue{[]*Program{p}}
	var names []string
	for _, target := range p.Targets() {
		names = append(names, target.Name())
		found, ok := c.Target(target.Name())
		if !ok || found != target {
			t.Errorf("%s is found as %s", target.Name(), found.Name())
		}
	}
	want := []string{"calm", "calm/all", "calm/1", "calm/1/begin", "calm/1/begin/bothers", "calm/1/begin/strength", "calm/1/next", "calm/1/next/place",
		"calm/2", "calm/2/order", "calm/2/order/matters", "calm/2/week", "calm/2/week/my_week", "calm/2/week/ready"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"", "other", "calm/", "calm/3", "calm/01", "calm/1/order", "calm/2/order/my_week", "calm/all/order", "calm/1/next/breathe", "calm/1/begin/bothers/sleep"} {
		if _, ok := c.Target(name); ok {
			t.Errorf("%q is found", name)
		}
	}
}

func TestALiftOpensWhatItNamesAndNothingElse(t *testing.T) {
	p := loaded(t)
	for name, want := range map[string]struct {
		parts []bool
		pages map[string]bool
	}{
		"calm":                 {[]bool{true, false}, map[string]bool{"next": true, "order": false, "week": false}},
		"calm/1":               {[]bool{true, false}, map[string]bool{"next": true, "order": false, "week": false}},
		"calm/all":             {[]bool{true, true}, map[string]bool{"next": true, "order": true, "week": true}},
		"calm/2":               {[]bool{true, true}, map[string]bool{"next": true, "order": true, "week": true}},
		"calm/2/week":          {[]bool{true, false}, map[string]bool{"next": true, "order": false, "week": true}},
		"calm/2/order/matters": {[]bool{true, false}, map[string]bool{"next": true, "order": true, "week": false}},
	} {
		pr := Progress{Lift: lift(t, name)}
		if diff := cmp.Diff(want.parts, open(p, pr)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for page, can := range want.pages {
			if p.CanRead(pr, page) != can {
				t.Errorf("%s: the page %s can be read: %t", name, page, !can)
			}
		}
	}
	if p.CanRead(Progress{OpenAll: true}, "nothing") {
		t.Error("a page that is not there can be read")
	}
}

// TestWhatIsReadAheadIsClosedAgainWithoutTheLift, and is done when its turn
// comes.
func TestWhatIsReadAheadIsClosedAgainWithoutTheLift(t *testing.T) {
	p := loaded(t)
	ahead := Progress{Answers: given(), Seen: seen("order", "week"), Ahead: []string{"order", "week"}}
	if diff := cmp.Diff([]bool{true, false}, open(p, ahead)); diff != "" {
		t.Errorf("read ahead: %s", diff)
	}
	if !p.Overview(ahead)[1].Done {
		t.Error("what was read ahead is not done")
	}
	ahead.Lift = lift(t, "calm/2")
	two := p.Overview(ahead)[1]
	if !two.Open || two.InOrder {
		t.Errorf("with the lift the part is open: %t, in order: %t", two.Open, two.InOrder)
	}
	ahead.Ahead = nil
	if diff := cmp.Diff([]bool{true, true}, open(p, ahead)); diff != "" {
		t.Errorf("read in order: %s", diff)
	}
}

func TestAPartThatWasDoneAheadOpensTheNextInItsTurnOnly(t *testing.T) {
	p := &Program{Parts: []Part{{Number: 1, Pages: []Page{{ID: "a"}}}, {Number: 2, Pages: []Page{{ID: "b"}}}, {Number: 3, Pages: []Page{{ID: "c"}}}}}
	pr := Progress{Seen: seen("b"), Ahead: []string{"b"}, Lift: Lift{Parts: []int{2}}}
	if diff := cmp.Diff([]bool{true, true, false}, open(p, pr)); diff != "" {
		t.Error(diff)
	}
	pr.Seen["a"] = 100
	if diff := cmp.Diff([]bool{true, true, true}, open(p, pr)); diff != "" {
		t.Errorf("with the first part done: %s", diff)
	}
}
