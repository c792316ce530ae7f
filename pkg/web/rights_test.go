package web_test

import (
	"html"
	"net/http"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestACodeThatConnectsNothingTellsNothing: the answer about a code of an account
// is that about a code that never was, to the byte.
func TestACodeThatConnectsNothingTellsNothing(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	mine, _ := s.issue(t, "pro")
	other, _ := s.issue(t, "pro")
	used, _ := s.issue(t, "pro")
	b := s.take(t, mine)
	s.take(t, other)
	b.post(t, "/me/connect", "code="+used)
	if b.status != http.StatusSeeOther {
		t.Fatalf("connecting answered %d", b.status)
	}
	var want string
	for i, code := range []string{accesscode.New().Grouped(), mine, other, used} {
		b.post(t, "/me/connect", "code="+code)
		body := strings.ReplaceAll(b.body, code, "")
		if i == 0 {
			want = body
		}
		if b.status != http.StatusUnprocessableEntity || body != want {
			t.Errorf("code %d is answered %d, or otherwise than an unknown one", i, b.status)
		}
	}
}

// find opens an account with its code.
func (s *site) find(t *testing.T, tx store.Tx, code string) *vault.Account {
	t.Helper()
	parsed, err := accesscode.Parse(code)
	check(t, err)
	found, err := account.Find(tx, s.Ring, parsed, s.Now())
	check(t, err)
	return found.Account
}

func TestAReferenceThatCannotBeUsedIsSaidInSettings(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	mine, before := s.issue(t, "pro")
	_, somebodys := s.issue(t, "pro")
	b := s.take(t, mine)
	b.post(t, "/me/sharing", "action=share", "category="+vault.Mapping)
	s.Update(t, func(tx store.Tx) error {
		a := s.find(t, tx, mine)
		if err := consent.Refer(tx, a, s.business, a.Data.Services[0], somebodys, s.Now()); err != nil {
			return err
		}
		return a.Save(tx)
	})
	pro := s.browser(t)
	pro.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	pro.get(t, "/pro")
	if slices.Contains(attributes(pro.body, "data-shared"), "yes") {
		t.Error("somebody is shown as sharing under the other's reference")
	}
	for _, path := range []string{"/me/settings", "/me/reference"} {
		if b.get(t, path); !slices.Contains(attributes(b.body, "data-taken"), "yes") {
			t.Errorf("%s does not say it", path)
		}
	}
	b.post(t, "/me/reference")
	b.get(t, "/me/reference")
	if fresh := attributes(b.body, "data-reference")[0]; fresh == before || fresh == somebodys || len(attributes(b.body, "data-taken")) != 0 {
		t.Error("another draw does not mend it")
	}
	pro.get(t, "/pro")
	if !slices.Contains(attributes(pro.body, "data-shared"), "yes") {
		t.Error("the new reference is not shared")
	}
}

func TestOnAFullStoreOneCanPauseGoOnAndLeave(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category="+vault.Mapping)
	for _, step := range []struct {
		path, form, place string
	}{
		{"/me/reference", "", "/me/reference"},
		{"/me/pause", "", "/me/pause"},
		{"/me/resume", "", "/me"},
		{"/me/delete", "confirm=SLETT&when=week", "/deleted"},
		{"/login", "code=" + code, "/me"},
		{"/me/delete", "confirm=SLETT&when=now", "/deleted"},
	} {
		s.Fill(t)
		if b.post(t, step.path, strings.Split(step.form, "&")...); b.location != step.place {
			t.Errorf("%s answered %d %s", step.path, b.status, b.location)
		}
	}
	if s.Count(t, "own") != 0 {
		t.Error("the account is still there")
	}
}

// TestAConfirmationIsSignedInEveryLanguageAndNothingOfItIsKept: what was shown
// and downloaded is recognised, a word that was changed is not, and the key is
// that of the page about security.
func TestAConfirmationIsSignedInEveryLanguageAndNothingOfItIsKept(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	seen := map[string]bool{}
	for lang, words := range map[string][2]string{
		"nb": {"Registreringer: 1", "Registreringer: 2"}, "nn": {"Registreringar: 1", "Registreringar: 2"}, "en": {"Registrations: 1", "Registrations: 2"},
	} {
		code, reference := s.issue(t, "pro")
		b := s.take(t, code)
		b.post(t, "/language", "lang="+lang)
		b.post(t, "/me/delete", "confirm=DELETE", "when=now")
		b.get(t, b.location)
		_, rest, _ := strings.Cut(b.body, `id="confirmation" tabindex="0">`)
		text, _, _ := strings.Cut(rest, "</pre>")
		text = html.UnescapeString(text)
		if !strings.Contains(text, words[0]) || strings.Contains(text, reference) || seen[text] {
			t.Errorf("%s: the confirmation says something else:\n%s", lang, text)
		}
		seen[text] = true
		b.post(t, "/deleted/text", "text="+text)
		if b.body != text || !strings.HasPrefix(b.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: the file is not the text", lang)
		}
		for typed, want := range map[string]string{b.body: "yes", strings.Replace(text, words[0], words[1], 1): "no"} {
			b.post(t, "/deleted/check", "text="+typed)
			if !slices.Contains(attributes(b.body, "data-signed"), want) {
				t.Errorf("%s: the check did not say %s", lang, want)
			}
		}
		b.get(t, "/security")
		_, key, _ := strings.Cut(text, "Ed25519-key: ")
		key, _, _ = strings.Cut(key, "\n")
		if !strings.Contains(html.UnescapeString(b.body), key) {
			t.Errorf("%s: the key is not that of the page about security", lang)
		}
	}
	if n := s.Count(t, "own") + s.Count(t, "code") + s.Count(t, "reg"); n != 0 {
		t.Errorf("%d records are left", n)
	}
}
