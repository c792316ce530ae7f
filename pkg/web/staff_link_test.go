package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

const staffPassword = "fire ord langs fjorden"

// staffAccept fills in the form of a link as asked for, but for the changes.
func staffAccept(t testing.TB, s *site, path string, changes ...string) *browser {
	t.Helper()
	b := s.browser(t)
	b.get(t, path)
	staffWant(t, b, http.StatusOK, "")
	fields := map[string]string{"setup": staffField(t, b, "setup"), "totp": staffApp(t, s, b), "password": staffPassword,
		"again": staffPassword, "name": "Ola Ny", "email": "ola@klinikk.example", "workplace": "Byen"}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		fields[name] = value
	}
	var form []string
	for name, value := range fields {
		form = append(form, name+"="+value)
	}
	b.post(t, path, form...)
	return b
}

// staffField is the value of a hidden field.
func staffField(t testing.TB, b *browser, name string) string {
	t.Helper()
	_, rest, found := strings.Cut(b.body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("there is no field %s", name)
	}
	return value
}

// staffInvite makes a link and returns its path.
func staffInvite(t testing.TB, s *site, super *browser, email string) string {
	t.Helper()
	super.post(t, "/pro/staff/invite", "name=Ola Ny", "email="+email)
	staffWant(t, super, http.StatusSeeOther, "/pro/staff")
	super.get(t, "/pro/staff")
	return strings.TrimPrefix(attributes(super.body, "data-link")[0], s.URL)
}

func TestALinkIsShownOnceAndWorksOnce(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	super := staffIn(t, s, "super")
	path := staffInvite(t, s, super, "ola@klinikk.example")
	super.get(t, "/pro/staff")
	if len(attributes(super.body, "data-link")) > 0 {
		t.Error("the link is shown again")
	}
	staffAccept(t, s, path, "totp=000") // is looked at and refused without being used up
	b := staffAccept(t, s, path)
	staffWant(t, b, http.StatusSeeOther, "/pro/saved")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := s.browser(t)
		other.do(t, method, path, nil, nil)
		staffWant(t, other, http.StatusGone, "")
	}
}

func TestALinkEndsAfter72Hours(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	path := staffInvite(t, s, staffIn(t, s, "super"), "ola@klinikk.example")
	s.wait(organization.LinkLifetime)
	b := s.browser(t)
	b.get(t, path)
	staffWant(t, b, http.StatusGone, "")
}

func TestARefusedFormKeepsWhatWasTypedButNoPassword(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	path := staffInvite(t, s, staffIn(t, s, "super"), "ola@klinikk.example")
	for change, id := range map[string]string{
		"password=kort":                   "password_differs",
		"again=noe annet enn det andre":   "password_differs",
		"password=111111111111":           "password_simple",
		"password=Fjordklinikken 2026 26": "password_own",
		"totp=000000":                     "totp",
		"name=":                           "name",
		"email=ola":                       "email",
		"email=" + s.staff["pro"].email:   "email_taken",
		"setup=x":                         "setup_expired",
		"password=" + strings.Repeat("fire ord langs fjorden ", 12): "password_long",
	} {
		changes := []string{change}
		if strings.HasPrefix(change, "password=") && id != "password_differs" {
			changes = append(changes, strings.Replace(change, "password=", "again=", 1))
		}
		b := staffAccept(t, s, path, changes...)
		if got := attributes(b.body, "data-error"); b.status < 409 || b.status > 422 || len(got) != 1 || got[0] != id {
			t.Errorf("%s: answered %d %v, want %s", id, b.status, got, id)
		}
		if !strings.Contains(b.body, `value="Byen"`) || strings.Contains(b.body, staffPassword) {
			t.Errorf("%s: the form lost what was typed, or kept the password", id)
		}
		if !strings.Contains(b.body, `id="wrong"`) || !strings.Contains(b.body, `aria-describedby="wrong"`) {
			t.Errorf("%s: the field does not say what is wrong", id)
		}
	}
}

// After a change of language the page has another address, and the form still goes
// to the link, with what was typed.
func TestALinkIsUsedAfterAChangeOfLanguage(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	path := staffInvite(t, s, staffIn(t, s, "super"), "ola@klinikk.example")
	b := s.browser(t)
	b.get(t, path)
	b.post(t, "/language", "lang=nn", "from="+path, "setup="+staffField(t, b, "setup"), "name=Ola Halv", "password=")
	b.expect(t, http.StatusOK, `action="`+path+`"`)
	b.expect(t, http.StatusOK, `value="Ola Halv"`)
}

func TestTheAppsSecretIsGoodForAnHour(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	path := staffInvite(t, s, staffIn(t, s, "super"), "ola@klinikk.example")
	b := s.browser(t)
	b.get(t, path)
	setup := staffField(t, b, "setup")
	s.wait(time.Hour)
	b.post(t, path, "setup="+setup, "totp="+staffApp(t, s, b), "password="+staffPassword, "again="+staffPassword, "name=Ola", "email=ola@klinikk.example")
	staffWant(t, b, http.StatusUnprocessableEntity, "")
	if staffField(t, b, "setup") == setup {
		t.Error("the old secret is offered again")
	}
}

