package journey

import (
	"fmt"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

const (
	wishes  = "/me/programs/anxiety/1/wishes" // ranking, scale, note, homework, evaluation
	welcome = "/me/programs/sleep/1/p1_welcome"
)

// One page with each kind of block, in every language and width. The lists and
// overviews are in the crawl.
func TestEveryKindOfBlockIsSoundInEveryLanguageAndWidth(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := webtest.Browser(t).Page(t, 1280, 900, true)
	d.login(t, p, "asked")
	p.Open("/me/programs/anxiety")
	p.Click(`button[name=all][value=yes]`)
	p.Open("/me/programs/anxiety/3/worry_time")
	p.Eval(`document.querySelector("[value=in_bed]").checked = true`, nil)
	p.Click(`button[name=then][value=next]`) // which shows what follows from it
	var kinds strings.Builder
	for _, lang := range []string{"nb", "nn", "en"} {
		p.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
		for _, place := range []string{wishes, "/me/programs/anxiety/3/worry_time", "/me/programs/anxiety/4/thought_questions", "/me/programs/anxiety/5/steps_first", "/me/programs/anxiety/6/looking_back"} {
			p.Open(place)
			var at looked
			p.Eval(look, &at)
			kinds.WriteString(" " + at.Kinds)
			for _, width := range []int{375, 1280} {
				p.Resize(width, 900)
				inspect(t, d, p, "programme", lang, width, strings.TrimPrefix(place, "/me/programs/anxiety"))
			}
		}
	}
	for _, kind := range []string{"single", "multiple", "scale", "ranking", "plan", "ticks", "note", "homework", "recall", "when", "offer", "care", "mapping"} {
		if !strings.Contains(kinds.String()+" ", " "+kind+" ") {
			t.Errorf("none of the pages has a %s", kind)
		}
	}
}

// What is ticked on a page survives its being closed, a network that goes away,
// a change of the language and Back.
func TestAHalfFilledPageLosesNothing(t *testing.T) {
	t.Parallel()
	d := start(t)
	t.Run("the tab that is closed", func(t *testing.T) {
		p := d.visitor(t, 375, true)
		d.login(t, p, "private")
		p.Open(welcome)
		p.Tap(`#what_bothers label:nth-of-type(2)`)
		until(t, p, "the first is kept", saysSaved)
		is(t, p, "one may leave", `dispatchEvent(new Event("beforeunload", { cancelable: true }))`)
		p.Offline(true)
		p.Tap(`#what_bothers label:nth-of-type(6)`)
		p.Tap(`#burden label:nth-of-type(8)`)
		until(t, p, "it says that the others are not", saysNotYet)
		is(t, p, "the browser asks before the page goes", `!dispatchEvent(new Event("beforeunload", { cancelable: true }))`)
		p.Offline(false)
		until(t, p, "they are kept after all", saysSaved)
		p.Offline(true)
		p.Eval(`setTimeout(() => location.reload()); undefined`, nil)
		p.Offline(false)
	})
	p := d.visitor(t, 375, false)
	d.login(t, p, "private")
	p.Open("/me")
	p.Click(`[data-program=sleep] a.button`)
	ticked := `[...document.querySelectorAll("#program :checked")].map(i => i.name + "=" + i.value).join() === %q`
	is(t, p, "all are there", fmt.Sprintf(ticked, "a.what_bothers=waking,a.what_bothers=worry,a.burden=7"))
	p.Tap(`#burden label:nth-of-type(3)`) // not kept: this visitor has no script
	for _, lang := range []string{"en", "nb"} {
		p.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
		is(t, p, "also in "+lang, fmt.Sprintf(`document.documentElement.lang === %q && `+ticked, lang, "a.what_bothers=waking,a.what_bothers=worry,a.burden=2"))
	}
	p.Open(welcome)
	p.Tap(`#burden label:nth-of-type(3)`)
	p.Click(`button[name=then][value=next]`)
	is(t, p, "the next page", `location.pathname === "/me/programs/sleep/1/p1_doctor"`)
	p.Back()
	is(t, p, "Back shows what was saved", fmt.Sprintf(ticked, "a.what_bothers=waking,a.what_bothers=worry,a.burden=2"))
	p.Open(welcome)
	p.Click(`button[name=then][value=next]`)
	is(t, p, "saved again it is the same", `location.pathname === "/me/programs/sleep/1/p1_doctor"`)
	p.Open("/me/data")
	is(t, p, "and one record each", `document.querySelectorAll("[data-answer]").length > 2 && new Set([...document.querySelectorAll("[data-answer]")].map(e => e.dataset.answer)).size === document.querySelectorAll("[data-answer]").length`)
}

// The same mapping stands open in two tabs of a browser. The answers of both
// meet in one registration; finished twice, there are two, each whole.
func TestTwoTabsEndInOneRegistration(t *testing.T) {
	t.Parallel()
	d := start(t)
	one, two := d.visitor(t, 375, true), d.visitor(t, 1280, true)
	for _, p := range []*webtest.Page{one, two} {
		d.login(t, p, "private")
		p.Open("/me/registrations")
	}
	count := `document.querySelectorAll("a[href^='/me/registrations/']").length`
	var before, after int
	one.Eval(count, &before)
	for _, p := range []*webtest.Page{one, two} {
		p.Open("/me/mapping/gad7")
	}
	for i := 1; i <= 7; i++ {
		p := []*webtest.Page{one, two}[i%2]
		tapUntilSaved(t, p, fmt.Sprintf(`#q%d label:nth-of-type(%d)`, i, 1+i%4))
	}
	tapUntilSaved(t, two, `#q1 label:nth-of-type(4)`) // the later one counts
	one.Click(`button[name=then][value=finish]`)
	is(t, one, "the answers of both, the last of each", `document.querySelector(".result[data-instrument=gad7][data-score='14']")`)
	one.Open("/me/registrations")
	one.Eval(count, &after)
	if after != before+1 {
		t.Errorf("%d registrations became %d", before, after)
	}
	two.Click(`button[name=then][value=finish]`)
	is(t, two, "the other tab is told what is missing and has lost nothing", `document.querySelector("[data-error=unfinished]") && document.querySelectorAll("#mapping :checked").length > 0`)
	two.Open("/me/registrations")
	two.Eval(count, &after)
	if after != before+1 {
		t.Errorf("%d registrations became %d", before, after)
	}
}

// What is written on a page is found on it, in the list and on the print, in
// this browser for this code alone, also when one goes on at once.
func TestANoteOfAProgrammeStaysInTheBrowser(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.logInHere(t, p, "private")
	p.Open(wishes)
	until(t, p, "one can write", opened)
	p.Fill(`textarea`, secretNote)
	is(t, p, "the field belongs to no form", `document.querySelector("textarea").form === null`)
	p.Click(`button[name=then][value=later]`)
	sent := carries(p, "våknet")
	shown := fmt.Sprintf(`document.querySelector("main").textContent.includes(%q)`, secretNote)
	p.Open("/me/notes")
	until(t, p, "it is in the list, under its title", shown+` && document.querySelector("[data-is=title]").textContent === "Derfor begynner jeg"`)
	p.Open(wishes)
	until(t, p, "it is on its page", fmt.Sprintf(`document.querySelector("textarea").value === %q`, secretNote))
	p.Open("/me/programs/anxiety/print")
	until(t, p, "it is with the plan", shown)
	if sent || carries(p, "våknet") {
		t.Error("a request carries the note")
	}
	p.Open("/me")
	p.Click(".menu button.link")
	d.logInHere(t, p, "asked")
	p.Open(wishes)
	until(t, p, "another code finds an empty field", opened+` && document.querySelector("textarea").value === ""`)
	p.Open("/me/programs/anxiety/print")
	is(t, p, "and an empty print", `document.querySelector("[data-written]").hidden && !`+shown)

	bare := d.visitor(t, 375, false)
	d.login(t, bare, "private")
	bare.Open(wishes)
	is(t, bare, "without a script the page says what it needs", `document.querySelector("[data-block=note] noscript").textContent.includes("JavaScript") && !`+opened)
}

// tapUntilSaved taps an answer and waits until the page says anew that it is saved.
func tapUntilSaved(t *testing.T, p *webtest.Page, selector string) {
	t.Helper()
	p.Eval(`document.querySelector("#saved").textContent = ""`, nil)
	p.Tap(selector)
	until(t, p, "it is saved", saysSaved)
}
