package program

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seen are pages seen on day 100.
func seen(ids ...string) map[string]int {
	pages := map[string]int{}
	for _, id := range ids {
		pages[id] = 100
	}
	return pages
}

// done is what it takes to have done the first part.
func done() Progress {
	answers := given()
	maps.DeleteFunc(answers, func(id string, _ Answer) bool { return id != "bothers" && id != "strength" })
	return Progress{Answers: answers, Seen: seen("begin", "next")}
}

func open(p *Program, pr Progress) (parts []bool) {
	for _, pp := range p.Overview(pr) {
		parts = append(parts, pp.Open)
	}
	return parts
}

func TestAPartOpensWhenTheOneBeforeItIsDone(t *testing.T) {
	p := loaded(t)
	if diff := cmp.Diff([]bool{true, true}, open(p, done())); diff != "" {
		t.Error(diff)
	}
	for what, spoil := range map[string]func(*Progress){
		"nothing":                func(pr *Progress) { *pr = Progress{} },
		"a page unseen":          func(pr *Progress) { delete(pr.Seen, "next") },
		"an exercise unanswered": func(pr *Progress) { delete(pr.Answers, "strength") },
		"an answer that does not count": func(pr *Progress) {
			pr.Answers["strength"] = Answer{Kind: Scale, Number: new(99)}
		},
	} {
		pr := done()
		spoil(&pr)
		if diff := cmp.Diff([]bool{true, false}, open(p, pr)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

func TestAnOptionalExerciseHoldsNothingBack(t *testing.T) {
	p, pr := loaded(t), done()
	if _, ok := pr.Answers["place"]; ok || !p.Overview(pr)[0].Done {
		t.Error("the part is not done without what is optional")
	}
}

func TestOpenAllLiftsTheOrder(t *testing.T) {
	if diff := cmp.Diff([]bool{true, true}, open(loaded(t), Progress{OpenAll: true})); diff != "" {
		t.Error(diff)
	}
}

func TestAPartOnceBegunStaysOpen(t *testing.T) {
	p := loaded(t)
	pr := Progress{Seen: seen("begin", "order")} // a new version has put a page into the first part
	if diff := cmp.Diff([]bool{true, true}, open(p, pr)); diff != "" {
		t.Error(diff)
	}
}

func TestTheOverviewCountsWhatIsDone(t *testing.T) {
	p := loaded(t)
	pr := Progress{Answers: Answers{"bothers": given()["bothers"], "place": given()["place"]}, Seen: seen("begin")}
	one := p.Overview(pr)[0]
	if one.PagesSeen != 1 || one.Exercises != 2 || one.Answered != 1 || one.Done {
		t.Errorf("%+v", one)
	}
}

func TestOneGoesOnWhereOneLeft(t *testing.T) {
	p := loaded(t)
	at := func(page string, pr Progress) Progress { pr.At = page; return pr }
	answered := done()
	answered.Answers = given()
	answered.Seen = seen("begin", "next", "order", "week")
	for want, pr := range map[string][]Progress{
		"begin": {{}, at("week", Progress{}), at("gone", Progress{}), {Seen: seen("begin", "next")}, at("begin", done())},
		"next":  {at("next", done()), {Answers: given(), Seen: seen("begin")}},
		"order": {done(), at("order", done())},
		"week":  {answered, at("week", Progress{OpenAll: true})},
	} {
		for _, pr := range pr {
			part, page := p.Resume(pr)
			if page.ID != want || p.Parts[part.Number-1].Number != part.Number {
				t.Errorf("%+v: part %d, %s, want %s", pr, part.Number, page.ID, want)
			}
		}
	}
}

func TestHomeworkIsAskedAboutOnALaterDay(t *testing.T) {
	p := loaded(t)
	due := func(pr Progress, today int) int { return len(p.DueHomework(pr, today)) }
	pr := done()
	for today, want := range map[int]int{100: 0, 101: 1} {
		if got := due(pr, today); got != want {
			t.Errorf("on day %d: %d, want %d", today, got, want)
		}
	}
	if got := due(Progress{Seen: seen("begin")}, 200); got != 0 {
		t.Error("homework is asked about that was never set")
	}
	for answer, want := range map[string][2]int{"yes": {0, 0}, "partly": {0, 0}, "no": {0, 0}, "not_yet": {0, 1}} {
		pr.Answers["breathe"] = Answer{Kind: Single, Chosen: []string{answer}, At: 150*secondsADay + 1}
		if got := [2]int{due(pr, 150), due(pr, 151)}; got != want {
			t.Errorf("%s: %v on the same day and the next, want %v", answer, got, want)
		}
	}
}
