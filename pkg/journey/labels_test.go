package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

const (
	first    = `[...document.querySelectorAll("input[data-label]")]`
	labelled = `document.querySelector("input[data-label]").value === %q`
)

// carries reports whether any request of the page brought a text along.
func carries(p *webtest.Page, text string) bool {
	return slices.ContainsFunc(p.Sent(), func(sent string) bool {
		return strings.Contains(sent, text) || strings.Contains(sent, strings.ReplaceAll(text, " ", "+"))
	})
}

// A professional writes a label, looks around, changes the language, saves the
// profile and logs out. The label stays in the browser, and only there.
func TestALabelNeverLeavesTheBrowser(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, true)
	p.Open(d.URL + "/pro/login")
	is(t, p, "nothing is offered where there are no labels", `!document.querySelector("[data-labels=kept]").checkVisibility()`)
	d.staffLogin(t, p, d.Professional)
	const label = "den rolige katten"
	p.Fill("input[data-label]", label)
	var reference string
	p.Eval(`document.querySelector("input[data-label]").dataset.label`, &reference)
	is(t, p, "what is said beside it", `document.querySelector("#labels-hint").checkVisibility()`)
	p.Click(`.languages button[value=nn]`)
	p.Click(`nav.pager a[href*="sort=marked"]`)
	is(t, p, "it is still there", fmt.Sprintf(first+`.find(i => i.dataset.label === %q).value === %q`, reference, label))
	p.Open("/pro/users/" + d.code(t, "sharing").Reference)
	p.Fill("input[data-label]", label)
	p.Open("/pro/profile")
	p.Fill("#workplace", "Poliklinikken")
	p.Click("#profile .actions button")
	p.Click(".menu button.link")
	until(t, p, "erasing is offered", `document.querySelector("[data-labels=kept]").checkVisibility()`)
	p.Tap("[data-erase-labels]")
	is(t, p, "all are gone", `localStorage.length === 0 && document.querySelector("[data-erased]").textContent !== ""`)
	if carries(p, label) {
		t.Error("a request carries the label")
	}
	if !carries(p, "Poliklinikken") {
		t.Error("the search does not find what is sent in a form")
	}
}

func TestLabelsAreErasedFromTheOverview(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.staffLogin(t, p, d.Professional)
	p.Fill("input[data-label]", "katt")
	p.Open("/pro")
	is(t, p, "it is kept", fmt.Sprintf(labelled, "katt"))
	p.Tap("[data-erase-labels]")
	is(t, p, "it is gone", fmt.Sprintf(labelled, "")+` && localStorage.length === 0`)
}

func TestWithoutAScriptNothingIsSaidOfLabels(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, false)
	d.staffLogin(t, p, d.Professional)
	for _, path := range []string{"/pro", "/pro/users/" + d.code(t, "sharing").Reference} {
		p.Open(path)
		is(t, p, "no field and no word", `[...document.querySelectorAll("[data-labels], input[data-label]")].every(e => !e.checkVisibility())`)
	}
}
