package web_test

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
)

// changed is the assets with one more entry in the list of changes.
type changed struct{ fs.FS }

func (c changed) ReadFile(name string) ([]byte, error) {
	raw, err := fs.ReadFile(c.FS, name)
	if name == "policy/changes.toml" {
		raw = append([]byte("[[change]]\ndate = \"2027-02-01\"\ntext.nb = \"Ny på bokmål.\"\ntext.nn = \"Ny på nynorsk.\"\ntext.en = \"New in English.\"\n"), raw...)
	}
	return raw, err
}

// restarted is the service after its privacy statement has changed.
func (s *site) restarted(t *testing.T) *site {
	t.Helper()
	next := newSiteOf(t, s.World, changed{assets.FS}, func(c *config.Config) { c.Policy.PrivacyVersion = "2027-02-01" })
	next.now, next.staff, next.business, next.keys = s.Now(), s.staff, s.business, s.keys
	return next
}

func news(b *browser) []string { return attributes(b.body, "data-policy") }

func TestAChangedPrivacyStatementIsToldOnceAtTheNextLogin(t *testing.T) {
	before := newSite(t, nil)
	before.service(t)
	code, _ := before.issue(t, "pro")
	b := before.take(t, code)
	if b.get(t, "/me"); b.status != http.StatusOK || len(news(b)) != 0 {
		t.Fatal("who begins is told of a change")
	}
	s := before.restarted(t)
	b, other := s.browser(t), s.browser(t)
	b.post(t, "/login", "code="+code)
	other.post(t, "/login", "code="+code)
	for lang, want := range map[string]string{"nb": "Ny på bokmål.", "nn": "Ny på nynorsk.", "en": "New in English."} {
		b.post(t, "/language", "lang="+lang, "from=/me")
		b.get(t, "/me")
		if !slices.Equal(news(b), []string{"2027-02-01"}) || !strings.Contains(b.body, want) || !strings.Contains(b.body, "2027") ||
			!strings.Contains(b.body, `href="/privacy#changes"`) {
			t.Errorf("in %s the notice is not complete", lang)
		}
		if strings.Contains(b.body, "Første versjon.") || strings.Contains(b.body, "First version.") {
			t.Errorf("in %s it lists what had been seen", lang)
		}
	}
	b.post(t, "/me/understood", "policy=2026-11-21") // the form of an earlier notice
	if b.get(t, "/me"); len(news(b)) != 1 {
		t.Error("an old form has hidden the notice")
	}
	b.post(t, "/me/understood", "policy=2027-02-01")
	for _, b := range []*browser{b, other} {
		if b.get(t, "/me"); b.status != http.StatusOK || len(news(b)) != 0 {
			t.Error("it is told again")
		}
	}
	b.get(t, "/me/export")
	if !strings.Contains(b.body, `"privacy_statement_seen": "2027-02-01"`) {
		t.Error("the export does not say which version was seen")
	}
	fresh, _ := s.issue(t, "pro")
	if b := s.take(t, fresh); len(news(b)) != 0 {
		t.Error("who begins under the new statement is told of a change")
	}
}

func TestProfessionalsAreToldOfAChangedPrivacyStatementToo(t *testing.T) {
	before := newSite(t, nil)
	before.service(t)
	s := before.restarted(t)
	b := s.browser(t)
	enter := func() {
		b.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
		b.get(t, "/pro")
	}
	enter()
	if len(news(b)) != 1 || !strings.Contains(b.body, "Ny på bokmål.") {
		t.Fatal("the overview does not tell")
	}
	b.post(t, "/pro/understood", "policy=2026-11-21")
	if b.get(t, "/pro"); len(news(b)) != 1 {
		t.Error("an old form has hidden the notice")
	}
	b.post(t, "/pro/understood", "policy=2027-02-01")
	if b.location != "/pro" {
		t.Errorf("understood led to %q", b.location)
	}
	if b.get(t, "/pro"); b.status != http.StatusOK || len(news(b)) != 0 {
		t.Error("it is told again")
	}
	enter()
	if len(news(b)) != 0 {
		t.Error("it is told again at the next login")
	}
	if b.get(t, "/pro/profile/export"); !strings.Contains(b.body, `"privacy_statement_seen": "2027-02-01"`) {
		t.Error("the profile does not say which version was seen")
	}
}

func TestWhoIsInvitedBeginsWithTheStatementInForce(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := staffAccept(t, s, staffInvite(t, s, staffIn(t, s, "super"), "ola@klinikk.example"))
	if b.get(t, "/pro"); b.status != http.StatusOK || len(news(b)) != 0 {
		t.Errorf("answered %d, told of %q", b.status, news(b))
	}
}
