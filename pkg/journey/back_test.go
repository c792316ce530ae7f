package journey

import (
	"fmt"
	"testing"
)

// After a change of the language in the middle of a form, what was ticked is there,
// and Back leads to a page, not to a form that would be sent again.
func TestBackAfterAChangeOfLanguageLeadsToAPage(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, false)
	d.login(t, p, "sharing")
	for place, tick := range map[string]string{
		"/me/programs/anxiety/1/body": `#program input[type=checkbox]`,
		"/me/sharing/tools":           `input[name=tool][value=gad7]`,
		"/me/messages/new/correction": `input[name=about]`,
	} {
		p.Open(place)
		p.Click(`.languages button[value=nb]`)
		is(t, p, "nothing is ticked: "+tick, fmt.Sprintf(`!document.querySelector(%q).checked`, tick))
		p.Tap(tick)
		p.Click(`.languages button[value=en]`)
		is(t, p, "it is ticked: "+tick, fmt.Sprintf(`document.documentElement.lang === "en" && document.querySelector(%q).checked`, tick))
		p.Open("/help")
		p.Back()
		is(t, p, "back on the page: "+tick, fmt.Sprintf(`location.pathname === %q && document.querySelector(%q)`, place, tick))
	}
}
