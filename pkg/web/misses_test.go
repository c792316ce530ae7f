package web_test

import (
	"net/http"
	"testing"
	"time"
)

// Six digits must not be guessed by who has the password; the right code works
// again when the wait is over.
func TestOneTimeCodesCannotBeGuessed(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	who := s.staff["pro"]
	b := s.browser(t)
	enter := func(code string) int {
		b.post(t, "/pro/login", "email="+who.email, "password="+who.password, "totp="+code)
		return b.status
	}
	for range 10 {
		if status := enter("000000"); status != http.StatusUnauthorized {
			t.Fatalf("a wrong code answered %d", status)
		}
	}
	if status := enter(s.code(t, "pro")); status != http.StatusUnauthorized {
		t.Errorf("after ten wrong codes another try answered %d", status)
	}
	s.wait(15 * time.Minute)
	if status := enter(s.code(t, "pro")); status != http.StatusSeeOther {
		t.Errorf("after the wait the right code answered %d", status)
	}
}
