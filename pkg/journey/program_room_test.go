package journey

import (
	"fmt"
	"testing"
)

const (
	// unscripted puts the page back to how it was before its scripts came.
	unscripted = `fetch(location).then(answer => answer.text()).then(text => {
		const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
		document.querySelector("main").replaceWith(document.adoptNode(fresh));
	})`
	shownNotes = `[...document.querySelectorAll("[data-notes]")].filter(part => part.checkVisibility({ visibilityProperty: true })).map(part => part.dataset.notes).join()`
	noteHeight = `document.querySelector("[data-block=note]").getBoundingClientRect().height`
)

// A note has its room from the start: what stands below it stays where it is when
// the script comes, and the focus with it. Without a script there is no gap.
func TestWhatComesWithTheScriptMovesNothingAway(t *testing.T) {
	t.Parallel()
	d := start(t)
	for device, shows := range map[string]string{"shared": "off", "own": "field"} {
		p := d.visitor(t, 375, true)
		p.Fill("#code", d.code(t, "private").Code)
		p.Tap(fmt.Sprintf(`[name=device][value=%s]`, device))
		p.Click("#login .actions button")
		p.Open(wishes)
		until(t, p, "the script has come", fmt.Sprintf(`%s === %q`, shownNotes, shows))
		var before, after float64
		p.Eval(noteHeight, &after)
		p.Eval(unscripted, nil)
		is(t, p, "nothing was seen before", shownNotes+` === ""`)
		p.Eval(noteHeight, &before)
		if before != after {
			t.Errorf("on a device that is %s the note grows from %g to %g", device, before, after)
		}
	}
	bare := d.visitor(t, 375, false)
	d.login(t, bare, "private")
	bare.Open(wishes)
	is(t, bare, "no room is kept for nothing", `[...document.querySelectorAll("[data-notes]")].every(part => part.getBoundingClientRect().height === 0)`)
}
