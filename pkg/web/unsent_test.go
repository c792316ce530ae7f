package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestWhatIsTickedForOneCodeIsNotSavedForAnother: a page that is still open in
// another tab sends what waited when the network is back, and by then somebody else
// is logged in.
func TestWhatIsTickedForOneCodeIsNotSavedForAnother(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	const page = "/me/mapping/gad7"
	b := s.browser(t)
	login := func() (visit string) {
		code, _ := s.issue(t, "pro")
		b.post(t, "/login", "code="+code)
		b.post(t, "/me/welcome", "own_code=no")
		b.get(t, page)
		return attributes(b.body, "data-visit")[0]
	}
	visit := login()
	b.post(t, page+"/answers", "item=q1", "value=2", "visit="+visit)
	if b.status != http.StatusSeeOther {
		t.Fatalf("in its own visit: status %d", b.status)
	}
	if b.get(t, page); !strings.Contains(b.body, " checked") {
		t.Error("in its own visit it is not saved")
	}
	b.post(t, "/logout")
	login()
	b.post(t, page+"/answers", "item=q1", "value=2", "visit="+visit)
	if b.status != http.StatusUnauthorized {
		t.Errorf("in another's: status %d", b.status)
	}
	if b.get(t, page); strings.Contains(b.body, " checked") {
		t.Error("it is another's answer now")
	}
}
