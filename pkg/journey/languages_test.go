package journey

import (
	"fmt"
	"testing"
)

// Whoever finds the language switch late has typed and chosen something by then.
func TestChangingTheLanguageLosesNothing(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, false)
	p.Fill("#code", "7KQ2M-9XW")
	p.Tap("input[name=device][value=own]")
	for _, lang := range []string{"nn", "en", "nb"} {
		p.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
		is(t, p, "the front page in "+lang, fmt.Sprintf(`document.documentElement.lang === %q`, lang))
		is(t, p, "half a code is still there", `document.querySelector("#code").value === "7KQ2M-9XW"`)
		is(t, p, "and the kind of device", `document.querySelector("[value=own]").checked`)
	}
	d.login(t, p, "private")
	p.Open("/me/mapping/phq9")
	p.Tap("#q1 label:nth-of-type(2)")
	p.Tap("#q4 label:nth-of-type(4)")
	for _, lang := range []string{"en", "nn", "nb"} {
		p.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
		is(t, p, "the questions, in "+lang, fmt.Sprintf(`location.pathname === "/me/mapping/phq9" && document.documentElement.lang === %q`, lang))
		is(t, p, "both answers are still there",
			`[...document.querySelectorAll(":checked")].map(i => i.name + i.value).join() === "q11,q43"`)
	}
}

// Enter presses the first button of a form in the order of the page, and the
// languages stand above.
func TestEnterSendsTheFormAndDoesNotChangeTheLanguage(t *testing.T) {
	t.Parallel()
	d := start(t)
	for _, javascript := range []bool{false, true} {
		p := d.visitor(t, 375, javascript)
		p.Fill("#code", d.code(t, "private").Code)
		p.PressAndLoad("Enter")
		is(t, p, "logged in", `location.pathname === "/me"`)
		p.Open("/me/mapping/gad7")
		p.Tap("#q1 label:nth-of-type(2)")
		p.PressAndLoad("Enter")
		is(t, p, "the form was sent", `document.querySelector("[data-error=unfinished]")`)
		is(t, p, "in the language as before", `document.documentElement.lang === "nb"`)
	}
}
