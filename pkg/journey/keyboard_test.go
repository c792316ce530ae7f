package journey

import (
	"fmt"
	"testing"

	"selvhjelp/pkg/webtest"
)

// keyboard is somebody who has nothing else.
type keyboard struct {
	t *testing.T
	*webtest.Page
}

func TestEverythingIsReachedWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	d := start(t)
	k := keyboard{t, d.visitor(t, 1280, true)}
	k.skipsToTheContent()
	k.logsIn(d.code(t, "sharing"))
	k.answers()
	k.withdraws()
}

func (k keyboard) skipsToTheContent() {
	k.Tab()
	k.seesTheFocus()
	k.PressAndLoad("Enter")
	if k.Focused() != "#main" {
		k.t.Errorf("the first link leads to %q", k.Focused())
	}
	k.Tab()
	if k.Focused() != "#code" {
		k.t.Errorf("after the skip link comes %q", k.Focused())
	}
}

func (k keyboard) logsIn(c code) {
	for _, symbol := range c.Code {
		k.Press(string(symbol))
	}
	k.to("name", "device")
	k.Press("ArrowDown")
	k.Press("ArrowUp")
	k.PressAndLoad("Enter")
	is(k.t, k.Page, "logged in", `document.body.dataset.stay === "/me/stay"`)
}

// answers sends the form too early, follows a link of the error summary, and
// answers with arrows and with the space bar.
func (k keyboard) answers() {
	k.to("pathname", "/me/mapping/gad7")
	k.PressAndLoad("Enter")
	k.to("value", "finish")
	k.PressAndLoad("Enter")
	k.to("hash", "#q3")
	k.PressAndLoad("Enter")
	k.Tab()
	if k.Focused() != "input[name=q3]" {
		k.t.Errorf("the link of the error summary leads to %q", k.Focused())
	}
	k.to("name", "q1")
	for i := 1; i <= 7; i++ {
		k.to("name", fmt.Sprintf("q%d", i))
		k.Press([]string{"ArrowDown", "Space"}[i%2])
	}
	is(k.t, k.Page, "all are answered", `document.querySelectorAll(".question :checked").length === 7`)
	k.to("value", "finish")
	k.PressAndLoad("Enter")
	is(k.t, k.Page, "the result", `document.querySelector(".result[data-instrument=gad7][data-score='3']")`)
}

func (k keyboard) withdraws() {
	k.to("pathname", "/me/settings")
	k.PressAndLoad("Enter")
	k.to("value", "stop")
	k.PressAndLoad("Space")
	is(k.t, k.Page, "nothing is shared", `document.querySelector("[data-notice=sharing_stop]") && !document.querySelector("[data-shared=yes]")`)
}

// to presses Tab until the focus is on an element with that property, and looks
// at each stop whether the focus can be seen. It goes round the page once.
func (k keyboard) to(property, value string) {
	k.t.Helper()
	for range 100 {
		var found bool
		k.Eval(fmt.Sprintf(`document.activeElement[%q] === %q`, property, value), &found)
		if found {
			return
		}
		k.Tab()
		k.seesTheFocus()
	}
	k.t.Fatalf("%s: Tab never reaches the %s %s", k.URL(), property, value)
}

// seesTheFocus checks that the focused element is drawn otherwise than without
// the focus, and on the screen. Where Tab leaves the page, there is none.
func (k keyboard) seesTheFocus() {
	k.t.Helper()
	is(k.t, k.Page, "the focus on "+k.Focused()+" is seen", `(() => {
		const e = document.activeElement;
		if (e === document.body) return true;
		const style = getComputedStyle(e), box = e.getBoundingClientRect();
		const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
		return drawn && box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight;
	})()`)
}
