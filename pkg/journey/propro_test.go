package journey

import (
	"fmt"
	"testing"

	"selvhjelp/pkg/webtest"
)

// A person who shares programmes does the first part of one. The professional
// sees how far they have come, and sends them a later part, which they read
// before its turn; withdrawn, nothing of it is seen. Without JavaScript, on a
// telephone and a large screen.
func TestAProfessionalSeesAProgrammeAndSendsAPartOfIt(t *testing.T) {
	t.Parallel()
	d := start(t)
	person, pro := d.visitor(t, 375, false), d.visitor(t, 375, false)
	who := d.login(t, person, "sharing")
	doesThePart(t, d, person, "anxiety", 1)
	d.staffLogin(t, pro, d.Professional)
	pro.Open(d.URL + "/pro")
	is(t, pro, "one part is done", `[...document.querySelectorAll("[data-program=anxiety]")].some(p => p.dataset.done === "1")`)
	everywhere(t, d, pro, "professional")
	pro.Open(d.URL + "/pro/users/" + who.Reference)
	is(t, pro, "one part is done", `document.querySelector("section[data-program=anxiety]").dataset.done === "1"`)
	pro.Eval(`document.querySelector("#to").value = "program/anxiety/3"; 0`, nil)
	pro.Click(`form[action$="/send"] button`)
	is(t, pro, "it was sent", `document.querySelector("tr[data-sent]")`)
	everywhere(t, d, pro, "professional")

	person.Open(d.URL + "/me")
	everywhere(t, d, person, "person")
	person.Click(`[data-sent-to="program/anxiety/3"] a.button`)
	is(t, person, "the part is read before its turn", fmt.Sprintf(`location.href.startsWith(%q)`, d.URL+"/me/programs/anxiety/3/"))
	person.Open(d.URL + "/me/programs/anxiety")
	is(t, person, "it says why", `document.querySelector("[data-lifted=yes]")`)
	is(t, person, "other parts are closed", `document.querySelector("[data-part='4']").dataset.open === "no"`)
	everywhere(t, d, person, "person")
	person.Open(d.URL + "/me/programs/sleep")
	is(t, person, "another programme goes in its order", `!document.querySelector("[data-lifted]") && document.querySelector("[data-part='5']").dataset.open === "no"`)

	person.Open(d.URL + "/me/settings")
	person.Click(`form[action="/me/sharing"]:has([value=programme]) button`)
	pro.Open(d.URL + "/pro/users/" + who.Reference)
	is(t, pro, "nothing of what was withdrawn", `document.querySelector("[data-shared=yes]") && !document.querySelector("[data-program]")`)
}

// doesThePart answers what stands first everywhere and goes on until the part is
// at its end.
func doesThePart(t *testing.T, d *demo, p *webtest.Page, program string, part int) {
	t.Helper()
	overview := d.URL + "/me/programs/" + program
	p.Open(overview)
	p.Eval(`document.querySelectorAll("details").forEach(d => d.open = true); 0`, nil)
	p.Click(fmt.Sprintf(`[data-part="%d"] a`, part))
	for range 40 {
		if p.URL() == overview {
			return
		}
		p.Eval(`document.querySelectorAll("fieldset.question").forEach(f => {
			f.querySelectorAll("select").forEach((s, i) => s.selectedIndex = f.dataset.kind === "ranking" ? i + 1 : 0)
			const first = f.querySelector("input")
			if (first) first.checked = true
		}); 0`, nil)
		p.Click(`button[value=next]`)
	}
	t.Fatal("the part has no end")
}

// everywhere inspects a page in both widths.
func everywhere(t *testing.T, d *demo, p *webtest.Page, who string) {
	t.Helper()
	for _, width := range []int{1280, 375} {
		p.Resize(width, 900)
		inspect(t, d, p, who, "nb", width, p.URL()[len(d.URL):])
	}
}
