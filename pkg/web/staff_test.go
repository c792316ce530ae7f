package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// staffIn logs a professional in.
func staffIn(t testing.TB, s *site, name string) *browser {
	t.Helper()
	b := s.browser(t)
	who := s.staff[name]
	b.post(t, "/pro/login", "email="+who.email, "password="+who.password, "totp="+s.code(t, name))
	staffWant(t, b, http.StatusSeeOther, "/pro")
	return b
}

func staffWant(t testing.TB, b *browser, status int, location string) {
	t.Helper()
	if b.status != status || b.location != location {
		t.Fatalf("answered %d %q, want %d %q; errors on the page: %v", b.status, b.location, status, location, attributes(b.body, "data-error"))
	}
}

// staffShares makes a user who shares the score of a finished GAD-7 with the
// professional's business.
func staffShares(t testing.TB, s *site, by string, answer string) (reference string) {
	t.Helper()
	code, reference := s.issue(t, by)
	b := s.browser(t)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/welcome", "category=mapping", "own_code=no")
	var fields []string
	for item := range strings.FieldsSeq("q1 q2 q3 q4 q5 q6 q7") {
		fields = append(fields, item+"="+answer)
	}
	b.post(t, "/me/mapping/gad7", fields...)
	if b.status != http.StatusSeeOther {
		t.Fatalf("the mapping answered %d", b.status)
	}
	return reference
}

// staffID is the id of a professional as a form names it.
func staffID(t testing.TB, b *browser, name string) string {
	t.Helper()
	b.get(t, "/pro/staff")
	m := regexp.MustCompile(`data-professional="([0-9a-f]{32})"[^>]*>\s*<th scope="row">Fagperson ` + name).FindStringSubmatch(b.body)
	if m == nil {
		t.Fatalf("%s is not in the list", name)
	}
	return m[1]
}

// staffState is the state of a professional in the list.
func staffState(t testing.TB, b *browser, id string) string {
	t.Helper()
	b.get(t, "/pro/staff")
	m := regexp.MustCompile(`data-professional="` + id + `" data-state="([a-z]+)"`).FindStringSubmatch(b.body)
	if m == nil {
		t.Fatal("the professional is not in the list")
	}
	return m[1]
}

func TestAnUnknownAddressAWrongPasswordAndAWrongCodeAreOneAnswer(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	who := s.staff["pro"]
	good := s.code(t, "pro")
	answers := map[string]string{}
	for name, form := range map[string][]string{
		"address":  {"email=nobody@klinikk.example", "password=" + who.password, "totp=" + good},
		"password": {"email=" + who.email, "password=" + who.password + "x", "totp=" + good},
		"code":     {"email=" + who.email, "password=" + who.password, "totp=12"},
	} {
		b := s.browser(t)
		b.post(t, "/pro/login", form...)
		staffWant(t, b, http.StatusUnauthorized, "")
		if len(b.header.Values("Set-Cookie")) > 0 {
			t.Errorf("a wrong %s sets a cookie", name)
		}
		answers[name] = strings.ReplaceAll(strings.ReplaceAll(b.body, "nobody@klinikk.example", ""), who.email, "")
	}
	for name, body := range answers {
		if body != answers["address"] {
			t.Errorf("a wrong %s is answered differently from an unknown address", name)
		}
	}
}

func TestLoggingOutEndsTheSession(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := staffIn(t, s, "pro")
	held := cookie(t, b, "p")
	b.post(t, "/pro/stay")
	staffWant(t, b, http.StatusSeeOther, "/pro")
	b.post(t, "/pro/logout")
	staffWant(t, b, http.StatusSeeOther, "/pro/login")
	b.do(t, http.MethodGet, "/pro", nil, http.Header{"Cookie": {"p=" + held}})
	staffWant(t, b, http.StatusSeeOther, "/pro/login")
}

func TestADeactivatedProfessionalIsOutAtTheNextRequest(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "1")
	super, pro, other := staffIn(t, s, "super"), staffIn(t, s, "pro"), staffIn(t, s, "other")
	super.post(t, "/pro/staff/deactivate", "professional="+staffID(t, super, "other"))
	staffWant(t, super, http.StatusSeeOther, "/pro/staff")
	other.get(t, "/pro")
	staffWant(t, other, http.StatusSeeOther, "/pro/login")
	other.post(t, "/pro/login", "email="+s.staff["other"].email, "password="+s.staff["other"].password, "totp="+s.code(t, "other"))
	staffWant(t, other, http.StatusUnauthorized, "")

	// The business has a new identity; the sessions of the others follow.
	for name, b := range map[string]*browser{"who did it": super, "a colleague": pro} {
		b.get(t, "/pro/codes")
		if b.status != http.StatusOK {
			t.Errorf("the session of %s answered %d", name, b.status)
		}
	}
	pro.get(t, "/pro/users/"+reference)
	staffWant(t, pro, http.StatusOK, "")
}

