package payment_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/payment"
)

func (s *shop) night(t *testing.T) {
	t.Helper()
	check(t, s.Night(t.Context(), s.now))
}

func TestWhatIsNeverFetchedGoesBackAfterSixtyDays(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.days(payment.UnusedDays - 1)
	s.night(t)
	s.wantState(t, b, payment.Paid)
	s.days(1)
	s.night(t)
	s.wantReturned(t, b)
}

// TestAPurchaseGoesFortyDaysAfterItsFetchOrRefund: and what is left is what the
// accounts need.
func TestAPurchaseGoesFortyDaysAfterItsFetchOrRefund(t *testing.T) {
	s := newShop(t)
	fetched, returned := s.bought(t), s.bought(t)
	s.signature(t, fetched)
	check(t, s.back(t, returned, nil))
	s.days(payment.KeptDays - 1)
	s.night(t)
	s.wantState(t, fetched, payment.Paid)
	s.wantState(t, returned, payment.Refunded)
	s.days(1)
	s.night(t)
	for _, bucket := range []string{"buy", "payer", "outbox"} {
		if n := s.Count(t, bucket); n > 0 {
			t.Errorf("%d records are left in %s", n, bucket)
		}
	}
	if kinds, _ := s.accounts(t); kinds[payment.Sale] != 2 || kinds[payment.Refund] != 1 {
		t.Errorf("the accounts hold %v", kinds)
	}
}

func TestTheNightAsksAboutCheckoutsThatNothingWasHeardOf(t *testing.T) {
	s := newShop(t)
	paid, left := s.buyer(t), s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, paid)))
	s.begin(t, left)
	s.now = s.now.Add(3 * time.Hour)
	s.night(t)
	if lines, err := s.Lines(t.Context()); err != nil || len(lines) != 1 || lines[0].State != payment.Paid {
		t.Errorf("staff see %+v, %v", lines, err)
	}
	s.wantState(t, left, payment.Expired)
}

// TestAPaymentThatOvertakesTheAnswerIsNotEnded: the provider knew nothing of the
// checkout when it was asked, and the message that it is paid comes first.
func TestAPaymentThatOvertakesTheAnswerIsNotEnded(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	id := s.begin(t, b)
	s.now = s.now.Add(time.Minute)
	s.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, id) {
			return false
		}
		if s.provider.Checkouts()[0].Intent == "" {
			check(t, s.provider.Pay(id))
			s.deliver(t, s.last())
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":{"type":"invalid_request_error","code":"resource_missing"}}`))
		return true
	})
	s.wantState(t, b, payment.Paid)
	s.signature(t, b)
}

func TestACheckoutThatNobodyEverFinishedIsForgotten(t *testing.T) {
	s := newShop(t)
	s.begin(t, s.buyer(t))
	s.days(1)
	s.night(t)
	s.days(payment.KeptDays)
	s.night(t)
	if n := s.Count(t, "buy"); n > 0 {
		t.Error("it is still there")
	}
}

func TestAccountsAreKeptForFiveYearsAndMessagesForAMonth(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.signature(t, b)
	s.days(30)
	s.night(t)
	if n := s.Count(t, "event"); n > 0 {
		t.Error("a message is remembered for more than 30 days")
	}
	s.now = time.Date(s.now.Year()+payment.LedgerYears, 12, 31, 23, 0, 0, 0, time.UTC)
	s.night(t)
	if s.Count(t, "ledger") == 0 {
		t.Error("the accounts were thrown away too early")
	}
	s.now = s.now.Add(time.Hour)
	s.night(t)
	if s.Count(t, "ledger") > 0 {
		t.Error("the accounts are kept for too long")
	}
}
