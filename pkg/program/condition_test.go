package program

import (
	"testing"
)

// given are answers to everything in calm.
func given() Answers {
	return Answers{
		"bothers":  {Kind: Multiple, Chosen: []string{"sleep", "body"}},
		"strength": {Kind: Scale, Number: new(7)},
		"place":    {Kind: Single, Chosen: []string{"away"}},
		"matters":  {Kind: Ranking, Order: []string{"rest", "family", "work"}},
		"my_week":  {Kind: Plan, Plan: []Day{{1, []string{"walk"}, "morning"}, {7, []string{"walk", "call"}, "evening"}}},
		"ready":    {Kind: Ticks},
		"breathe":  {Kind: Single, Chosen: []string{"partly"}},
	}
}

func TestAConditionHoldsForTheAnswersItNames(t *testing.T) {
	for text, want := range map[string]bool{
		"bothers has sleep": true, "bothers has worry": false,
		"bothers lacks sleep": false, "bothers lacks worry": true,
		"strength >= 7": true, "strength >= 8": false, "strength <= 7": true, "strength <= 6": false,
		"matters first rest": true, "matters first family": false,
		"place has away": true, "place lacks away": false,
		"place unanswered": false, "nothing unanswered": true,
		"nothing has sleep": false, "nothing lacks sleep": false, "nothing >= 0": false, "nothing <= 10": false, "nothing first rest": false,
	} {
		c, ok := parseCondition(text)
		if !ok || c.String() != text {
			t.Fatalf("%q is read as %v", text, c)
		}
		if c.Holds(given()) != want {
			t.Errorf("%q: %v, want %v", text, !want, want)
		}
	}
}

func TestAllConditionsMustHold(t *testing.T) {
	sleep, worry := Condition{Exercise: "bothers", Op: Has, Option: "sleep"}, Condition{Exercise: "bothers", Op: Has, Option: "worry"}
	if !Holds([]Condition{sleep}, given()) || Holds([]Condition{sleep, worry}, given()) || !Holds(nil, given()) {
		t.Error("not all of them are asked")
	}
}

func TestWhatIsNoConditionIsRefused(t *testing.T) {
	for _, text := range []string{"", "bothers", "bothers has", "bothers had sleep", "strength > 7", "strength >= x", "bothers has sleep now", "bothers is unanswered"} {
		if c, ok := parseCondition(text); ok {
			t.Errorf("%q is read as %v", text, c)
		}
	}
}

func TestASetOfConditionsThatCannotHoldIsFound(t *testing.T) {
	p := loaded(t)
	for _, c := range []struct {
		exercise   string
		conditions []string
		want       bool
	}{
		{"bothers", []string{"has sleep", "has worry"}, true},
		{"place", []string{"has home", "has away"}, false},
		{"bothers", []string{"has sleep", "lacks sleep"}, false},
		{"bothers", []string{"lacks sleep", "lacks worry"}, true},
		{"bothers", []string{"lacks sleep", "lacks worry", "lacks body"}, false},
		{"place", []string{"lacks home", "lacks away"}, false},
		{"strength", []string{">= 3", "<= 3"}, true},
		{"strength", []string{">= 4", "<= 3"}, false},
		{"strength", []string{">= 10"}, true},
		{"strength", []string{">= 11"}, false},
		{"strength", []string{"<= -1"}, false},
		{"matters", []string{"first rest"}, true},
		{"matters", []string{"first rest", "first work"}, false},
		{"my_week", []string{"unanswered"}, true},
		{"strength", []string{"unanswered", ">= 0"}, false},
	} {
		var list []Condition
		for _, text := range c.conditions {
			parsed, _ := parseCondition(c.exercise + " " + text)
			list = append(list, parsed)
		}
		if canHold(p.Exercise(c.exercise), list) != c.want {
			t.Errorf("%s %v: %v, want %v", c.exercise, c.conditions, !c.want, c.want)
		}
	}
}
