package journey

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAToolIsSharedByItselfInABrowser, without JavaScript and in every language
// and width: what it looks like before and after.
func TestAToolIsSharedByItselfInABrowser(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, false)
	d.login(t, p, "sharing")
	sound := func(when string) {
		t.Helper()
		for _, lang := range []string{"nb", "nn", "en"} {
			for _, place := range []string{"/me/sharing/tools", "/me/settings", "/me/preview"} {
				p.Open(d.URL + place)
				p.Click(`.languages button[value=` + lang + `]`)
				for _, width := range []int{375, 1280} {
					p.Resize(width, 900)
					at := strings.Join([]string{when, lang, strings.ReplaceAll(place[1:], "/", "-")}, " ")
					if shots != "" {
						p.Screenshot(filepath.Join(shots, strings.ReplaceAll(at, " ", "_")+map[bool]string{true: "-narrow.png", false: ".png"}[width < 1000]))
					}
					fits(t, p, at, lang)
				}
			}
		}
	}
	sound("together")
	p.Open(d.URL + "/me/sharing/tools")
	p.Tap(`input[name=tool][value=phq9]`)
	p.Click(`button[value=split]`)
	is(t, p, "it is done", `document.querySelector("[data-notice=tools_split]")`)
	sound("apart")
	p.Open(d.URL + "/me/sharing/tools")
	p.Click(`[data-apart=phq9] button`)
	is(t, p, "it is undone", `document.querySelector("[data-notice=tools_joined]")`)
}
