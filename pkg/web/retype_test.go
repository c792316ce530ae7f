package web_test

import (
	"net/http"
	"net/url"
	"slices"
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

// TestWhatWasTypedIsShownToWhoeverTypedItAlone: a browser that did not come as far as
// the page still has the cookie. It opens for nobody who logs in there next, nor
// after a logout.
func TestWhatWasTypedIsShownToWhoeverTypedItAlone(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	const typed, path = "half-a-word", "/deleted/check"
	user := func() (*browser, string) {
		b := s.browser(t)
		code, _ := s.issue(t, "pro")
		b.post(t, "/login", "code="+code)
		b.post(t, "/me/welcome", "own_code=no")
		return b, code
	}
	who, code := user()
	other, _ := user()
	base, err := url.Parse(s.URL)
	check(t, err)
	who.post(t, "/language", "lang=en", "from="+path, "text="+typed)
	cookie := who.typed(t, base)
	sees := func(b *browser) bool {
		b.client.Jar.SetCookies(base, []*http.Cookie{cookie})
		b.get(t, path)
		if b.status != http.StatusOK {
			t.Fatalf("status %d", b.status)
		}
		return strings.Contains(b.body, typed)
	}
	if sees(other) {
		t.Error("another user is shown what was typed")
	}
	if !sees(who) {
		t.Error("what was typed is gone")
	}
	who.post(t, "/logout")
	who.post(t, "/login", "code="+code)
	if sees(who) {
		t.Error("what was typed is shown after a logout")
	}
}

// typed is the cookie with what was typed.
func (b *browser) typed(t *testing.T, base *url.URL) *http.Cookie {
	t.Helper()
	all := b.client.Jar.Cookies(base)
	i := slices.IndexFunc(all, func(c *http.Cookie) bool { return strings.HasSuffix(c.Name, "typed") })
	if i < 0 {
		t.Fatalf("status %d, without the cookie", b.status)
	}
	return all[i]
}
