package web_test

import (
	"net/url"
	"strings"
	"testing"
)

// What was typed travels sealed when it fits into a cookie, and no further than the
// next page of its form; more than that, and whatever has a secret in it, is
// answered at once.
func TestWhatWasTypedTravelsSealedOrNotAtAll(t *testing.T) {
	_, b := withCalm(t)
	home, err := url.Parse(b.base)
	check(t, err)
	carried := func() (found string) {
		for _, c := range b.client.Jar.Cookies(home) {
			if c.Name == "typed" {
				found = c.Value
			}
		}
		return found
	}
	form := []string{"lang=en", "from=/deleted/check"}
	b.post(t, "/language", append(form, "text=sommerfugl")...)
	if value := carried(); b.status != 303 || value == "" || strings.Contains(value, "sommerfugl") {
		t.Errorf("answered %d with the cookie %q", b.status, value)
	}
	b.get(t, "/deleted/check")
	b.expect(t, 200, "sommerfugl")
	if carried() != "" {
		t.Error("it is carried on")
	}
	b.post(t, "/language", append(form, "text="+strings.Repeat("sommerfugl ", 400))...)
	b.expect(t, 200, "sommerfugl sommerfugl")
	b.post(t, "/language", "lang=nb", "from=/me/connect", "code=7KQ2M-9X")
	b.expect(t, 200, "7KQ2M-9X")
	if carried() != "" {
		t.Error("a large form or a code is in a cookie")
	}
}