func TestTheLastSuperUserStays(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	super := staffIn(t, s, "super")
	id := staffID(t, super, "super")
	for path, field := range map[string]string{"/pro/staff/deactivate": "", "/pro/staff/super": "super=no", "/pro/staff/reset": ""} {
		super.post(t, path, "professional="+id, field)
		if super.status != http.StatusConflict {
			t.Errorf("%s on the last super user answered %d", path, super.status)
		}
	}
	super.post(t, "/pro/staff/super", "professional="+staffID(t, super, "pro"), "super=yes")
	super.post(t, "/pro/staff/super", "professional="+id, "super=no")
	staffWant(t, super, http.StatusSeeOther, "/pro/staff")
}

func TestOnlySuperUsersManageAndOnlyTheirOwnBusiness(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	pro, super := staffIn(t, s, "pro"), staffIn(t, s, "super")
	id := staffID(t, super, "other")
	for _, path := range []string{"invite", "reset", "deactivate", "super"} {
		pro.post(t, "/pro/staff/"+path, "professional="+id, "name=A", "email=a@b.example")
		if pro.status != http.StatusForbidden {
			t.Errorf("%s by a professional answered %d", path, pro.status)
		}
	}
	pro.get(t, "/pro/business")
	staffWant(t, pro, http.StatusForbidden, "")

	var elsewhere organization.ID
	s.Update(t, func(tx store.Tx) (err error) {
		elsewhere, err = organization.Create(tx, organization.Business{Name: "Annen klinikk", Number: "310000003"})
		return err
	})
	s.join(t, "stranger", organization.Link{Business: elsewhere, Super: true})
	stranger := staffIn(t, s, "stranger")
	for _, path := range []string{"let-in", "reset", "deactivate", "super"} {
		stranger.post(t, "/pro/staff/"+path, "professional="+id)
		if stranger.status != http.StatusNotFound {
			t.Errorf("%s on another business's professional answered %d", path, stranger.status)
		}
	}
	_, reference := s.issue(t, "pro")
	for _, path := range []string{"hand-over", "cover"} {
		pro.post(t, "/pro/users/"+reference+"/"+path, "professional="+hexName(s, "stranger"), "until=2026-03-03")
		if pro.status != http.StatusNotFound {
			t.Errorf("%s to another business's professional answered %d", path, pro.status)
		}
	}
	if state := staffState(t, super, id); state != "active" {
		t.Errorf("the professional is %s", state)
	}
}

func TestARecoveryCodeIsGoodOnceInPlaceOfTheApp(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	joined := s.join(t, "new", organization.Link{Business: s.business.ID})
	for _, want := range []int{http.StatusSeeOther, http.StatusUnauthorized} {
		b := s.browser(t)
		b.post(t, "/pro/login", "email="+s.staff["new"].email, "password="+s.staff["new"].password, "totp="+strings.ToLower(joined.Spare[0]))
		if b.status != want {
			t.Errorf("answered %d, want %d", b.status, want)
		}
	}
}

// staffApp is the code that an app shows for a secret on a page.
func staffApp(t testing.TB, s *site, b *browser) string {
	t.Helper()
	code, err := totp.GenerateCode(attributes(b.body, "data-totp-secret")[0], s.Now())
	check(t, err)
	return code
}

func TestAProfileIsChangedAndHandedOutWithoutSecrets(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := staffIn(t, s, "pro")
	b.post(t, "/pro/profile", "name=Siri Ny", "workplace=Poliklinikken", "position=Psykolog")
	staffWant(t, b, http.StatusSeeOther, "/pro/profile")
	b.post(t, "/pro/profile", "name=")
	staffWant(t, b, http.StatusUnprocessableEntity, "")
	s.wait(time.Minute)
	b.get(t, "/pro/profile/export")
	for _, want := range []string{"Siri Ny", "Poliklinikken", "Psykolog", s.staff["pro"].email} {
		if !strings.Contains(b.body, want) {
			t.Errorf("the download lacks %q", want)
		}
	}
	if strings.Contains(b.body, s.staff["pro"].totp) || strings.Contains(b.body, "AGE-SECRET") {
		t.Error("the download holds a secret")
	}
}
