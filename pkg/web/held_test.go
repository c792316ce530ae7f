package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// A form that is too large for a cookie waits in the page itself.
func TestALargeFormThatComesTooLateIsKeptToo(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	b := s.take(t, code)
	s.wait(31 * time.Minute)
	b.post(t, "/me/mapping/gad7", "q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1", "attempt="+strings.Repeat("x", 5000))
	if b.status != http.StatusUnauthorized || !slices.Contains(attributes(b.body, "data-error"), "form_kept") {
		t.Fatalf("answered %d", b.status)
	}
	held := slices.MaxFunc(attributes(b.body, "value"), func(x, y string) int { return len(x) - len(y) })
	b.post(t, "/login", "code="+code, "held="+held)
	if !strings.HasPrefix(b.location, "/me/registrations/") {
		t.Errorf("after the login it led to %q", b.location)
	}
}
