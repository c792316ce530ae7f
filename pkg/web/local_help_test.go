package web_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// local are the names of those whom a page shows above the national numbers.
// It fails the test when a national number is missing, or stands above.
func local(t *testing.T, b *browser) []string {
	t.Helper()
	names := attributes(b.body, "data-local-help")
	for _, c := range config.Default().Crisis {
		tel := `href="tel:` + strings.ReplaceAll(c.Number, " ", "") + `"`
		at := strings.LastIndex(b.body, tel)
		if at < 0 || len(names) > 0 && at < strings.LastIndex(b.body, "data-local-help") {
			t.Errorf("the number %s does not stand below", c.Number)
		}
	}
	return names
}

// helped is a site whose business has written whom its users can turn to.
func helped(t *testing.T) (s *site, super *browser) {
	t.Helper()
	s = newSite(t, nil)
	s.service(t)
	super = staffIn(t, s, "super")
	super.post(t, "/pro/business", "name=Fjordklinikken", "number=974760673", "help_unit=Vakta <b>", "help_phone=55 12 34 56",
		"help_hours_nb=Hverdager 8–15", "help_text_en=Come to\r\nthe duty office.")
	staffWant(t, super, http.StatusSeeOther, "/pro/business")
	return s, super
}

func TestABusinesssOwnHelpStandsAboveTheNationalNumbers(t *testing.T) {
	s, super := helped(t)
	super.get(t, "/pro/business")
	if !strings.Contains(html.UnescapeString(super.body), `value="Vakta <b>"`) || !strings.Contains(super.body, "Come to the duty office.") {
		t.Error("the form does not show what was saved")
	}

	code, _ := s.issue(t, "pro")
	b := s.browser(t)
	b.get(t, "/")
	if got := local(t, b); len(got) != 0 {
		t.Errorf("who is not logged in sees %v", got)
	}
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/welcome")
	if got := local(t, b); len(got) != 1 {
		t.Errorf("at the welcome %d are shown", len(got))
	}
	b.post(t, "/me/welcome", "own_code=no")
	b.post(t, "/me/mapping/phq9", "q1=0", "q2=0", "q3=0", "q4=0", "q5=0", "q6=0", "q7=0", "q8=0", "q9=1")
	care := b.location
	for _, path := range []string{"/me", care, "/me/mapping/phq9", "/me/registrations", "/help", "/crisis", "/me/settings", "/me/code"} {
		b.get(t, path)
		got := local(t, b)
		if b.status != http.StatusOK || len(got) == 0 || got[0] != "Vakta <b>" {
			t.Errorf("%s answered %d and shows %v", path, b.status, got)
		}
		if !strings.Contains(b.body, `href="tel:55123456"`) || strings.Contains(b.body, "Vakta <b>") {
			t.Errorf("%s: the number cannot be called, or the name is not escaped", path)
		}
	}
	if !strings.Contains(care, "/care") {
		t.Errorf("the care page was not among them: %s", care)
	}
}

func TestHelpIsShownInTheLanguageThereIs(t *testing.T) {
	s, super := helped(t)
	code, _ := s.issue(t, "pro")
	b := s.take(t, code)
	b.post(t, "/language", "lang=nn", "from=/me")
	b.get(t, "/me")
	if !strings.Contains(b.body, `<span lang="en">Come to the duty office.`) || !strings.Contains(b.body, `lang="nb">Hverdager`) {
		t.Error("what was written in one language only is not shown in another, marked as what it is")
	}
	super.post(t, "/pro/codes", "count=1", "language=nn", "form=a")
	if got := local(t, super); len(got) != 1 || !strings.Contains(super.body, "Come to the duty office.") {
		t.Errorf("the printed sheet shows %v", got)
	}
}

func TestEveryServiceShowsItsOwnHelpUntilItIsClosed(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	s.Update(t, func(tx store.Tx) error {
		s.business.Help = organization.Help{Text: organization.Words{NB: "Møt opp i resepsjonen."}}
		return organization.SaveBusiness(tx, s.business)
	})
	b := s.take(t, code)
	s.connect(t, code, organization.Business{Name: "Bryggen", Number: "310000003", Help: organization.Help{Unit: "Bryggen vakt", Phone: "55 00 00 00"}})
	b.get(t, "/me")
	if got := local(t, b); len(got) != 2 || got[0] != "Fjordklinikken" || got[1] != "Bryggen vakt" {
		t.Errorf("shown: %v", got)
	}
	alone := s.browser(t)
	alone.post(t, "/start", "form=x")
	alone.get(t, "/start/confirm")
	if got := local(t, alone); len(got) != 0 {
		t.Errorf("somebody without a service sees %v", got)
	}
	s.begin(t)
	b.get(t, "/me")
	if got := local(t, b); len(got) != 1 || got[0] != "Bryggen vakt" {
		t.Errorf("of a closed service %v is shown", got)
	}
}

// connect makes another business and connects the account of a code with it.
func (s *site) connect(t *testing.T, code string, b organization.Business) {
	t.Helper()
	parsed, err := accesscode.Parse(code)
	check(t, err)
	s.Update(t, func(tx store.Tx) error {
		id, err := organization.Create(tx, b)
		if err != nil {
			return err
		}
		found, err := account.Find(tx, s.Ring, parsed, s.Now())
		if err != nil {
			return err
		}
		consent.Connect(found.Account, id, "AAAAAA")
		return found.Account.Save(tx)
	})
}

func TestWrongHelpIsSaidAndNothingIsSaved(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	super := staffIn(t, s, "super")
	for field, id := range map[string]string{
		"help_phone=55 12 34 56":                        "help_unit",
		"help_unit=Vakt":                                "help_phone",
		"help_hours_nb=alltid":                          "help_hours",
		"help_text_nn=" + strings.Repeat("å", 301):      "help_text",
		"help_text_en=\x00":                             "help_text",
		"help_unit=" + strings.Repeat("Vaktordning", 9): "help_phone",
	} {
		super.post(t, "/pro/business", "name=Et annet navn", "number=974760673", field)
		if got := attributes(super.body, "data-error"); super.status != http.StatusUnprocessableEntity || len(got) != 1 || got[0] != id {
			t.Errorf("%.20s: answered %d %v, want %s", field, super.status, got, id)
		}
	}
	s.View(t, func(r store.Reader) error {
		b, err := organization.BusinessByID(r, s.business.ID)
		if b.Name != "Fjordklinikken" || b.Help != (organization.Help{}) {
			t.Error("something was saved")
		}
		return err
	})
}
