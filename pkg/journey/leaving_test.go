package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/webtest"
)

const nobodysPage = `!document.body.dataset.stay`

// Two people use one browser after each other, without and with JavaScript.
func TestTheNextPersonSeesNothingOfTheOneBefore(t *testing.T) {
	t.Parallel()
	d := start(t)
	for _, javascript := range []bool{false, true} {
		t.Run(fmt.Sprintf("javascript %t", javascript), func(t *testing.T) {
			p := d.visitor(t, 375, javascript)
			earlier := d.login(t, p, "sharing")
			wander(p)
			p.Click(".menu button.link")
			neutral(t, p)
			d.login(t, p, "private")
			back(t, p, "nothing of the one before", showsNothingOf(earlier))
			p.Open(d.URL + "/me/settings")
			is(t, p, "somebody else is here", `document.querySelector("[data-reference]")`)
			is(t, p, "nothing of the one before", showsNothingOf(earlier))
		})
	}
}

func TestBackAfterLoggingOutShowsNobodysPage(t *testing.T) {
	t.Parallel()
	d := start(t)
	for _, javascript := range []bool{false, true} {
		t.Run(fmt.Sprintf("javascript %t", javascript), func(t *testing.T) {
			p := d.visitor(t, 375, javascript)
			person := d.login(t, p, "sharing")
			wander(p)
			p.Click(".menu button.link")
			back(t, p, "nobody's page", nobodysPage+" && "+showsNothingOf(person))
		})
	}
	t.Run("a professional", func(t *testing.T) {
		p := d.visitor(t, 1280, false)
		d.staffLogin(t, p, d.Professional)
		p.Click(`a[href^="/pro/users/"]`)
		p.Click(".menu button.link")
		back(t, p, "nobody's page", nobodysPage)
	})
}

func TestQuickExitEndsTheSessionAndLeavesNoWayBack(t *testing.T) {
	t.Parallel()
	d := start(t)
	link := func(p *webtest.Page) { p.Tap(".exit") }
	escapes := func(p *webtest.Page) {
		for range 3 {
			p.Press("Escape")
		}
	}
	for _, exit := range []struct {
		name       string
		javascript bool
		press      func(p *webtest.Page)
	}{{"by the link", true, link}, {"by Escape three times", true, escapes}, {"by the link, without JavaScript", false, link}} {
		t.Run(exit.name, func(t *testing.T) {
			p := d.visitor(t, 375, exit.javascript)
			person := d.login(t, p, "sharing")
			p.Click(`.menu a[href="/me/settings"]`)
			exit.press(p)
			left(t, d, p)
			if exit.javascript {
				is(t, p, "the page left is not in the history", fmt.Sprintf("%t", !remembers(p, "/me/settings")))
			}
			back(t, p, "nobody's page", nobodysPage+" && "+showsNothingOf(person))
			p.Open(d.URL + "/me")
			is(t, p, "nobody is logged in", `location.search === "?to=%2Fme"`)
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
// and a condition must hold on each.
func back(t *testing.T, p *webtest.Page, expectation, condition string) {
	t.Helper()
	for range len(p.History()) - 2 { // the first is the empty tab
		if p.Back() {
			t.Errorf("%s was kept in memory", oneOfAKind.ReplaceAllString(p.URL(), "*"))
		}
		is(t, p, expectation, condition)
	}
}

// showsNothingOf is true where neither the code nor the reference of a person
// stands, and nothing is filled in but what the server sent.
func showsNothingOf(person code) string {
	return fmt.Sprintf(`![...document.querySelectorAll("input")].some(i => i.value !== i.defaultValue || i.checked !== i.defaultChecked)
		&& !document.documentElement.outerHTML.includes(%q) && !document.documentElement.outerHTML.includes(%q)`, person.Code, person.Reference)
}

// neutral checks what the browser's history keeps.
func neutral(t *testing.T, p *webtest.Page) {
	t.Helper()
	for _, v := range p.History() {
		if tellsTooMuch.MatchString(v.Title) {
			t.Errorf("the history says %q", v.Title)
		}
	}
	if remembers(p, "#") {
		t.Error("the history keeps a fragment")
	}
}

// remembers reports whether the history has an address with that in it.
func remembers(p *webtest.Page, part string) bool {
	return slices.ContainsFunc(p.History(), func(v webtest.Visited) bool { return strings.Contains(v.URL, part) })
}

// left waits until the browser shows something else than the demo. What it
// leaves for is out of a test's reach, so that is a page of the browser's own.
func left(t *testing.T, d *demo, p *webtest.Page) {
	t.Helper()
	begun := time.Now()
	for strings.HasPrefix(p.URL(), d.URL) {
		if time.Since(begun) > time.Minute {
			t.Fatal("the page is still shown")
		}
	}
}
