package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/config"
)

// protecting are the headers of every answer, with what they must hold.
var protecting = map[string]string{
	"Content-Security-Policy":      "frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "same-origin",
	"Permissions-Policy":           "geolocation=()",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// unprotected names the first protecting header that an answer lacks.
func unprotected(h http.Header) string {
	for name, want := range protecting {
		if !strings.Contains(h.Get(name), want) {
			return name
		}
	}
	if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		return "Content-Security-Policy"
	}
	if h.Get("Server") != "" {
		return "silence about its software"
	}
	return ""
}

// strict names what a cookie lacks over https.
func strict(c *http.Cookie) string {
	switch {
	case !c.HttpOnly:
		return "HttpOnly"
	case !c.Secure:
		return "Secure"
	case c.SameSite != http.SameSiteLaxMode:
		return "SameSite"
	case c.Domain != "" || c.Path != "/":
		return "its own host and all paths"
	case !slices.Contains([]string{"__Host-s", "__Host-p", "__Host-lang", "__Host-held", "__Host-done", "__Host-typed"}, c.Name):
		return "a name that the privacy page tells of"
	}
	return ""
}

// A walk over every route there is, for those who are logged in and those who
// are not, and over what is no route at all.
func TestEveryRouteSendsTheHeadersAndStrictCookies(t *testing.T) {
	s := newSite(t, func(c *config.Config) { c.Server.BaseURL = "https://selvhjelp.example" })
	s.URL = "http://" + s.listening
	s.service(t)
	code, reference := s.issue(t, "pro")
	shown := s.walk(t, s.walkers(t, code), reference)
	if shown[0] < 10 || shown[1] < shown[0]+10 || shown[2] < shown[0]+10 {
		t.Errorf("somebody was not logged in: %v pages were shown", shown)
	}
}

// walkers are a stranger, a user and a professional. Their cookies are carried
// by hand: over http no jar gives back a cookie for https.
func (s *site) walkers(t *testing.T, code string) []string {
	t.Helper()
	user, pro := s.browser(t), s.browser(t)
	user.post(t, "/login", "code="+code)
	if cookies(user) == "" {
		t.Fatalf("the login answered %d", user.status)
	}
	welcome := http.Header{"Cookie": {cookies(user)}}
	user.do(t, http.MethodPost, "/me/welcome", url.Values{"own_code": {"no"}}, welcome)
	pro.post(t, "/pro/login", "email="+s.staff["super"].email, "password="+s.staff["super"].password, "totp="+s.code(t, "super"))
	return []string{"", cookies(user), cookies(pro)}
}

// cookies are those of the last answer, as a browser sends them.
func cookies(b *browser) string {
	var out []string
	for _, c := range (&http.Response{Header: b.header}).Cookies() {
		if c.Value != "" {
			out = append(out, c.Name+"="+c.Value)
		}
	}
	return strings.Join(out, "; ")
}

var leaves = regexp.MustCompile(`^/(exit|logout|start|pro/logout)$`)

// places are all routes, with parameters that exist and that do not, and some
// that are none. What ends a session comes last.
func (s *site) places(reference string) [][2]string {
	out := [][2]string{{"GET", "/nowhere"}, {"POST", "/nowhere"}, {"GET", "/login"}, {"POST", "/privacy"}, {"DELETE", "/"}, {"PUT", "/me"}, {"OPTIONS", "/"}}
	for _, r := range s.app.GetRoutes(true) {
		for _, value := range []string{reference, "phq9", "nonsense"} {
			p := [2]string{r.Method, parameter.ReplaceAllString(r.Path, value)}
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b [2]string) int {
		return strings.Compare(leaves.FindString(a[1]), leaves.FindString(b[1]))
	})
	return out
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// walk visits every place as everybody and counts the pages that are shown.
func (s *site) walk(t *testing.T, walkers []string, reference string) map[int]int {
	t.Helper()
	shown := map[int]int{}
	for _, p := range s.places(reference) {
		for who, cookie := range walkers {
			b := s.browser(t)
			b.do(t, p[0], p[1], nil, http.Header{"Cookie": {cookie}})
			where := fmt.Sprintf("%s as %d, answered %d,", p, who, b.status)
			if missing := unprotected(b.header); missing != "" || b.header.Get("Strict-Transport-Security") == "" {
				t.Errorf("%s lacks %s", where, missing)
			}
			if b.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be kept", where)
			}
			for _, c := range (&http.Response{Header: b.header}).Cookies() {
				if lacks := strict(c); lacks != "" {
					t.Errorf("%s sets a cookie without %s", where, lacks)
				}
			}
			if b.status >= 500 {
				t.Errorf("%s is a fault of ours", where)
			}
			if b.status == http.StatusOK {
				shown[who]++
			}
		}
	}
	return shown
}

func TestStaticFilesAndLargeBodiesAreProtectedToo(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t)
	b.get(t, "/")
	found := regexp.MustCompile(`/static/[a-z]+\.[0-9a-f]+\.[a-z]+`).FindAllString(b.body, -1)
	if len(found) < 3 {
		t.Fatalf("the page names %d files", len(found))
	}
	for _, path := range found {
		b.get(t, path)
		if missing := unprotected(b.header); missing != "" || b.status != http.StatusOK || !strings.Contains(b.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s answers %d without %s", path, b.status, missing)
		}
	}
	resp, _ := s.tooLarge(t)
	if missing := unprotected(resp.Header); missing != "" || resp.StatusCode != http.StatusRequestEntityTooLarge || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a large body answers %d without %s", resp.StatusCode, missing)
	}
}

// tooLarge announces a body that is too large. It sends none: the server answers
// and closes, and a client that still writes may lose the answer.
func (s *site) tooLarge(t *testing.T) (resp *http.Response, body string) {
	t.Helper()
	resp, body, _ = s.send(t, "POST /login HTTP/1.1\r\nHost: "+s.listening+"\r\nContent-Length: 100000\r\n\r\n")
	if resp == nil {
		t.Fatal("a large body has no answer")
	}
	return resp, body
}
