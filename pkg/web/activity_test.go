package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/pkg/web"
	"selvhjelp/store"
)

// sentinel is in what a browser says, and must be nowhere else.
const sentinel = "127.8.9-sentinel"

var (
	firefox = http.Header{"User-Agent": {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/" + sentinel}}
	phone   = http.Header{"User-Agent": {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/" + sentinel}}
)

// reads opens a page with a browser of some kind.
func (b *browser) reads(t *testing.T, path string, from http.Header) {
	t.Helper()
	b.do(t, http.MethodGet, path, nil, from)
}

func (b *browser) logsIn(t *testing.T, code, device string, from http.Header) {
	t.Helper()
	b.do(t, http.MethodPost, "/login", url.Values{"code": {code}, "device": {device}}, from)
	if b.location != "/me" {
		t.Fatalf("the login answered %d", b.status)
	}
}

// visits are those that the user is shown, as they are exported.
func (b *browser) visits(t *testing.T, from http.Header) []web.VisitFacts {
	t.Helper()
	b.reads(t, "/me/export", from)
	var e web.Everything
	check(t, json.Unmarshal([]byte(b.body), &e))
	return e.Visits
}

// newcomer is somebody without a visit of their own yet: the welcome is done
// and its visit deleted.
func (s *site) newcomer(t *testing.T) (code string) {
	t.Helper()
	s.service(t)
	code, _ = s.issue(t, "pro")
	b := s.take(t, code)
	b.post(t, "/me/visits/delete")
	b.post(t, "/logout")
	if n := s.Count(t, "reg"); n != 0 {
		t.Fatalf("%d visits are left", n)
	}
	return code
}

func TestAVisitIsKeptWithItsMinutesUntilTheLogout(t *testing.T) {
	s := newSite(t, nil)
	code := s.newcomer(t)
	b := s.browser(t)
	begun := s.Now()
	b.logsIn(t, code, "shared", firefox)
	for range 3 {
		s.wait(6 * time.Minute)
		b.reads(t, "/me", firefox)
	}
	s.wait(2 * time.Minute)
	b.do(t, http.MethodPost, "/logout", nil, firefox)
	s.wait(time.Hour)
	b.logsIn(t, code, "shared", phone)
	got := b.visits(t, phone)
	want := web.VisitFacts{At: begun.Format(time.RFC3339), Minutes: 20, System: "windows", Browser: "firefox"}
	if len(got) != 2 || got[1].System != "ios" || got[1].Browser != "safari" || got[1].Minutes != 0 {
		t.Fatalf("got %+v", got)
	}
	if want.ID = got[0].ID; got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	b.reads(t, "/me/settings", phone)
	for _, text := range []string{"<td>20</td>", "Windows, Firefox", "iOS, Safari"} {
		if !strings.Contains(b.body, text) {
			t.Errorf("settings lack %s", text)
		}
	}
}

// rests is the account's one registration as it rests: any write gives it
// another nonce.
func (s *site) rests(t *testing.T) (out []byte) {
	t.Helper()
	check(t, s.Inner.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Range("reg", []byte{0}, nil) {
			out = bytes.Clone(e.Value)
			return err
		}
		return nil
	}))
	return out
}

func TestAVisitCostsNoWriteForEachPage(t *testing.T) {
	s := newSite(t, nil)
	code := s.newcomer(t)
	b := s.browser(t)
	b.logsIn(t, code, "shared", firefox)
	before := s.rests(t)
	for range 4 {
		s.wait(time.Minute)
		b.reads(t, "/me", firefox)
	}
	if !bytes.Equal(before, s.rests(t)) {
		t.Error("a visit is written for every page")
	}
	b.logsIn(t, code, "shared", firefox)
	if !bytes.Equal(before, s.rests(t)) || s.Count(t, "reg") != 1 {
		t.Error("who logs in again in the same visit writes")
	}
	s.wait(time.Minute)
	b.reads(t, "/me", firefox)
	s.wait(5 * time.Minute)
	b.reads(t, "/me", firefox)
	if bytes.Equal(before, s.rests(t)) {
		t.Error("the minutes are not written at all")
	}
}

// TestAVisitEndsWhenNothingIsAskedForAWhile also on a device of one's own, where
// the login lasts for days.
func TestAVisitEndsWhenNothingIsAskedForAWhile(t *testing.T) {
	s := newSite(t, nil)
	code := s.newcomer(t)
	b := s.browser(t)
	b.logsIn(t, code, "own", firefox)
	s.wait(4 * time.Minute)
	b.reads(t, "/me", firefox)
	s.wait(20 * time.Hour)
	b.reads(t, "/me", firefox)
	s.wait(7 * time.Minute)
	b.reads(t, "/me", firefox)
	got := b.visits(t, firefox)
	if len(got) != 2 || got[0].Minutes != 4 || got[1].Minutes != 7 {
		t.Errorf("got %+v, want 4 minutes and, a day later, 7", got)
	}
}

// TestWhatCannotBeNotedOfAVisitLosesNothing: the store is full, or the visit was
// deleted on another device, and the request goes on.
func TestWhatCannotBeNotedOfAVisitLosesNothing(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	code := s.newcomer(t)
	b, other := s.browser(t), s.browser(t)
	b.logsIn(t, code, "shared", firefox)
	other.logsIn(t, code, "shared", phone)
	other.post(t, "/me/visits/delete")
	s.wait(10 * time.Minute)
	b.do(t, http.MethodPost, "/me/mapping/phq9/answers", url.Values{"item": {"q1"}, "value": {"2"}}, firefox)
	if b.status >= 400 || s.Count(t, "draft") != 1 {
		t.Errorf("an answer after the visit was deleted: %d", b.status)
	}
	if n := s.Count(t, "reg"); n != 0 {
		t.Errorf("%d deleted visits came back", n)
	}
	s.Fill(t)
	s.wait(10 * time.Minute)
	if b.reads(t, "/me", firefox); b.status != http.StatusOK {
		t.Errorf("reading from a full store: %d", b.status)
	}
	if b.do(t, http.MethodPost, "/logout", nil, firefox); b.location != "/" {
		t.Errorf("logging out of a full store: %d", b.status)
	}
	if log := s.logged(); log != "" {
		t.Errorf("the log says %q", log)
	}
}

func TestAProfessionalSeesWhenAndHowLongButNotTheMachine(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, reference := s.issue(t, "pro")
	b := s.take(t, code)
	b.post(t, "/me/visits/delete")
	b.post(t, "/me/sharing", "action=share", "category="+vault.Activity)
	b.logsIn(t, code, "shared", firefox)
	s.wait(6 * time.Minute)
	b.reads(t, "/me/preview", firefox)
	preview := b.body
	pro := s.browser(t)
	pro.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	pro.get(t, "/pro/users/"+reference)
	if got := attributes(pro.body, "data-minutes"); !slices.Equal(got, []string{"6", "6"}) || attributes(pro.body, "data-last-active")[0] != "2026-03-02" {
		t.Errorf("the professional sees %q", got)
	}
	b.reads(t, "/me/export", firefox)
	mine := b.body
	for _, word := range []string{"indows", "irefox"} {
		if strings.Contains(pro.body, word) || strings.Contains(preview, word) || !strings.Contains(mine, word) {
			t.Errorf("%s is shown to others, or not to the user", word)
		}
	}
	b.post(t, "/me/sharing", "action=withdraw", "category="+vault.Activity)
	b.post(t, "/me/sharing", "action=share", "category="+vault.Mapping)
	if pro.get(t, "/pro/users/"+reference); pro.status != http.StatusOK || attributes(pro.body, "data-minutes") != nil {
		t.Error("visits show without being shared")
	}
	for name, text := range map[string]string{"the export": mine, "the log": s.logged()} {
		if strings.Contains(text, sentinel) {
			t.Errorf("%s holds what the browser said", name)
		}
	}
}
