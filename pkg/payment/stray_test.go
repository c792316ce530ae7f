package payment_test

import (
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
	"selvhjelp/store"
)

// TestAPaymentThatNobodyKnowsOfGoesBack: the store was brought back from a copy
// that is older than the purchase.
func TestAPaymentThatNobodyKnowsOfGoesBack(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	s.lose(t, "buy", "event", "payer", "ledger")
	s.deliver(t, s.last())
	s.deliver(t, s.last())
	s.notSigned(t, b, "stray")
}

// lose empties buckets, as an older copy does.
func (s *shop) lose(t *testing.T, buckets ...string) {
	t.Helper()
	for _, bucket := range buckets {
		clearBucket(t, s.World, bucket)
	}
}

// TestAPurchaseThatHasHadItsTimeIsNotGivenBackForAnOldMessage: whoever sends one
// again from the provider's pages.
func TestAPurchaseThatHasHadItsTimeIsNotGivenBackForAnOldMessage(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.signature(t, b)
	s.days(payment.KeptDays)
	s.night(t)
	s.deliver(t, s.provider.Events()[0])
	s.wantAccounts(t, map[string]int{payment.Sale: 1}, price, 9800)
	if s.provider.Checkouts()[0].Returned || s.Count(t, "buy") > 0 {
		t.Error("the money went back although the code was fetched")
	}
}

// TestWhatIsPaidTwiceGoesBackOnce: a second checkout with the same reference, and
// the first keeps its code.
func TestWhatIsPaidTwiceGoesBackOnce(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	first := s.last()
	s.lose(t, "buy")
	s.now = s.now.Add(25 * time.Hour) // the provider has forgotten the key too
	s.provider.Forget()
	check(t, s.provider.Pay(s.begin(t, b)))
	s.deliver(t, first, s.last())
	s.deliver(t, first, s.last())
	s.signature(t, b)
	s.wantAccounts(t, map[string]int{payment.Sale: 2, payment.Refund: 1}, price, 9800)
}

// TestAHeaderWithTwoTimesIsAsOldAsItsSignature: the one that is signed counts,
// not the one that stands first.
func TestAHeaderWithTwoTimesIsAsOldAsItsSignature(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	payload := s.last().Payload
	old := s.provider.Header(payload, s.now.Add(-time.Hour))
	fresh, _, _ := strings.Cut(s.provider.Header(payload, s.now), ",")
	wantError(t, "two times", s.Event(t.Context(), payload, fresh+","+old, s.now), payment.ErrOld)
}

// TestAFullStoreFinishesWhatWasBegun: nobody's money waits for somebody to make
// room.
func TestAFullStoreFinishesWhatWasBegun(t *testing.T) {
	s := newShop(t)
	w := domaintest.OpenLimited(t, 4<<20)
	o := s.Options
	o.Store, s.World = w.Store, w
	s.open(t, o)
	b, other := s.bought(t), s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, other)))
	s.Fill(t)
	_, err := s.Start(t.Context(), order(s.buyer(t)), s.now)
	wantError(t, "a new purchase", err, store.ErrFull)
	s.deliver(t, s.last())
	s.signature(t, other)
	check(t, s.back(t, b, nil))
	s.wantReturned(t, b)
	s.days(payment.KeptDays)
	s.night(t)
}

// TestAPurchaseOverNewYearIsSignedUnderTheKeyItWasBegunWith: paid after midnight
// it is as good.
func TestAPurchaseOverNewYearIsSignedUnderTheKeyItWasBegunWith(t *testing.T) {
	s := newShop(t)
	s.now = time.Date(s.now.Year(), 12, 31, 23, 59, 59, 0, time.UTC)
	b := s.buyer(t)
	id := s.begin(t, b)
	s.now = s.now.Add(2 * time.Second)
	if again := s.begin(t, b); again != id {
		t.Error("the same order has another answer in the new year")
	}
	check(t, s.provider.Pay(id))
	s.deliver(t, s.last())
	signature := b.Unblind(t, s.signature(t, b))
	if _, err := token.Check(s.Issuer.Keys(), b.Message, signature, s.now.AddDate(0, 11, 0)); err != nil {
		t.Error(err)
	}
	_, err := s.Start(t.Context(), order(domaintest.NewBuyer(t, b.Key)), s.now)
	wantError(t, "the old key for a new purchase", err, payment.ErrKey)
}

// TestAProductThatIsSoldNoMoreGoesBack: what is paid then, while what was signed
// before is fetched.
func TestAProductThatIsSoldNoMoreGoesBack(t *testing.T) {
	s := newShop(t)
	before, b := s.bought(t), s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	o := s.Options
	o.Products = nil
	s.open(t, o)
	s.deliver(t, s.last())
	s.wantReturned(t, b)
	before.Unblind(t, s.signature(t, before))
}
