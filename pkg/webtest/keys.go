package webtest

import (
	"strings"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var keys = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Space": " ", "Escape": kb.Escape,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown,
	"ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "Backspace": kb.Backspace,
}

// Tab moves the focus to the next element that the keyboard can reach.
func (p *Page) Tab() {
	p.t.Helper()
	p.Press("Tab")
}

// Press presses a key and does not wait for what follows: a single character
// or Tab, Enter, Space, Escape, ArrowUp, ArrowDown, ArrowLeft, ArrowRight,
// Home, End or Backspace, with "Shift+" before it if wanted. Where a key leads
// to another page, use PressAndLoad.
func (p *Page) Press(key string) {
	p.t.Helper()
	run(p, "press "+key, p.stroke(key))
}

// PressAndLoad presses a key, named as for Press, and waits until the page it
// leads to has loaded.
func (p *Page) PressAndLoad(key string) {
	p.t.Helper()
	p.load("press "+key, loaded(p.stroke(key)))
}

func (p *Page) stroke(key string) chromedp.Action[chromedp.Void] {
	p.t.Helper()
	name, shifted := strings.CutPrefix(key, "Shift+")
	code, known := keys[name]
	if !known && utf8.RuneCountInString(name) != 1 {
		p.t.Fatalf("webtest: no key is called %q", key)
	}
	if !known {
		code = name
	}
	if shifted {
		return chromedp.KeyEvent(code, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	return chromedp.KeyEvent(code)
}

// focused names the element with the focus, looking into shadow trees as well.
const focused = `(() => {
	let e = document.activeElement;
	while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
	if (!e || e === document.body || e === document.documentElement) return "";
	if (e.id) return "#" + e.id;
	const tag = e.localName;
	if (e.name) return tag + "[name=" + e.name + "]";
	return (tag + " " + e.textContent.trim()).trim();
})()`

// Focused names the element that has the keyboard focus: "#id", or
// "input[name=code]", or the tag and its text as in "a Log in"; "" when none
// has.
func (p *Page) Focused() string {
	p.t.Helper()
	return run(p, "read the focus", chromedp.Evaluate[string](focused))
}
