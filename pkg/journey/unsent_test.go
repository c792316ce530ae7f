package journey

import (
	"fmt"
	"testing"

	"selvhjelp/pkg/webtest"
)

const (
	ticksOfSleep = `[...document.querySelectorAll("#program :checked")].map(i => i.name + "=" + i.value).join() === %q`
	// shelf puts into words what a browser keeps that was not sent.
	shelf      = `Object.entries(%s).filter(([name]) => name.startsWith("unsent ")).map(entry => entry.join(" ")).join()`
	keptHere   = `document.querySelector("#unsent").textContent === document.querySelector("#unsent").dataset.kept`
	broughtOut = `document.querySelector("#unsent-back").checkVisibility()`
)

// lose takes the network from a page, until it is loaded anew. Not from the tab:
// a page that goes may get through with what it still sends.
func lose(p *webtest.Page) {
	p.Eval(`window.fetch = () => Promise.reject(new TypeError("no network"))`, nil)
}

// tick presses something by script: the browser lets a page that nobody touched go
// without asking.
func tick(p *webtest.Page, selector string) {
	p.Eval(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil)
}

// keeps checks that the browser keeps something sealed in a shelf, and nothing in
// the other.
func keeps(t *testing.T, p *webtest.Page, in, other string) {
	t.Helper()
	is(t, p, "it is kept, sealed", fmt.Sprintf(`/^unsent \d+ \S+ \["\S{16}","\S{100,}"\]$/.test(%s)`, fmt.Sprintf(shelf, in)))
	is(t, p, "in one place", fmt.Sprintf(`%s === ""`, fmt.Sprintf(shelf, other)))
}

// What is ticked without a network is there when the page is loaded again, and the
// server has it then. On a device that others use too it is kept with the tab.
func TestAReloadWithoutANetworkLosesNothing(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.login(t, p, "private")
	p.Open(welcome)
	tick(p, `#what_bothers label:nth-of-type(2)`)
	until(t, p, "the first is on the server", saysSaved)
	lose(p)
	tick(p, `#what_bothers label:nth-of-type(6)`)
	tick(p, `#burden label:nth-of-type(8)`)
	until(t, p, "it says that the others are not, and where they are", saysNotYet+" && "+keptHere)
	keeps(t, p, "sessionStorage", "localStorage")
	if shots != "" {
		p.Screenshot(shots + "/unsent-kept.png")
	}
	tick(p, `button[name=then][value=next]`)
	until(t, p, "without a network the page stays", saysNotYet)
	p.Open(welcome)
	until(t, p, "they are there again, and on the server", saysSaved+" && "+broughtOut)
	is(t, p, "all of them", fmt.Sprintf(ticksOfSleep, "a.what_bothers=waking,a.what_bothers=worry,a.burden=7"))
	is(t, p, "the browser keeps nothing more", fmt.Sprintf(shelf, "sessionStorage")+` === ""`)
	if shots != "" {
		p.Screenshot(shots + "/unsent-back.png")
	}
	if found := p.Axe(t); len(found) > 0 {
		t.Errorf("axe: %v", found)
	}
	q := d.visitor(t, 1280, false)
	d.login(t, q, "private")
	q.Open(welcome)
	is(t, q, "another browser has them", fmt.Sprintf(ticksOfSleep, "a.what_bothers=waking,a.what_bothers=worry,a.burden=7"))
}

// On a device of one's own it is kept when the tab is closed, too, for the same
// code alone, through the end of the session.
func TestWhatCouldNotBeSentWaitsForItsCode(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, true)
	d.logInHere(t, p, "private")
	p.Open("/me/mapping/gad7")
	lose(p)
	tick(p, `#q1 label:nth-of-type(2)`)
	tick(p, `#q2 label:nth-of-type(3)`)
	until(t, p, "both are kept", saysNotYet+" && "+keptHere)
	keeps(t, p, "localStorage", "sessionStorage")
	p.Open("/me")
	p.Click(".menu button.link")
	d.logInHere(t, p, "asked")
	p.Open("/me/mapping/gad7")
	tick(p, `#q7 label:nth-of-type(1)`)
	until(t, p, "another code saves its own", saysSaved)
	is(t, p, "and finds nothing of it", `document.querySelectorAll("#mapping :checked").length === 1 && !`+broughtOut)
	keeps(t, p, "localStorage", "sessionStorage")
	p.Open("/me")
	p.Click(".menu button.link")

	d.logInHere(t, p, "private")
	p.Open("/me/mapping/gad7")
	until(t, p, "its own code finds both", saysSaved+" && "+broughtOut)
	is(t, p, "as they were ticked", `[...document.querySelectorAll("#mapping :checked")].map(i => i.name + i.value).join() === "q11,q22"`)
	is(t, p, "and they are sent", fmt.Sprintf(shelf, "localStorage")+` === ""`)
	is(t, p, "what is over 14 days old goes", fmt.Sprintf(`(localStorage.setItem("unsent %d x", "y"), true)`, 1))
	p.Open("/me/mapping/gad7")
	until(t, p, "at the next page", fmt.Sprintf(shelf, "localStorage")+` === ""`)
}

// What another browser has saved meanwhile is newer: it stays, and the rest comes.
// What two tabs have kept is sent once and comes back to nobody.
func TestWhatWaitedTakesNoNewerAnswersPlace(t *testing.T) {
	const chosen = `[...document.querySelectorAll("#mapping :checked")].map(i => i.name + i.value).join() === %q`
	d := start(t)
	p, q := d.visitor(t, 1280, true), d.visitor(t, 1280, true)
	d.logInHere(t, p, "private")
	p.Open("/me/mapping/gad7")
	tick(p, `#q3 label:nth-of-type(1)`)
	until(t, p, "the third is on the server", saysSaved)
	lose(p)
	tick(p, `#q1 label:nth-of-type(2)`)
	tick(p, `#q2 label:nth-of-type(3)`)
	tick(p, `#q3 label:nth-of-type(3)`)
	until(t, p, "three are kept", saysNotYet+" && "+keptHere)
	is(t, p, "also by another tab", `(localStorage.setItem("unsent " + Math.floor(Date.now() / 86400000) + " other", Object.entries(localStorage).find(([name]) => name.startsWith("unsent "))[1]), true)`)
	d.login(t, q, "private")
	q.Open("/me/mapping/gad7")
	tick(q, `#q1 label:nth-of-type(4)`)
	until(t, q, "another browser saves the first", saysSaved)
	p.Open("/me/mapping/gad7")
	until(t, p, "what waited comes back", saysSaved+" && "+broughtOut)
	is(t, p, "and takes no newer answer's place", fmt.Sprintf(chosen, "q13,q22,q32"))
	until(t, p, "nothing more is kept", fmt.Sprintf(shelf, "localStorage")+` === ""`)
	q.Open("/me/mapping/gad7")
	is(t, q, "the other browser sees the same", fmt.Sprintf(chosen, "q13,q22,q32"))
}
