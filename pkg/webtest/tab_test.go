package webtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// Chromium keeps even a page that must not be stored, until a cookie of its site
// changes.
func TestBackTellsWhetherThePageWasKept(t *testing.T) {
	mux := http.NewServeMux()
	for place, cookie := range map[string]string{"/in": "", "/on": "", "/out": "s=1; HttpOnly"} {
		mux.HandleFunc("GET "+place, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Set-Cookie", cookie)
			io.WriteString(w, "<title>Hello</title>")
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for place, kept := range map[string]bool{"/on": true, "/out": false} {
		p := visit(t, server.URL+"/in")
		p.Open(place)
		if got := p.Back(); got != kept || p.URL() != server.URL+"/in" {
			t.Errorf("back from %s led to %s, kept %t, want %t", place, p.URL(), got, kept)
		}
	}
}

func TestHistoryHasAddressesAndTitles(t *testing.T) {
	home := site(t)
	p := visit(t, home+"/form")
	p.Open("/tall")
	want := []Visited{{home + "/form", "/form"}, {home + "/tall", "/tall"}}
	if got := p.History(); !slices.Equal(got[1:], want) {
		t.Errorf("the history is %q, want %q after the empty tab", got, want)
	}
}

func TestOfflineReachesNothingUntilItEnds(t *testing.T) {
	p := visit(t, site(t)+"/form")
	p.Eval(`window.heard = []; for (const e of ["offline", "online"]) addEventListener(e, () => heard.push(e)); undefined`, nil)
	for _, off := range []bool{true, false} {
		p.Offline(off)
		var reached bool
		p.Eval(`fetch("/form").then(() => true, () => false)`, &reached)
		if reached == off {
			t.Errorf("offline %t, reached the server %t", off, reached)
		}
	}
	var heard []string
	p.Eval("heard", &heard)
	if want := []string{"offline", "online"}; !slices.Equal(heard, want) {
		t.Errorf("the page heard %q, want %q", heard, want)
	}
}
