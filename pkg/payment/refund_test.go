package payment_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
)

// back asks for a refund.
func (s *shop) back(t *testing.T, b *domaintest.Buyer, back *payment.RefundToken) error {
	t.Helper()
	_, err := s.Refund(t.Context(), payment.ID(b.Purchase), back, s.now)
	return err
}

func TestWhatWasNotFetchedGoesBackWithinThirtyDays(t *testing.T) {
	s := newShop(t)
	b, late := s.bought(t), s.bought(t)
	wantError(t, "of nothing", s.back(t, s.buyer(t), nil), payment.ErrUnknown)
	s.days(payment.RefundDays)
	check(t, s.back(t, b, nil))
	check(t, s.back(t, b, nil)) // the same again is the same answer
	s.wantReturned(t, b)
	s.days(1)
	wantError(t, "a day too late", s.back(t, late, nil), payment.ErrLate)
}

// wantReturned fails unless the money is back, and the signature was never
// released.
func (s *shop) wantReturned(t *testing.T, b *domaintest.Buyer) {
	t.Helper()
	state, signature, err := s.Signature(t.Context(), payment.ID(b.Purchase), s.now)
	check(t, err)
	if state != payment.Refunded || len(signature) > 0 {
		t.Errorf("the purchase is %s, with a signature of %d bytes", state, len(signature))
	}
	for _, c := range s.provider.Checkouts() {
		if c.Reference == payment.ID(b.Purchase).Reference() && !c.Returned {
			t.Error("the provider has not given the money back")
		}
	}
}

func TestWhatIsNotPaidCannotGoBack(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	s.begin(t, b)
	wantError(t, "of what is not paid", s.back(t, b, nil), payment.ErrNothing)
}

func TestWhatWasFetchedGoesBackForATokenFromTheNextDayOnOnce(t *testing.T) {
	s := newShop(t)
	b, other := s.bought(t), s.bought(t)
	s.signature(t, b)
	s.signature(t, other)
	back := s.refundToken(t)
	wantError(t, "without a token", s.back(t, b, nil), payment.ErrFetched)
	wantError(t, "on the same day", s.back(t, b, &back), payment.ErrTomorrow)
	s.days(1)
	forged := payment.RefundToken{Message: back.Message, Signature: make([]byte, token.Size)}
	wantError(t, "a forged token", s.back(t, b, &forged), token.ErrSignature)
	check(t, s.back(t, b, &back))
	check(t, s.back(t, b, &back))
	s.wantReturned(t, b)
	wantError(t, "for another purchase", s.back(t, other, &back), payment.ErrTokenUsed)
	s.wantState(t, other, payment.Paid)
}

// TestATokenOfAPurchaseIsNoRefundToken: the token itself, which opens an account,
// gets no money back.
func TestATokenOfAPurchaseIsNoRefundToken(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	own := payment.RefundToken{Message: b.Message, Signature: b.Unblind(t, s.signature(t, b))}
	s.days(1)
	wantError(t, "the token itself", s.back(t, b, &own), token.ErrKey)
	s.wantState(t, b, payment.Paid)
}

// TestARefundTokenIsOfTheKeyThatThePurchaseWasSignedUnder: what was cheap in one
// year does not give back what is dear in the next.
func TestARefundTokenIsOfTheKeyThatThePurchaseWasSignedUnder(t *testing.T) {
	s := newShop(t)
	s.now = time.Date(s.now.Year(), 12, 20, 12, 0, 0, 0, time.UTC)
	b := s.bought(t)
	s.signature(t, b)
	s.days(20)
	next, err := token.New(filepath.Join(t.TempDir(), "next.keys"))
	check(t, err)
	for _, ring := range []*token.Ring{next, s.Issuer} {
		_, err = ring.Rotate([]string{domaintest.Product}, s.now)
		check(t, err)
	}
	right := s.refundToken(t)
	s.refunds = next
	o := s.Options
	both := slices.Concat(s.Refunds(), next.Keys())
	o.Refunds = func() []token.Key { return both }
	s.open(t, o)
	wrong := s.refundToken(t)
	wantError(t, "of the new year", s.back(t, b, &wrong), token.ErrKey)
	check(t, s.back(t, b, &right))
}

// TestATokenHandedInOnTheLastDayIsTakenForAWeekAfter: handing it in cannot be
// undone, so nobody loses code and money over a weekend.
func TestATokenHandedInOnTheLastDayIsTakenForAWeekAfter(t *testing.T) {
	s := newShop(t)
	b, late := s.bought(t), s.bought(t)
	s.signature(t, b)
	s.signature(t, late)
	first, second := s.refundToken(t), s.refundToken(t)
	s.days(payment.RefundDays + 7)
	check(t, s.back(t, b, &first))
	s.days(1)
	wantError(t, "eight days after", s.back(t, late, &second), payment.ErrLate)
}

func TestARefundThatTheProviderMissedIsCarriedOutLater(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.provider.Down(true)
	check(t, s.back(t, b, nil))
	s.wantState(t, b, payment.Refunded) // decided: nothing is released any more
	if _, signature, _ := s.Signature(t.Context(), payment.ID(b.Purchase), s.now); len(signature) > 0 {
		t.Error("the signature was released")
	}
	s.provider.Down(false)
	check(t, s.Tend(t.Context(), s.now))
	check(t, s.Tend(t.Context(), s.now))
	s.wantReturned(t, b)
	if kinds, sum := s.accounts(t); kinds[payment.Refund] != 1 || sum != 0 {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestWhatTheOperatorGivesBackAtTheProviderIsBookedOnce(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	check(t, s.back(t, b, nil))
	s.deliver(t, s.provider.Events()...) // the provider tells of it too
	if kinds, sum := s.accounts(t); kinds[payment.Refund] != 1 || sum != 0 {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestStaffGiveBackOnlyWhatNobodyHasFetched(t *testing.T) {
	s := newShop(t)
	fetched, b := s.bought(t), s.bought(t)
	s.signature(t, fetched)
	s.days(payment.RefundDays + 10)
	wantError(t, "fetched", s.RefundUnfetched(t.Context(), payment.ID(fetched.Purchase).Reference(), s.now), payment.ErrFetched)
	check(t, s.RefundUnfetched(t.Context(), payment.ID(b.Purchase).Reference(), s.now))
	s.wantReturned(t, b)
	wantError(t, "unknown", s.RefundUnfetched(t.Context(), "00", s.now), payment.ErrUnknown)
}
