package payment_test

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
)

func TestWhatIsPaidIsSignedAndTheSignatureMakesAToken(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	signature := b.Unblind(t, s.signature(t, b))
	if _, err := token.Check(s.Issuer.Keys(), b.Message, signature, s.now); err != nil {
		t.Error(err)
	}
	if again := s.signature(t, b); !bytes.Equal(again, s.signature(t, b)) {
		t.Error("fetched again it is another one")
	}
	kinds, sum := s.accounts(t)
	if len(kinds) != 1 || kinds[payment.Sale] != 1 || sum != price {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestTheSameOrderHasTheSameAnswerAndAnotherValueIsRefused(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	first := s.begin(t, b)
	if again := s.begin(t, b); again != first {
		t.Error("the same order was opened twice")
	}
	other := order(b)
	other.Blinded = s.buyer(t).Blinded
	_, err := s.Start(t.Context(), other, s.now)
	wantError(t, "another value", err, payment.ErrOther)
	if n := len(s.provider.Checkouts()); n != 1 {
		t.Errorf("%d checkouts", n)
	}
}

func TestWhatDoesNotFitIsRefusedAndLeavesNothing(t *testing.T) {
	s := newShop(t)
	n := s.IssuerKeys(s.now)[0].Public.N
	for story, c := range map[string]struct {
		change func(*payment.Order)
		want   error
	}{
		"another product": {func(o *payment.Order) { o.Product = "other" }, payment.ErrProduct},
		"another key":     {func(o *payment.Order) { o.Key = s.refunds.Keys()[0].ID }, payment.ErrKey},
		"no key":          {func(o *payment.Order) { o.Key = "" }, payment.ErrKey},
		"another price":   {func(o *payment.Order) { o.Price = price - 1 }, payment.ErrPrice},
		"nothing":         {func(o *payment.Order) { o.Blinded = nil }, token.ErrBlinded},
		"0":               {func(o *payment.Order) { o.Blinded = make([]byte, token.Size) }, token.ErrBlinded},
		"n":               {func(o *payment.Order) { o.Blinded = n.Bytes() }, token.ErrBlinded},
	} {
		o := order(s.buyer(t))
		c.change(&o)
		_, err := s.Start(t.Context(), o, s.now)
		wantError(t, story, err, c.want)
	}
	if s.Count(t, "buy") != 0 || len(s.provider.Checkouts()) != 0 {
		t.Error("something was left of a refused order")
	}
}

func TestNothingOfAPurchaseReachesTheProviderButItsPriceAndName(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	s.begin(t, b)
	c := s.provider.Checkouts()[0]
	if c.Key != payment.ID(b.Purchase).String() || c.Reference != payment.ID(b.Purchase).Reference() {
		t.Error("the checkout has another key or reference")
	}
	if c.Success != "https://selvhjelp.example/buy/return" || c.Cancel != "https://selvhjelp.example/buy/cancelled" {
		t.Errorf("it leads back to %s and %s", c.Success, c.Cancel)
	}
	if c.Name != "Tilgang" || c.Amount != price || c.Currency != "nok" || !c.Ends.Equal(s.now.Add(time.Hour)) {
		t.Errorf("it is for %s, %d %s, until %s", c.Name, c.Amount, c.Currency, c.Ends)
	}
}

func TestWhileTheProviderIsDownNothingIsLostAndTryingAgainWorks(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	s.provider.Down(true)
	_, err := s.Start(t.Context(), order(b), s.now)
	wantError(t, "no checkout", err, payment.ErrUnreachable)
	s.provider.Down(false)
	id := s.begin(t, b)
	check(t, s.provider.Pay(id))
	s.now = s.now.Add(time.Minute)
	s.provider.Down(true)
	s.wantState(t, b, payment.Waiting)
	s.provider.Down(false)
	s.now = s.now.Add(time.Minute)
	b.Unblind(t, s.signature(t, b)) // no message ever came: the provider was asked
}

func TestAPurchaseThatNeverReachedTheProviderExpires(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	s.provider.Down(true)
	_, err := s.Start(t.Context(), order(b), s.now)
	wantError(t, "no checkout", err, payment.ErrUnreachable)
	s.provider.Down(false)
	s.now = s.now.Add(45 * time.Minute) // the provider opens no page that ends so soon
	_, err = s.Start(t.Context(), order(b), s.now)
	wantError(t, "too late", err, payment.ErrExpired)
	s.wantState(t, b, payment.Expired)
}

func TestACheckoutEndsAfterAnHour(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	s.begin(t, b)
	s.now = s.now.Add(time.Hour)
	_, err := s.Start(t.Context(), order(b), s.now)
	wantError(t, "an hour later", err, payment.ErrExpired)
	s.wantState(t, b, payment.Expired)
}

func TestABankDebitIsSignedWhenTheMoneyHasCome(t *testing.T) {
	s := newShop(t)
	well, badly := s.buyer(t), s.buyer(t)
	ids := []string{s.begin(t, well), s.begin(t, badly)}
	for _, id := range ids {
		check(t, s.provider.Debit(id))
	}
	s.deliver(t, s.provider.Events()...)
	s.days(3)
	s.wantState(t, well, payment.Waiting)
	check(t, s.provider.Bank(ids[0], true))
	check(t, s.provider.Bank(ids[1], false))
	s.deliver(t, s.provider.Events()[2:]...)
	s.wantState(t, badly, payment.Expired)
	well.Unblind(t, s.signature(t, well))
}

func TestAnotherAmountGoesBackAndIsNeverSigned(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.PayWith(s.begin(t, b), price-1))
	s.deliver(t, s.provider.Events()...)
	s.notSigned(t, b, "price")
}

func TestAPriceThatChangedMeanwhileGoesBack(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	o := s.Options
	o.Products[0].Price++
	s.open(t, o)
	s.deliver(t, s.provider.Events()...)
	s.notSigned(t, b, "price")
}

// notSigned fails unless a payment has gone back, with the reason, and nothing is
// released.
func (s *shop) notSigned(t *testing.T, b *domaintest.Buyer, why string) {
	t.Helper()
	id := payment.ID(b.Purchase)
	st, err := s.Status(t.Context(), id, s.now)
	check(t, err)
	state, signature, err := s.Signature(t.Context(), id, s.now)
	check(t, err)
	if st.State != payment.Refunded || state != payment.Refunded || len(signature) > 0 || st.Why != why {
		t.Errorf("the purchase is %s because of %q, with a signature of %d bytes", st.State, st.Why, len(signature))
	}
	for _, c := range s.provider.Checkouts() {
		if c.Reference == id.Reference() && !c.Returned {
			t.Error("the provider has not given it back")
		}
	}
	if kinds, sum := s.accounts(t); kinds[payment.Refund] != 1 || sum != 0 {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestAPurchaseNumberIsRead(t *testing.T) {
	id := payment.ID(bytes.Repeat([]byte{7}, 16))
	if got, err := payment.ParseID(id.String()); err != nil || got != id {
		t.Error(err)
	}
	for _, text := range []string{"", "AAAA", hex.EncodeToString(id[:]), id.String() + "=", id.String()[1:]} {
		if _, err := payment.ParseID(text); err == nil {
			t.Errorf("%d characters were taken for a number", len(text))
		}
	}
}

func TestVATIsWhatIsWithinAnAmount(t *testing.T) {
	for _, c := range []struct {
		amount   int64
		permille int
		want     int64
	}{{12500, 250, 2500}, {49000, 250, 9800}, {100, 250, 20}, {101, 150, 13}, {49000, 0, 0}, {1, 250, 0}, {3, 250, 1}} {
		if got := payment.VATIn(c.amount, c.permille); got != c.want {
			t.Errorf("within %d at %d: %d, want %d", c.amount, c.permille, got, c.want)
		}
	}
}
