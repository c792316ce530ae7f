package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/payment"
)

func TestAForgedMessageIsRefusedAndNotedForTheOfficers(t *testing.T) {
	officers := []*age.HybridIdentity{officer(t), officer(t)}
	s := newShop(t, withOfficers(officers))
	b := s.buyer(t)
	s.ask(t, "/buy", order(b))
	check(t, s.provider.Pay(s.provider.Checkouts()[0].ID))
	payload := s.provider.Events()[0].Payload
	forged := s.send(t, "/stripe/webhook", payload, "Stripe-Signature", "t=1,v1=00", "X-Forwarded-For", "192.0.2.7")
	unsigned := s.send(t, "/stripe/webhook", payload, "X-Forwarded-For", "192.0.2.7")
	if forged.status != http.StatusBadRequest || unsigned.status != http.StatusBadRequest || s.ask(t, "/buy/status", number(b)).State != "waiting" {
		t.Errorf("answered %d and %d", forged.status, unsigned.status)
	}
	events := s.opened(t, officers)
	if len(events) != 2 || events[0].Kind != netaddr.ForgedEvent || events[0].Address != "192.0.2.7" {
		t.Errorf("the officers read %v", events)
	}
	if got := s.tell(t); got.status != http.StatusOK || s.ask(t, "/buy/status", number(b)).State != "paid" {
		t.Errorf("the real one answered %d", got.status)
	}
}

// staffOfShop logs in the operator's staff.
func (s *shop) staffOfShop(t *testing.T) *browser {
	t.Helper()
	s.service(t)
	s.operator(t)
	return s.operatorIn(t)
}

func TestStaffSeePurchasesAndNeverACode(t *testing.T) {
	s := newShop(t, nil)
	staff := s.staffOfShop(t)
	b := s.paid(t)
	done := s.ask(t, "/redeem", with(s.proof(t, b), "code", b.Code.Grouped()))
	if done.status != http.StatusOK {
		t.Fatalf("the redemption answered %d", done.status)
	}
	staff.get(t, "/staff/purchases")
	reference := payment.ID(b.Purchase).Reference()
	if got := attributes(staff.body, "data-purchase"); staff.status != http.StatusOK || !slices.Equal(got, []string{reference}) {
		t.Fatalf("the list answered %d with %v\n%s", staff.status, got, s.logged())
	}
	if !strings.Contains(staff.body, "490,00 NOK") || !strings.Contains(staff.body, "4242") || strings.Contains(staff.body, reference+"/refund") {
		t.Error("the list lacks the amount or the digits, or offers a refund of what was fetched")
	}
	for _, secret := range []string{b.Code.Grouped(), text(b.Purchase), text(b.Nonce), text(b.Blinded)[:30]} {
		if strings.Contains(staff.body, secret) {
			t.Error("the list shows what staff must not see")
		}
	}
	staff.post(t, "/staff/purchases/"+reference+"/refund", "confirm=yes")
	if staff.status != http.StatusConflict || attributes(staff.body, "data-error")[0] != "refund_fetched" {
		t.Errorf("the refund of what was fetched answered %d", staff.status)
	}
}

func TestWhoHasPaidAndHasNoCodeIsFoundByDayAmountAndDigits(t *testing.T) {
	s := newShop(t, nil)
	staff := s.staffOfShop(t)
	b := s.paid(t)
	day := s.Now().Format("2006-01-02")
	for _, c := range []struct {
		fields []string
		found  int
		status int
	}{
		{[]string{"day=" + day, "amount=490", "last4=4242"}, 1, http.StatusOK},
		{[]string{"amount=490,00"}, 1, http.StatusOK},
		{[]string{"amount=490.50"}, 0, http.StatusOK},
		{[]string{"day=2026-01-01"}, 0, http.StatusOK},
		{[]string{"last4=1111"}, 0, http.StatusOK},
		{[]string{"day=yesterday"}, 0, http.StatusUnprocessableEntity},
		{[]string{"amount=much"}, 0, http.StatusUnprocessableEntity},
	} {
		staff.post(t, "/staff/purchases/find", c.fields...)
		if got := len(attributes(staff.body, "data-purchase")); staff.status != c.status || got != c.found {
			t.Errorf("%v answered %d with %d purchases", c.fields, staff.status, got)
		}
		if typed := `value="` + strings.SplitN(c.fields[0], "=", 2)[1] + `"`; !strings.Contains(staff.body, typed) {
			t.Errorf("%v: what was typed is gone", c.fields)
		}
	}
	staff.post(t, "/staff/purchases/"+payment.ID(b.Purchase).Reference()+"/refund", "confirm=yes")
	staffWant(t, staff, http.StatusSeeOther, "/staff/purchases")
	if got := s.ask(t, "/buy/signature", number(b)); got.State != "refunded" || got.Signature != "" {
		t.Errorf("the purchase is %s", got.State)
	}
	if log := s.operatorLog(t); !slices.Equal(log, []string{audit.Money}) {
		t.Errorf("the log holds %v", log)
	}
}

