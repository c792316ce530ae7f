package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// sent makes a user who has sent a message, and returns its id.
func (s *site) sent(t *testing.T, text string) (b *browser, id string) {
	t.Helper()
	code, _ := s.issue(t, "pro")
	b = s.take(t, code)
	b.post(t, "/me/messages", "kind=suggestion", "text="+text)
	b.get(t, "/me/messages")
	return b, attributes(b.body, "data-message")[0]
}

func TestNoMessageIsOpenedUnlessItsAuditEntryStands(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	_, id := s.sent(t, "larger-letters-please")
	staff := s.operatorIn(t)
	staff.get(t, "/staff")
	if strings.Contains(staff.body, "larger-letters-please") {
		t.Error("the list shows what stands in a message")
	}
	staff.get(t, "/staff/requests/"+id)
	if staff.status != http.StatusOK || !strings.Contains(staff.body, "larger-letters-please") {
		t.Errorf("a message answered %d", staff.status)
	}
	if got := s.operatorLog(t); !slices.Equal(got, []string{audit.Request}) {
		t.Errorf("the log holds %v", got)
	}
	s.Update(t, func(tx store.Tx) error {
		b, err := organization.Operator(tx)
		if err != nil {
			return err
		}
		return tx.Put("chain", s.Ring.Index("chain", b.ID[:]), []byte("spoilt"))
	})
	staff.get(t, "/staff/requests/"+id)
	if staff.status != http.StatusInternalServerError || strings.Contains(staff.body, "larger-letters-please") {
		t.Errorf("without an entry in the log a message answered %d", staff.status)
	}
}

// operatorIn logs in the operator's staff.
func (s *site) operatorIn(t *testing.T) *browser {
	t.Helper()
	b := s.browser(t)
	b.post(t, "/pro/login", "email="+s.staff["staff"].email, "password="+s.staff["staff"].password, "totp="+s.code(t, "staff"))
	staffWant(t, b, http.StatusSeeOther, "/staff")
	return b
}

// operatorLog is what the operator's own log says was done.
func (s *site) operatorLog(t *testing.T) (what []string) {
	t.Helper()
	s.View(t, func(r store.Reader) error {
		b, err := organization.Operator(r)
		if err != nil {
			return err
		}
		what = nil
		for e, err := range audit.For(s.Ring, b.ID[:]).Entries(r, 0) {
			if err != nil {
				return err
			}
			what = append(what, e.What)
		}
		return nil
	})
	return what
}

func TestAMessageTakesEveryCharacterThatIsAllowed(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	long := strings.Repeat("å\r\n", 1999) // the end of a line is one
	b, id := s.sent(t, long+"åå")
	b.get(t, "/me/messages/"+id)
	if n := strings.Count(b.body, "å\n"); n < 1999 {
		t.Errorf("%d lines came back", n)
	}
	b.post(t, "/me/messages", "kind=suggestion", "text="+long+"ååå")
	if b.status != http.StatusUnprocessableEntity || attributes(b.body, "data-error")[0] != "message_long" {
		t.Errorf("one character too many answered %d", b.status)
	}
}

func TestAMessageWithACodeInItIsNotTaken(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	b, _ := s.sent(t, "hello")
	code := accesscode.New().Grouped()
	for !strings.ContainsAny(code, "0123456789") { // as one in 2,000 is
		code = accesscode.New().Grouped()
	}
	b.post(t, "/me/messages", "kind=suggestion", "text=I am "+code+" and cannot get in.")
	if b.status != http.StatusUnprocessableEntity || attributes(b.body, "data-error")[0] != "message_code" || !strings.Contains(b.body, "and cannot get in.") {
		t.Errorf("a message with a code answered %d", b.status)
	}
	b.get(t, "/me/messages")
	if n := len(attributes(b.body, "data-message")); n != 1 {
		t.Errorf("%d messages were taken, want the one before", n)
	}
}

func TestOnAFullStoreAnswersAreReadAndWhatIdentifiesIsDeleted(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	s.service(t)
	s.operator(t)
	b, id := s.sent(t, "hello")
	staff := s.operatorIn(t)
	s.Fill(t)
	b.post(t, "/me/messages", "kind=suggestion", "text=again")
	if b.status != http.StatusInsufficientStorage || !strings.Contains(b.body, ">again</textarea>") {
		t.Errorf("a message in a full store answered %d", b.status)
	}
	staff.get(t, "/staff/requests/"+id)
	staffWant(t, staff, http.StatusOK, "")
	staff.post(t, "/staff/requests/"+id+"/delete")
	staffWant(t, staff, http.StatusSeeOther, "/staff")
	b.get(t, "/me/messages/"+id)
	if b.status != http.StatusOK || attributes(b.body, "data-outcome")[0] != "identified" {
		t.Errorf("reading an answer on a full store answered %d", b.status)
	}
}

// TestBothSidesForget: the tickets of messages that are gone go at the next
// login, of a user and of a professional.
func TestBothSidesForget(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	code, _ := s.issue(t, "pro")
	s.take(t, code).post(t, "/me/messages", "kind=suggestion", "text=hello")
	staffIn(t, s, "pro").post(t, "/pro/messages", "kind=behalf", "about=access")
	if user, pro := s.tickets(t, code, "pro"); user != 1 || pro != 1 {
		t.Fatalf("the user keeps %d tickets, the professional %d", user, pro)
	}
	s.wait(request.KeptAtMost * 24 * time.Hour)
	s.browser(t).post(t, "/login", "code="+code)
	staffIn(t, s, "pro")
	if user, pro := s.tickets(t, code, "pro"); user != 0 || pro != 0 {
		t.Errorf("after half a year the user keeps %d tickets, the professional %d", user, pro)
	}
}

// tickets counts those of an account and of a professional.
func (s *site) tickets(t *testing.T, code, professional string) (user, pro int) {
	t.Helper()
	parsed, err := accesscode.Parse(code)
	check(t, err)
	s.View(t, func(r store.Reader) error {
		found, err := account.Find(r, s.Ring, parsed, s.Now())
		if err != nil {
			return err
		}
		p, err := organization.ProfessionalByID(r, s.staff[professional].id)
		user, pro = len(found.Account.Data.Tickets), len(p.Tickets)
		return err
	})
	return user, pro
}