func TestWhoIsNewWaitsUntilAColleagueLetsThemIn(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	staffShares(t, s, "pro", "1")
	super := staffIn(t, s, "super")
	b := staffAccept(t, s, staffInvite(t, s, super, "ola@klinikk.example"))
	b.get(t, "/pro/saved")
	if len(attributes(b.body, "data-recovery-code")) != 8 || len(attributes(b.body, "data-recovery-key")) != 0 {
		t.Error("the page does not show exactly the recovery codes")
	}
	b.post(t, "/pro/saved", "spare=saved")
	b.get(t, "/pro/saved")
	staffWant(t, b, http.StatusSeeOther, "/pro")
	for _, path := range []string{"/pro", "/pro/codes", "/pro/staff", "/pro/audit"} {
		b.get(t, path)
		if b.status != http.StatusOK || !strings.Contains(b.body, `action="/pro/recover"`) || strings.Contains(b.body, "data-reference") {
			t.Errorf("%s: answered %d with something else than how to be let in", path, b.status)
		}
	}
	b.get(t, "/pro/profile")
	staffWant(t, b, http.StatusOK, "")

	pro := staffIn(t, s, "pro") // no super user is needed
	pro.get(t, "/pro/staff")
	_, after, _ := strings.Cut(pro.body, `data-state="waiting"`)
	id := staffField(t, &browser{body: after}, "professional")
	pro.post(t, "/pro/staff/let-in", "professional="+id)
	staffWant(t, pro, http.StatusSeeOther, "/pro/staff")
	b.get(t, "/pro/codes")
	if b.status != http.StatusOK || !strings.Contains(b.body, `action="/pro/codes"`) {
		t.Error("who was let in still waits")
	}
}

func TestAResetStopsTheOldLoginAndGivesANewOne(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	super, pro := staffIn(t, s, "super"), staffIn(t, s, "pro")
	id := staffID(t, super, "pro")
	super.post(t, "/pro/staff/reset", "professional="+id)
	super.get(t, "/pro/staff")
	path := strings.TrimPrefix(attributes(super.body, "data-link")[0], s.URL)
	pro.get(t, "/pro")
	staffWant(t, pro, http.StatusSeeOther, "/pro/login")
	super.post(t, "/pro/staff/let-in", "professional="+id)
	staffWant(t, super, http.StatusConflict, "") // not before the link is used
	b := staffAccept(t, s, path)
	staffWant(t, b, http.StatusSeeOther, "/pro/saved")
	super.post(t, "/pro/staff/let-in", "professional="+id)
	b.get(t, "/pro/profile")
	if !strings.Contains(b.body, "Fagperson pro") || strings.Contains(b.body, "Ola Ny") {
		t.Error("a reset changed the name")
	}
}

// The first super user of a business goes the way from the operator's link to
// the first code.
func TestALoneSuperUserTypesTheRecoveryKeyBackBeforeTheFirstCode(t *testing.T) {
	s := newSite(t, nil)
	var token string
	s.Update(t, func(tx store.Tx) error {
		id, err := organization.Create(tx, organization.Business{Name: "Fjordklinikken", Number: "974760673"})
		if err != nil {
			return err
		}
		token, err = organization.Invite(tx, s.Ring, organization.Link{Business: id, Super: true}, s.Now())
		return err
	})
	b := staffAccept(t, s, "/pro/link/"+token)
	b.get(t, "/pro/saved")
	key := attributes(b.body, "data-recovery-key")[0]
	b.post(t, "/pro/codes", "count=1")
	staffWant(t, b, http.StatusForbidden, "")
	b.post(t, "/pro/saved", "recovery="+key[:len(key)-1])
	staffWant(t, b, http.StatusUnprocessableEntity, "")
	b.post(t, "/pro/saved", "recovery= "+strings.ToLower(key[:40])+"\n "+key[40:])
	staffWant(t, b, http.StatusSeeOther, "/pro/saved")
	b.get(t, "/pro/saved")
	if strings.Contains(b.body, key) {
		t.Error("the key is shown after it was confirmed")
	}
	b.post(t, "/pro/saved", "spare=saved")
	b.get(t, "/pro")
	if strings.Contains(b.body, `href="/pro/saved"`) {
		t.Error("the overview still asks to keep something safe")
	}
	b.post(t, "/pro/codes", "count=1")
	staffWant(t, b, http.StatusOK, "")

	// Somebody who waits can use the key in place of a colleague.
	c := staffAccept(t, s, staffInvite(t, s, b, "kari@klinikk.example"), "email=kari@klinikk.example")
	c.post(t, "/pro/recover", "recovery="+strings.Repeat("x", 80))
	staffWant(t, c, http.StatusUnprocessableEntity, "")
	c.post(t, "/pro/recover", "recovery="+key)
	staffWant(t, c, http.StatusSeeOther, "/pro")
	c.get(t, "/pro")
	if strings.Contains(c.body, `action="/pro/recover"`) {
		t.Error("who has the recovery key still waits")
	}
}
