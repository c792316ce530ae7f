package payment_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/payment"
)

// wantDifferences fails unless just these were found, in any order.
func (s *shop) wantDifferences(t *testing.T, kinds ...string) {
	t.Helper()
	all, _, err := s.Differences(t.Context())
	check(t, err)
	var got []string
	for _, d := range all {
		got = append(got, d.Kind)
	}
	slices.Sort(got)
	slices.Sort(kinds)
	if !slices.Equal(got, kinds) {
		t.Errorf("found were %v, want %v", got, kinds)
	}
}

// TestANightOnWhichNothingIsOffSaysNothing: whatever has happened, when it was
// heard.
func TestANightOnWhichNothingIsOffSaysNothing(t *testing.T) {
	s := newShop(t)
	s.signature(t, s.bought(t))
	s.begin(t, s.buyer(t))
	returned, disputed, part := s.bought(t), s.bought(t), s.bought(t)
	check(t, s.back(t, returned, nil))
	s.provider.Dispute(s.intent(disputed))
	s.deliver(t, s.last())
	s.provider.ReturnPart(s.intent(part), 10000)
	s.deliver(t, s.last())
	_, before := s.accounts(t)
	for range 100 {
		s.days(1)
		s.night(t)
	}
	if _, after := s.accounts(t); after != before-39000 { // the rest of what was never fetched
		t.Errorf("the accounts went from %d to %d", before, after)
	}
	s.wantDifferences(t)
	_, through, err := s.Differences(t.Context())
	check(t, err)
	if through.String() != s.now.UTC().Format(time.DateOnly) {
		t.Errorf("compared through on %s", through)
	}
}

// TestWhatNoMessageToldIsFoundAtNight, booked once, and shown to staff.
func TestWhatNoMessageToldIsFoundAtNight(t *testing.T) {
	s := newShop(t)
	whole, part, disputed, late := s.bought(t), s.bought(t), s.bought(t), s.buyer(t)
	id := s.begin(t, late)
	check(t, s.provider.Debit(id))
	s.now = s.now.Add(3 * time.Hour)
	check(t, s.provider.Bank(id, true))
	s.provider.Return(s.intent(whole))
	s.provider.ReturnPart(s.intent(part), 10000)
	s.provider.Dispute(s.intent(disputed))
	for range 3 {
		s.night(t)
	}
	s.wantAccounts(t, map[string]int{payment.Sale: 4, payment.Refund: 2, payment.Chargeback: 1}, 2*price-10000, 2*9800-2000)
	s.wantReturned(t, whole)
	s.signature(t, late)
	s.wantDifferences(t, payment.FoundDisputed, payment.FoundReturned, payment.FoundReturned)
}

// TestARefundThatFailsLaterIsToldToStaffAndBookedBack: once, and again when it is
// tried and fails again. When it arrives in the end nothing is left to do.
func TestARefundThatFailsLaterIsToldToStaffAndBookedBack(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	check(t, s.back(t, b, nil))
	s.deliver(t, s.last())
	for failed := range 2 {
		s.days(5)
		s.provider.FailRefund(s.intent(b))
		s.night(t)
		s.night(t)
		s.wantKept(t, true)
		s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: failed + 1, payment.RefundFailed: failed + 1}, price, 9800)
		s.provider.Return(s.intent(b))
		s.deliver(t, s.last())
		s.wantKept(t, false)
	}
	s.night(t)
	s.wantReturned(t, b)
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 3, payment.RefundFailed: 2}, 0, 0)
	s.wantDifferences(t, payment.FoundFailed, payment.FoundFailed)
	s.days(payment.KeptDays)
	s.night(t)
	s.wantDifferences(t)
}

// wantKept fails unless staff see of the only purchase that its money is still
// ours, or that it is not.
func (s *shop) wantKept(t *testing.T, want bool) {
	t.Helper()
	lines, err := s.Lines(t.Context())
	check(t, err)
	if len(lines) != 1 || lines[0].Kept != want || lines[0].State != payment.Refunded {
		t.Errorf("staff see %+v", lines)
	}
}

