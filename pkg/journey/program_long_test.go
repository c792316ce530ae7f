//go:build long

package journey

import (
	"fmt"
	"testing"
)

// Through the whole programme on worry, in English and on a telephone: what is
// answered is met again, and one answer leads to the other programme.
func TestThroughAProgrammeFromItsStartToItsEnd(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.login(t, p, "sharing")
	p.Click(`.languages button[value=en]`)
	offered := false
	pages := walk(t, p, "anxiety", "en", func(looked) {
		var offer bool
		p.Eval(`document.querySelector("[data-block=offer] a[href='/me/programs/sleep/1/p1_welcome']") !== null`, &offer)
		offered = offered || offer
		p.Eval(fmt.Sprintf(fillIn, `["in_bed"]`), nil)
		p.Click(`button[name=then][value=next]`)
	})
	has(t, pages, "single", "multiple", "scale", "ranking", "plan", "note", "homework", "recall", "when", "care", "offer")
	if !offered {
		t.Error("worry in bed offered no programme about sleep")
	}
	p.Click(`a[href="/me/programs/anxiety/print"]`)
	is(t, p, "the plan is there to print, from every part", `document.querySelectorAll("main section h2").length >= 6 && document.querySelectorAll("[data-own]").length > 30`)
	p.Open("/me/programs/sleep/1/p1_welcome")
	is(t, p, "what was offered is open", `document.querySelector("#program")`)
}

// Through the whole programme on sleep with the keyboard alone: Tab, arrows,
// Space, digits and Enter.
func TestThroughAProgrammeWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	d := start(t)
	k := keyboard{t, d.visitor(t, 1280, true)}
	d.login(t, k.Page, "private")
	pages := walk(t, k.Page, "sleep", "nb", func(looked) { k.answersPage() })
	has(t, pages, "single", "multiple", "scale", "ranking", "plan", "ticks", "note", "homework", "recall", "when", "care")
}
