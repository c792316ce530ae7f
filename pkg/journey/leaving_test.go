package journey

import (
	"fmt"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

// Two people use one browser after each other, without and with JavaScript.
func TestTheNextPersonSeesNothingOfTheOneBefore(t *testing.T) {
	d := start(t)
	for _, javascript := range []bool{false, true} {
		t.Run(fmt.Sprintf("javascript %t", javascript), func(t *testing.T) {
			p := d.visitor(t, 375, javascript)
			earlier := d.login(t, p, "sharing")
			wander(p)
			p.Click(".menu button.link")
			neutral(t, p)
			d.login(t, p, "private")
			back(t, p, earlier, `true`)
			p.Open(d.URL + "/me/settings")
			is(t, p, "somebody else is here", `document.querySelector("[data-reference]")`)
			is(t, p, "nothing of the one before", showsNothingOf(earlier))
		})
	}
}

func TestBackAfterLoggingOutShowsNobodysPage(t *testing.T) {
	d := start(t)
	for _, javascript := range []bool{false, true} {
		t.Run(fmt.Sprintf("javascript %t", javascript), func(t *testing.T) {
			p := d.visitor(t, 375, javascript)
			person := d.login(t, p, "sharing")
			wander(p)
			p.Click(".menu button.link")
			back(t, p, person, `!document.body.dataset.stay`)
		})
	}
}

// wander opens pages by their links and leaves a form half filled in.
func wander(p *webtest.Page) {
	for _, link := range []string{"/me/registrations", "/me/development", "/me/settings", "/me"} {
		p.Click(`.menu a[href="` + link + `"]`)
	}
	p.Click(`a[href="/me/mapping/phq9"]`)
	p.Tap("#q2 label:nth-of-type(4)")
}

// back goes back as far as it can. No page may come from the browser's memory,
// and each must be as wanted and show nothing of a person.
func back(t *testing.T, p *webtest.Page, person code, wanted string) {
	t.Helper()
	for range len(p.History()) - 2 { // the first is the empty tab
		if p.Back() {
			t.Errorf("%s was kept in memory", p.URL())
		}
		is(t, p, "as wanted", wanted)
		is(t, p, "nothing of the one before", showsNothingOf(person))
	}
}

// showsNothingOf is true where neither the code nor the reference of a person
// stands, and no answer that the server does not know of.
func showsNothingOf(person code) string {
	return fmt.Sprintf(`![...document.querySelectorAll("input")].some(i => i.value === %q || i.checked !== i.defaultChecked)
		&& !document.documentElement.textContent.includes(%q)`, person.Code, person.Reference)
}

// neutral checks the titles that the browser's history keeps.
func neutral(t *testing.T, p *webtest.Page) {
	t.Helper()
	for _, v := range p.History() {
		if tellsTooMuch.MatchString(v.Title) {
			t.Errorf("the history says %q", v.Title)
		}
		if strings.Contains(v.URL, "#") {
			t.Errorf("the history keeps a fragment")
		}
	}
}
