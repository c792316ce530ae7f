package web_test

import (
	"net/http"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// begin closes the business; nothing is deleted yet.
func (s *site) begin(t testing.TB) {
	t.Helper()
	s.Update(t, func(tx store.Tx) error { return closing.Begin(tx, s.Ring, s.business.ID, "kari", s.Now()) })
}

// close closes the business, in the two parts that it has.
func (s *story) close(_ *testscript.TestScript, _ bool, args []string) {
	if args[0] == "begin" {
		s.site.begin(s.t)
		return
	}
	for more := true; more; {
		s.site.Update(s.t, func(tx store.Tx) (err error) {
			more, err = closing.Step(tx, s.site.Ring, s.site.business.ID)
			return err
		})
	}
}

// TestNobodyGetsIntoAClosedBusiness by a session, a login, a link or a form
// that was open, though nothing of it is deleted yet.
func TestNobodyGetsIntoAClosedBusiness(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "1")
	super := staffIn(t, s, "super")
	sessions := map[string]*browser{}
	for _, path := range []string{"/pro", "/pro/users/" + reference, "/pro/audit", "/pro/profile/export", "/pro/codes"} {
		sessions[path] = staffIn(t, s, "pro")
		if sessions[path].get(t, path); sessions[path].status != http.StatusOK {
			t.Fatalf("%s answered %d before the end", path, sessions[path].status)
		}
	}
	link := staffInvite(t, s, super, "ola@klinikk.example")
	s.begin(t)
	for path, b := range sessions {
		b.get(t, path)
		staffWant(t, b, http.StatusSeeOther, "/pro/login")
	}
	codes := s.Count(t, "code")
	super.post(t, "/pro/codes", "count=1")
	staffWant(t, super, http.StatusSeeOther, "/pro/login")
	if s.Count(t, "code") != codes {
		t.Error("a code was issued")
	}
	b := s.browser(t)
	b.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	staffWant(t, b, http.StatusUnauthorized, "")
	b.get(t, link)
	staffWant(t, b, http.StatusGone, "")
	for _, name := range []string{"super", "pro"} {
		s.View(t, func(r store.Reader) error {
			_, err := organization.ProfessionalByEmail(r, s.Ring, s.staff[name].email)
			return err // they are stored still: it is the mark that keeps them out
		})
	}
}
