package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const day = 24 * time.Hour

// dates are how the day 2026-08-30, the last of the sharing, is written.
var dates = map[string]string{"nb": "30. august 2026", "nn": "30. august 2026", "en": "30 August 2026"}

func sharingEnded(b *browser) []string { return attributes(b.body, "data-sharing-ended") }

// sharing is a user who shares mappings and days of use.
func (s *site) sharing(t testing.TB) (b *browser, code string) {
	t.Helper()
	code, _ = s.issue(t, "pro")
	b = s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=mapping", "category=activity")
	return b, code
}

// shareWithAnother connects an account with a second service and shares.
func (s *site) shareWithAnother(t testing.TB, code string) {
	t.Helper()
	b, _, _ := s.Business(t, s.Now())
	parsed, err := accesscode.Parse(code)
	check(t, err)
	s.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, s.Ring, parsed, s.Now())
		if err != nil {
			return err
		}
		service := consent.Connect(found.Account, b.ID, "7KQ2M9")
		if err := consent.Share(tx, found.Account, b, service, []string{vault.Mapping}, s.Now()); err != nil {
			return err
		}
		return found.Account.Save(tx)
	})
}

// ended deletes every grant, as a business that is closed does.
func (s *site) ended(t testing.TB) {
	t.Helper()
	s.Update(t, func(tx store.Tx) error {
		var keys [][]byte
		for e, err := range tx.Range("grant", []byte{0}, nil) {
			if err != nil {
				return err
			}
			keys = append(keys, slices.Clone(e.Key))
		}
		for _, key := range keys {
			if err := tx.Delete("grant", key); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestTheClockSpeaksThreeLanguages(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b, code := s.sharing(t)
	categories := map[string]string{"nb": "Besøk", "nn": "Besøk", "en": "Visits"}
	for _, c := range []struct {
		wait  time.Duration
		place string
		want  string
	}{
		{154 * day, "/me", `value="later"`},
		{21 * day, "/me/question", `value="later"`},
		{7 * day, "/me", `action="/me/understood"`},
	} {
		s.wait(c.wait)
		b.post(t, "/login", "code="+code)
		for lang, date := range dates {
			b.post(t, "/language", "lang="+lang, "from="+c.place)
			b.get(t, c.place)
			for _, want := range []string{c.want, date, categories[lang], "Fjordklinikken", `lang="` + lang + `"`} {
				if !strings.Contains(b.body, want) {
					t.Errorf("%s in %s lacks %q", c.place, lang, want)
				}
			}
		}
	}
}

func TestAUserIsToldThatTheServiceHasEndedTheSharing(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b, code := s.sharing(t)
	s.wait(30 * day)
	s.ended(t)
	b.post(t, "/login", "code="+code)
	if b.get(t, "/me"); !slices.Equal(sharingEnded(b), []string{"service"}) {
		t.Fatalf("told %q", sharingEnded(b))
	}
	for lang, want := range map[string]string{
		"nb": "Fjordklinikken, eller de som driver tjenesten, avsluttet delingen 1. april 2026 eller før.",
		"nn": "Fjordklinikken, eller dei som driv tenesta, avslutta delinga 1. april 2026 eller før.",
		"en": "Fjordklinikken, or those who run the service, ended the sharing on 1 April 2026 or before.",
	} {
		b.post(t, "/language", "lang="+lang, "from=/me")
		if b.get(t, "/me"); !strings.Contains(b.body, want) {
			t.Errorf("in %s it does not say %q", lang, want)
		}
		if slices.Contains(attributes(b.body, "value"), "share") {
			t.Errorf("in %s it offers to share again with who has ended it", lang)
		}
	}
	b.post(t, "/me/understood")
	if b.get(t, "/me"); len(sharingEnded(b)) != 0 {
		t.Error("it is told again")
	}
	if b.get(t, "/me/export"); !strings.Contains(b.body, `"ended": "service"`) {
		t.Error("the export does not say why it ended")
	}
}

// Two services ask one after the other, and each answer is about one of them.
func TestTwoServicesAskOneAfterTheOther(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b, code := s.sharing(t)
	s.shareWithAnother(t, code)
	s.wait(176 * day)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me")
	if b.location != "/me/question" {
		t.Fatalf("the start page led to %q", b.location)
	}
	b.get(t, "/me/question")
	first := staffField(t, b, "service")
	b.post(t, "/me/question", "service="+first, "answer=later")
	if b.get(t, "/me"); b.location != "/me/question" {
		t.Fatal("the second question is not asked")
	}
	b.get(t, "/me/question")
	if staffField(t, b, "service") == first {
		t.Error("the same question is asked again")
	}
	b.post(t, "/me/question", "answer=no")
	if b.status != http.StatusUnprocessableEntity {
		t.Errorf("an answer that names no service got %d", b.status)
	}
	b.get(t, "/me/question")
	b.post(t, "/me/question", "service="+staffField(t, b, "service"), "answer=no")
	b.get(t, "/me")
	if shared := attributes(b.body, "data-shared"); b.status != http.StatusOK || !slices.Equal(shared, []string{"yes", "no"}) {
		t.Errorf("the start page answered %d: %q", b.status, shared)
	}
}

func TestALoginAfterYearsSaysHowNearTheRetirementWas(t *testing.T) {
	s := newSite(t, nil) // on 2 March 2026
	s.service(t)
	code, _ := s.issue(t, "pro")
	b := s.take(t, code)
	near := func() bool {
		b.post(t, "/login", "code="+code)
		b.get(t, "/me")
		return slices.Contains(attributes(b.body, "data-retirement"), "near")
	}
	s.wait(365 * day)
	if near() { // last used in March 2027 from now on
		t.Error("said after a year")
	}
	s.mu.Lock()
	s.now = time.Date(2032, 1, 10, 12, 0, 0, 0, time.UTC)
	s.mu.Unlock()
	if !near() {
		t.Fatal("not said after four years and ten months")
	}
	for lang, want := range map[string][2]string{"nb": {"april 2032", "2037"}, "nn": {"april 2032", "2037"}, "en": {"April 2032", "2037"}} {
		b.post(t, "/language", "lang="+lang, "from=/me")
		if b.get(t, "/me"); !strings.Contains(b.body, want[0]) || !strings.Contains(b.body, want[1]) {
			t.Errorf("in %s it does not say %v", lang, want)
		}
	}
	if near() {
		t.Error("said again at the next login")
	}
	b.get(t, "/me/settings")
	last := attributes(b.body, "data-last-day")
	from, to := "2037-01-31", "2037-02-28" // the day of deletion is one of February
	if len(last) != 1 || last[0] < from || last[0] >= to {
		t.Errorf("settings say %q", last)
	}
	b.get(t, "/me/data")
	if after, err := time.Parse(time.DateOnly, last[0]); err != nil || !strings.Contains(b.body, after.AddDate(0, 0, 1).Format(time.DateOnly)) {
		t.Error("settings and the list of everything disagree")
	}
}

func TestSheetsSayHowLongACodeLives(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := s.browser(t)
	for lang, want := range map[string]string{"nb": "fem år etter at du sist brukte", "nn": "fem år etter at du sist brukte", "en": "five years after you last used"} {
		b.post(t, "/language", "lang="+lang, "from=/")
		if b.post(t, "/start"); !strings.Contains(b.body, want) {
			t.Errorf("the sheet in %s does not say %q", lang, want)
		}
	}
	pro := staffIn(t, s, "pro")
	if pro.post(t, "/pro/codes", "count=1"); !strings.Contains(pro.body, "fem år etter at du sist brukte") {
		t.Error("an issued sheet does not say it")
	}
}
