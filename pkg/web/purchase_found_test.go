package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/payment"
)

// TestMoneyIsGivenBackOnlyWhenItWasAskedFirst: the page says which purchase, and
// nothing happens before it is answered.
func TestMoneyIsGivenBackOnlyWhenItWasAskedFirst(t *testing.T) {
	s := newShop(t, nil)
	staff := s.staffOfShop(t)
	b := s.paid(t)
	reference := payment.ID(b.Purchase).Reference()
	to := "/staff/purchases/" + reference + "/refund"
	staff.get(t, "/staff/purchases")
	if !strings.Contains(staff.body, `href="`+to+`"`) {
		t.Fatal("the list does not lead to the question")
	}
	for _, ask := range []func(){func() { staff.get(t, to) }, func() { staff.post(t, to) }, func() { staff.post(t, to, "confirm=no") }} {
		ask()
		said := strings.Contains(staff.body, "490,00 NOK") && strings.Contains(staff.body, reference[:8]) && strings.Contains(staff.body, "4242")
		if staff.status != http.StatusOK || !said || !strings.Contains(staff.body, `name="confirm" value="yes"`) {
			t.Errorf("the question was answered %d, and names day, amount and number: %t", staff.status, said)
		}
	}
	if s.ask(t, "/buy/status", number(b)).State != "paid" || len(s.operatorLog(t)) > 0 {
		t.Fatal("the money went back without an answer")
	}
	staff.post(t, to, "confirm=yes")
	staffWant(t, staff, http.StatusSeeOther, "/staff/purchases")
	staff.get(t, to)
	staffWant(t, staff, http.StatusSeeOther, "/staff/purchases")
	staff.get(t, "/staff/purchases/00ff/refund")
	if s.ask(t, "/buy/status", number(b)).State != "refunded" || staff.status != http.StatusNotFound {
		t.Errorf("a purchase that is none answered %d", staff.status)
	}
}

// TestStaffSeeWhatTheNightFound: what did not agree with the provider's lists,
// and at the purchase that its refund has failed, which its buyer is told too.
func TestStaffSeeWhatTheNightFound(t *testing.T) {
	s := newShop(t, nil)
	staff := s.staffOfShop(t)
	b := s.paid(t)
	staff.get(t, "/staff/purchases")
	if got := attributes(staff.body, "data-found"); len(got) > 0 || !strings.Contains(staff.body, "ikke gjort helt igjennom") {
		t.Errorf("before any night: %v", got)
	}
	check(t, s.desk.Night(t.Context(), s.Now()))
	s.ask(t, "/buy/refund", number(b))
	s.tell(t)
	s.provider.FailRefund(s.provider.Checkouts()[0].Intent)
	check(t, s.desk.Night(t.Context(), s.Now()))
	staff.get(t, "/staff/purchases")
	if got := attributes(staff.body, "data-found"); !slices.Equal(got, []string{payment.FoundFailed}) {
		t.Errorf("found were %v", got)
	}
	for _, text := range []string{"490,00 NOK", "ikke tok imot", "Banken tok ikke imot pengene", "Sist gjort helt igjennom"} {
		if !strings.Contains(staff.body, text) {
			t.Errorf("%q is not said", text)
		}
	}
	if raw := s.ask(t, "/buy/status", number(b)).raw; !strings.Contains(raw, `"kept":true`) {
		t.Error("the buyer is not told")
	}
	day := s.Now().Format("2006-01-02")
	staff.post(t, "/staff/accounts", "from="+day, "to="+day)
	if !strings.Contains(staff.body, "refund_failed;access;490,00;98,00;NOK") {
		t.Errorf("the accounts are\n%s", staff.body)
	}
}

// TestAScriptIsToldInJSONWhateverItDoesWrong: also with another method, and a
// number that is no purchase is not a page that is missing.
func TestAScriptIsToldInJSONWhateverItDoesWrong(t *testing.T) {
	s := newShop(t, nil)
	stranger := s.browser(t)
	for _, path := range []string{"/redeem", "/buy/signature", "/stripe/webhook"} {
		stranger.get(t, path)
		if stranger.status != http.StatusMethodNotAllowed || !strings.HasPrefix(stranger.body, `{"error":`) {
			t.Errorf("GET %s answered %d: %.40s", path, stranger.status, stranger.body)
		}
	}
	if stranger.get(t, "/buy"); !strings.Contains(stranger.body, "<!doctype html>") {
		t.Error("/buy is a page")
	}
	if got := s.ask(t, "/buy/status", map[string]any{"purchase_id": strings.Repeat("A", 22)}); got.Error != "purchase_unknown" || !strings.Contains(got.Text, "kjøp") {
		t.Errorf("an unknown purchase is told %q", got.Text)
	}
}