func TestTheAccountsAreTakenOutAsATable(t *testing.T) {
	s := newShop(t, nil)
	staff := s.staffOfShop(t)
	s.paid(t)
	intent := s.provider.Checkouts()[0].Intent
	s.provider.Dispute(intent)
	s.tell(t)
	day := s.Now().Format("2006-01-02")
	staff.post(t, "/staff/accounts", "from="+day, "to="+day)
	want := "\ufeffdate;kind;product;amount;vat;currency;stripe_id\r\n" +
		day + ";sale;access;490,00;98,00;NOK;" + intent + "\r\n" + day + ";chargeback;access;-490,00;-98,00;NOK;" + intent + "\r\n"
	if lines := strings.Split(want, "\r\n"); staff.status != http.StatusOK || len(staff.body) != len(want) ||
		slices.ContainsFunc(lines, func(line string) bool { return !strings.Contains(staff.body, line) }) {
		t.Errorf("answered %d:\n%s", staff.status, staff.body)
	}
	staff.post(t, "/staff/accounts", "from=", "to=")
	if staff.status != http.StatusUnprocessableEntity {
		t.Errorf("without days: %d", staff.status)
	}
}

func TestPurchasesAreForTheOperatorsStaffAlone(t *testing.T) {
	s := newShop(t, nil)
	s.service(t)
	s.operator(t)
	pro := staffIn(t, s.site, "pro")
	pro.get(t, "/staff/purchases")
	if pro.status != http.StatusNotFound {
		t.Errorf("a professional was answered %d", pro.status)
	}
	stranger := s.browser(t)
	stranger.do(t, http.MethodPost, "/staff/accounts", url.Values{"from": {"2026-01-01"}, "to": {"2026-12-31"}}, nil)
	if stranger.status != http.StatusSeeOther || strings.Contains(stranger.body, "sale") {
		t.Errorf("a stranger was answered %d", stranger.status)
	}
}

func TestWhereNothingIsSoldThereIsNothingOfIt(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	staff := s.operatorIn(t)
	staff.get(t, "/staff")
	if strings.Contains(staff.body, "/staff/purchases") {
		t.Error("the menu leads to purchases")
	}
	for _, path := range []string{"/staff/purchases", "/buy/issuer.json"} {
		if staff.get(t, path); staff.status != http.StatusNotFound {
			t.Errorf("%s answered %d", path, staff.status)
		}
	}
	for _, path := range []string{"/buy", "/buy/signature", "/redeem", "/stripe/webhook"} {
		if staff.post(t, path); staff.status != http.StatusNotFound {
			t.Errorf("%s answered %d", path, staff.status)
		}
	}
}

// TestNothingOfARedemptionIsWrittenButTheAccount: no cookie, no line, no count of
// the day, and no time in the record.
func TestNothingOfARedemptionIsWrittenButTheAccount(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	before := s.logged()
	s.ask(t, "/redeem", with(s.proof(t, b), "code", b.Code.Grouped()))
	if s.logged() != before {
		t.Error("the log has a line more")
	}
	for bucket, want := range map[string]int{"spent": 1, "code": 1, "own": 1, "due": 1, "reg": 0, "grant": 0} {
		if n := s.Count(t, bucket); n != want {
			t.Errorf("%d records in %s, want %d", n, bucket, want)
		}
	}
	for _, secret := range []string{b.Code.Grouped(), text(b.Purchase), domaintest.Product} {
		if strings.Contains(s.logged(), secret) {
			t.Error("the log names something of the purchase")
		}
	}
}
