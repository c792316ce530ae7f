package journey

import (
	"path/filepath"
	"testing"

	"selvhjelp/pkg/domaintest"
)

// A tool that waits for its licence, with three scales and no total, is sound from
// its form to the development and to what a professional sees; so is a form that
// is too old to go on with, and a tool that is shared by itself.
func TestAToolOfThreeScalesIsSoundInEveryLanguageAndWidth(t *testing.T) {
	t.Parallel()
	d := startIn(t, domaintest.ShortDir(t), "-accept", "dass21")
	p := d.visitor(t, 1280, true)
	who := d.login(t, p, "apart")
	p.Open("/me/mapping/phq4")
	is(t, p, "what was begun a month ago begins anew", `document.querySelector("[data-anew]") && !document.querySelector(":checked")`)
	p.Open("/me/sharing/tools")
	is(t, p, "PHQ-9 is apart", `document.querySelector("[data-apart=phq9]")`)
	p.Open("/me/mapping/dass21")
	p.Eval(`document.querySelectorAll("#mapping fieldset").forEach((q, i) => q.querySelectorAll("input")[i % 4].click())`, nil)
	until(t, p, "it is saved", saysSaved)
	p.Click(`button[name=then][value=finish]`)
	is(t, p, "three scales and no total", `document.querySelectorAll("[data-instrument=dass21]:not([data-score]) [data-scale-score]").length === 3`)
	result := p.URL()
	for _, lang := range []string{"nb", "nn", "en"} {
		p.Click(`.languages button[value=` + lang + `]`)
		for name, place := range map[string]string{"anew": "/me/mapping/phq4", "dass-form": "/me/mapping/dass21", "dass-result": result, "dass-development": "/me/development", "dass-list": "/me/registrations"} {
			p.Open(place)
			for _, width := range []int{375, 1280} {
				p.Resize(width, 900)
				if shots != "" {
					p.Screenshot(filepath.Join(shots, name+"-"+lang+map[bool]string{true: "-narrow.png", false: ".png"}[width < 1000]))
				}
				fits(t, p, name+" "+lang, lang)
			}
		}
	}
	q := d.visitor(t, 1280, false)
	d.staffLogin(t, q, d.Professional)
	q.Open("/pro/users/" + who.Reference)
	is(t, q, "the professional reads it, and nothing of PHQ-9", `document.querySelector("[data-instrument=dass21]") && !document.querySelector("[data-instrument=phq9]")`)
	fits(t, q, "professional", "nb")
}
