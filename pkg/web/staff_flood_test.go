package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// TestAFloodOfPasswordsIsNotTried: over the limit a key is derived every five
// seconds at most, so that a flood costs little; whoever comes from elsewhere,
// and the right password after a moment, gets in.
func TestAFloodOfPasswordsIsNotTried(t *testing.T) {
	s := newSite(t, behindProxy)
	s.service(t)
	who := s.staff["pro"]
	login := func(b *browser, from, password, code string) {
		b.postFrom(t, from, "/pro/login", url.Values{"email": {who.email}, "password": {password}, "totp": {code}})
	}
	b, code := s.browser(t), s.code(t, "pro")
	for n := range 30 { // 20 within the limit, and 10 that are tried all the same
		if login(b, here, "wrong", "000000"); b.status != http.StatusUnauthorized && n < 20 {
			t.Fatalf("try %d answered %d", n+1, b.status)
		}
	}
	b.mustWait(t, "too_many")
	login(b, here, who.password, code)
	b.mustWait(t, "too_many_logins")
	elsewhere := s.browser(t)
	if login(elsewhere, there, who.password, code); elsewhere.location != "/pro" {
		t.Errorf("from elsewhere: %d", elsewhere.status)
	}
	s.wait(30 * time.Second)
	if login(b, here, who.password, s.code(t, "pro")); b.location != "/pro" {
		t.Errorf("after a moment: %d", b.status)
	}
}
