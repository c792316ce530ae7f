package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// Codes that open nothing are one answer, whatever the reason.
func TestUnknownLapsedRevokedRetiredAndDeletedCodesCannotBeToldApart(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	codes := map[string]string{"unknown": accesscode.New().Grouped()}
	codes["lapsed"], _ = s.issue(t, "pro")
	retired, _ := s.issue(t, "pro")
	codes["retired"] = retired
	s.take(t, retired)
	s.wait(366 * 24 * time.Hour)
	var reference string
	codes["revoked"], reference = s.issue(t, "pro")
	s.Update(t, func(tx store.Tx) error {
		i, err := organization.IssuedByReference(tx, s.Ring, s.keys, reference)
		if err != nil {
			return err
		}
		return account.Revoke(tx, i.Open)
	})
	codes["deleted"], _ = s.issue(t, "pro")
	gone := s.take(t, codes["deleted"])
	gone.post(t, "/me/delete", "confirm=DELETE")
	s.wait(5 * 366 * 24 * time.Hour)

	answers := map[string]string{}
	for why, code := range codes {
		b := s.browser(t)
		b.post(t, "/login", "code="+code)
		if b.status != http.StatusUnauthorized {
			t.Errorf("%s: answered %d", why, b.status)
		}
		body := strings.ReplaceAll(b.body, code, strings.Repeat("x", len(code)))
		answers[why] = regexp.MustCompile(`name="form" value="[A-Z0-9]{26}"`).ReplaceAllString(body, "") + fmt.Sprint(len(b.header))
	}
	for why, answer := range answers {
		if answer != answers["unknown"] {
			t.Errorf("a %s code is answered differently from an unknown one", why)
		}
	}
}

// take takes an issued code into use and keeps it.
func (s *site) take(t testing.TB, code string) *browser {
	t.Helper()
	b := s.browser(t)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/welcome", "own_code=no")
	if b.location != "/me" {
		t.Fatalf("the welcome answered %d %s", b.status, b.location)
	}
	return b
}

func TestOverHTTPSCookiesAreHostOnlyAndTransportIsStrict(t *testing.T) {
	s := newSite(t, func(c *config.Config) { c.Server.BaseURL = "https://selvhjelp.example" })
	s.URL = "http://" + s.listening
	b := s.browser(t)
	b.post(t, "/start")
	cookie := b.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-s=", "HttpOnly", "secure", "SameSite=Lax", "path=/"} {
		if !strings.Contains(strings.ToLower(cookie), strings.ToLower(want)) {
			t.Errorf("the session's cookie lacks %s", want)
		}
	}
	if strings.Contains(strings.ToLower(cookie), "domain=") {
		t.Error("the session's cookie names a domain")
	}
	if b.header.Get("Strict-Transport-Security") == "" {
		t.Error("there is no Strict-Transport-Security")
	}
}

func TestAPostFromAnotherSiteIsRefused(t *testing.T) {
	s := newSite(t, nil)
	host := strings.TrimPrefix(s.URL, "http://")
	for _, tc := range []struct {
		header http.Header
		passes bool
	}{
		{http.Header{}, true},
		{http.Header{"Origin": {"http://" + host}}, true},
		{http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
		{http.Header{"Sec-Fetch-Site": {"none"}}, true},
		{http.Header{"Origin": {"https://evil.example"}}, false},
		{http.Header{"Origin": {"null"}}, false},
		{http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
		{http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"http://" + host}}, false},
	} {
		b := s.browser(t)
		b.do(t, http.MethodPost, "/login", url.Values{"code": {"x"}}, tc.header)
		if (b.status == http.StatusUnprocessableEntity) != tc.passes || !tc.passes && b.status != http.StatusForbidden {
			t.Errorf("%v: answered %d", tc.header, b.status)
		}
	}
}

// A code is never in an address: what stands there is not read as a form.
func TestFormsAreReadFromTheBodyAlone(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	b := s.browser(t)
	b.post(t, "/login?code="+code)
	if b.status != http.StatusUnprocessableEntity {
		t.Errorf("a code in the address answered %d", b.status)
	}
	b.do(t, http.MethodPost, "/login", url.Values{"code": {code}}, http.Header{"X": nil})
	if b.location != "/me/welcome" {
		t.Errorf("a code in the body answered %d", b.status)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/login", strings.NewReader("--x\r\n"))
	check(t, err)
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	resp, err := b.client.Do(req)
	check(t, err)
	check(t, resp.Body.Close())
	if resp.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a form of another kind answered %d", resp.StatusCode)
	}
}

// A value of one request must never turn up in another's answer.
func TestRequestsDoNotShareTheirStrings(t *testing.T) {
	s := newSite(t, nil)
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			b := s.browser(t)
			for n := range 40 {
				typed := fmt.Sprintf("client%dround%d", client, n)
				b.post(t, "/login", "code="+typed)
				if values := attributes(b.body, "value"); !slices.Contains(values, typed) {
					t.Errorf("an answer lacks what its own request typed")
				}
			}
		})
	}
	wg.Wait()
}

func TestAnOversizedBodyIsRefused(t *testing.T) {
	s := newSite(t, nil)
	resp, body := s.tooLarge(t)
	if resp.StatusCode != http.StatusRequestEntityTooLarge || !slices.Contains(attributes(body, "data-error"), "too_large") {
		t.Errorf("answered %d", resp.StatusCode)
	}
}