// TestAReceiptDoesNotSayThatMoneyIsBackThatIsNot: its refund has failed.
func TestAReceiptDoesNotSayThatMoneyIsBackThatIsNot(t *testing.T) {
	s := newShop(t)
	var said []bool
	o := s.Options
	o.Letter = func(r payment.Receipt) mail.Letter {
		said = append(said, r.Refunded)
		return letter(r)
	}
	s.open(t, o)
	b := s.bought(t)
	check(t, s.back(t, b, nil))
	for range 2 {
		_, err := s.MailReceipt(t.Context(), payment.ID(b.Purchase), "a@example.org", "nb", s.now)
		check(t, err)
		s.provider.FailRefund(s.intent(b))
		s.night(t)
	}
	if !slices.Equal(said, []bool{true, false}) {
		t.Errorf("the receipts say %v", said)
	}
}

// TestAClockThatWasAheadBooksNothingTwice: the payment has a later day than what
// went back of it.
func TestAClockThatWasAheadBooksNothingTwice(t *testing.T) {
	s := newShop(t)
	s.days(40)
	b := s.bought(t)
	s.days(-40)
	check(t, s.back(t, b, nil))
	for range 3 {
		s.days(1)
		s.night(t)
	}
	s.wantAccounts(t, map[string]int{payment.Sale: 1, payment.Refund: 1}, 0, 0)
	s.wantDifferences(t)
}

// behind opens the desk anew with something between it and the provider, which
// says whether it has answered.
func (s *shop) behind(t *testing.T, between func(w http.ResponseWriter, r *http.Request) bool) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !between(w, r) {
			s.provider.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	o := s.Options
	o.Provider.APIBase = server.URL
	s.open(t, o)
}

// TestAComparisonGoesOnWhereItStopped: the provider was gone in the middle of it.
func TestAComparisonGoesOnWhereItStopped(t *testing.T) {
	s := newShop(t)
	oldest := s.bought(t)
	for range 110 {
		s.begin(t, s.buyer(t))
	}
	s.provider.Return(s.intent(oldest))
	var asked []string
	down := true
	s.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/sessions") {
			asked = append(asked, r.URL.Query().Get("starting_after"))
		}
		gone := down && len(asked) == 2
		if gone {
			http.Error(w, "", http.StatusServiceUnavailable)
		}
		return gone
	})
	s.night(t)
	s.wantState(t, oldest, payment.Paid)
	down = false
	s.night(t)
	s.wantState(t, oldest, payment.Refunded)
	if len(asked) != 3 || asked[0] != "" || asked[1] == "" || asked[2] != asked[1] {
		t.Errorf("the list was read after %q", asked)
	}
}

// TestAListWithoutAnEndEndsTheNightAllTheSame: so many pages, and no more.
func TestAListWithoutAnEndEndsTheNightAllTheSame(t *testing.T) {
	s := newShop(t)
	pages := 0
	s.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/sessions") {
			return false
		}
		pages++
		_, _ = fmt.Fprintf(w, `{"object":"list","has_more":true,"data":[{"id":"cs_%d","object":"checkout.session"}]}`, pages)
		return true
	})
	s.night(t)
	if pages != 30 {
		t.Errorf("a night has read %d pages", pages)
	}
}

// TestAComparisonWhosePlaceIsGoneBeginsAnew: the provider no longer knows the
// entry that it stopped at, and answers 400 as for any field that leads nowhere.
// Nobody is told that the lists were read to their end.
func TestAComparisonWhosePlaceIsGoneBeginsAnew(t *testing.T) {
	s := newShop(t)
	for range 101 {
		s.begin(t, s.buyer(t))
	}
	var asked []string
	s.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		after := r.URL.Query().Get("starting_after")
		asked = append(asked, after)
		if after != "" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`)
		}
		return after != ""
	})
	s.night(t)
	s.night(t)
	if len(asked) != 4 || asked[2] != "" {
		t.Errorf("the list was read after %q", asked)
	}
	if _, through, err := s.Differences(t.Context()); through != 0 || err != nil {
		t.Errorf("compared through on %s, %v", through, err)
	}
}
