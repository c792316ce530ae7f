package payment_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
)

// last is the provider's newest message.
func (s *shop) last() paymentfake.Event {
	events := s.provider.Events()
	return events[len(events)-1]
}

// intent is the provider's id of the payment of a purchase.
func (s *shop) intent(b *domaintest.Buyer) string {
	for _, c := range s.provider.Checkouts() {
		if c.Reference == payment.ID(b.Purchase).Reference() {
			return c.Intent
		}
	}
	return ""
}

// wantAccounts fails unless the accounts hold so many lines of a kind, with these
// sums of amounts and VAT over all kinds.
func (s *shop) wantAccounts(t *testing.T, kinds map[string]int, amount, vat int64) {
	t.Helper()
	all, err := s.Accounts(t.Context(), 0, 1<<30)
	check(t, err)
	gotAmount, gotVAT, got := int64(0), int64(0), map[string]int{}
	for _, e := range all {
		gotAmount, gotVAT = gotAmount+e.Amount, gotVAT+e.VAT
		got[e.Kind]++
	}
	same := len(got) == len(kinds)
	for kind, n := range kinds {
		same = same && got[kind] == n
	}
	if !same || gotAmount != amount || gotVAT != vat {
		t.Errorf("the accounts hold %v, %d with VAT %d; want %v, %d with VAT %d", got, gotAmount, gotVAT, kinds, amount, vat)
	}
}

// TestAMessageThatOvertakesTheAnswerIsBookedOnce: the provider tells of a refund
// while it has not yet answered the request for it.
func TestAMessageThatOvertakesTheAnswerIsBookedOnce(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	real := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		s.provider.ServeHTTP(answer, r)
		if strings.HasSuffix(r.URL.Path, "/refunds") {
			s.days(1)
			s.deliver(t, s.last())
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // who has gone away needs no answer
	}))
	t.Cleanup(real.Close)
	o := s.Options
	o.Provider.APIBase = real.URL
	s.open(t, o)
	check(t, s.back(t, b, nil))
	s.wantReturned(t, b)
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 1}, 0, 0)
	s.days(payment.KeptDays - 1)
	s.night(t)
	if n := s.Count(t, "buy"); n != 1 {
		t.Error("the answer has moved the day of the refund")
	}
}

// TestWhatTheOperatorGivesBackInPartIsBookedWithItsVAT: in any order of the
// messages, and a refund afterwards is of what is left.
func TestWhatTheOperatorGivesBackInPartIsBookedWithItsVAT(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.provider.ReturnPart(s.intent(b), 10000)
	first := s.last()
	s.provider.ReturnPart(s.intent(b), 5000)
	s.deliver(t, s.last(), first, first) // the second knows of both
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 1}, price-15000, 9800-3000)
	s.wantState(t, b, payment.Paid)
	check(t, s.back(t, b, nil))
	s.deliver(t, s.last())
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 2}, 0, 0)
	s.wantReturned(t, b)
}

// TestWhatIsHeardBeforeThePaymentIsBookedWithIt: and what is about payments of
// somebody else with the same provider is not.
func TestWhatIsHeardBeforeThePaymentIsBookedWithIt(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	paid := s.last()
	s.provider.ReturnPart(s.intent(b), 10000)
	part := s.last()
	s.provider.Dispute(s.intent(b))
	s.deliver(t, s.last(), part)
	s.wantAccounts(t, nil, 0, 0)
	s.deliver(t, paid)
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 1, payment.Chargeback: 1}, 0, 0)
}

// TestWhatComesAfterAPurchaseHasGoneIsBookedToo: banks take money back for
// months.
func TestWhatComesAfterAPurchaseHasGoneIsBookedToo(t *testing.T) {
	s := newShop(t)
	contested, returned := s.bought(t), s.bought(t)
	s.signature(t, contested)
	s.signature(t, returned)
	intents := []string{s.intent(contested), s.intent(returned)}
	s.days(payment.KeptDays)
	s.night(t)
	if n := s.Count(t, "buy") + s.Count(t, "payer"); n > 0 {
		t.Fatal("the purchases are still kept")
	}
	s.provider.Dispute(intents[0])
	s.deliver(t, s.last())
	s.provider.Return(intents[1])
	s.deliver(t, s.last())
	s.wantAccounts(t, map[string]int{payment.Sale: 2, payment.Chargeback: 1, payment.Refund: 1}, 0, 0)
}

// TestAnInquiryMovesNoMoneyAndKeepsNobodyFromARefund: a bank that has only asked
// has taken nothing.
func TestAnInquiryMovesNoMoneyAndKeepsNobodyFromARefund(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.provider.Inquire(s.intent(b))
	s.deliver(t, s.last())
	s.wantAccounts(t, map[string]int{payment.Sale: 1}, price, 9800)
	check(t, s.back(t, b, nil))
	s.wantReturned(t, b)
}

// TestARefundThatABankOvertookEndsWithItsDecision: the provider gives nothing
// back while a bank has the money. Lost, the bank has paid; won, we do.
func TestARefundThatABankOvertookEndsWithItsDecision(t *testing.T) {
	s := newShop(t)
	lost, won := s.bought(t), s.bought(t)
	for _, b := range []*domaintest.Buyer{lost, won} {
		s.provider.Dispute(s.intent(b)) // and nobody has told us yet
		check(t, s.back(t, b, nil))
		s.deliver(t, s.last())
		s.wantState(t, b, payment.Refunded)
	}
	s.provider.Decide(s.intent(lost), "lost")
	s.deliver(t, s.last())
	s.provider.Decide(s.intent(won), "won")
	s.deliver(t, s.last())
	s.night(t)
	s.wantReturned(t, won)
	s.wantAccounts(t, map[string]int{payment.Sale: 2, payment.Chargeback: 2, payment.Reinstated: 1, payment.Refund: 1}, 0, 0)
	s.days(payment.KeptDays)
	s.night(t)
	if n := s.Count(t, "buy"); n > 0 {
		t.Errorf("%d purchases never end", n)
	}
}

// TestAChargebackThatNobodyDecidesIsForgottenInTheEnd: fetched or not.
func TestAChargebackThatNobodyDecidesIsForgottenInTheEnd(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.provider.Dispute(s.intent(b))
	s.deliver(t, s.last())
	s.days(179)
	s.night(t)
	s.wantState(t, b, payment.Paid)
	s.days(1)
	s.night(t)
	if n := s.Count(t, "buy"); n > 0 {
		t.Error("it stays for ever")
	}
}
