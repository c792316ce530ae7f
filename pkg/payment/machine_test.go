package payment_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

// TestOnePaymentMakesExactlyOneAccount: whatever order messages come in, how
// often, or not at all, wherever the process ends between two steps, and even
// when it is forgotten which messages came.
func TestOnePaymentMakesExactlyOneAccount(t *testing.T) {
	m := newMarket(t)
	rapid.Check(t, m.run)
}

// TestForgettingWhichPurchaseWasPaidIsNoticed is the control.
func TestForgettingWhichPurchaseWasPaidIsNoticed(t *testing.T) {
	m := newMarket(t)
	m.forgetful = true
	domaintest.Finds(t, m.run)
}

var errKilled = errors.New("killed")

// brittle is a store whose process ends before or after a commit.
type brittle struct {
	store.Store
	in, after int // Updates until then; negative is never
}

func (b *brittle) Update(ctx context.Context, fn func(store.Tx) error) error {
	b.in--
	if b.in == 0 {
		return errKilled
	}
	err := b.Store.Update(ctx, fn)
	if b.after--; err == nil && b.after == 0 {
		return errKilled
	}
	return err
}

// market is a shop, and the counter of the usage side.
type market struct {
	*shop
	t         *testing.T
	store     *brittle
	usage     *domaintest.World
	counter   *voucher.Desk
	forgetful bool

	buyers  []*customer
	decided map[string]bool // chargebacks
}

// customer is one buyer.
type customer struct {
	*domaintest.Buyer
	checkout  string
	signature []byte
	redeemed  bool
}

func newMarket(t *testing.T) *market {
	s := newShop(t)
	m := &market{shop: s, t: t, store: &brittle{Store: s.Store}, usage: domaintest.Open(t)}
	m.counter = &voucher.Desk{Ring: m.usage.Ring, Keys: s.Issuer.Keys, Refund: s.refunds}
	o := s.Options
	o.Store = m.store
	s.open(t, o)
	return m
}

// run is one story.
func (m *market) run(t *rapid.T) {
	m.empty(t)
	for range rapid.IntRange(1, 2).Draw(t, "buyers") {
		m.buyers = append(m.buyers, &customer{Buyer: m.buyer(t)})
		m.start(t)
	}
	steps := map[string]func(*rapid.T){
		"start": m.start, "pay": m.pay, "pay too": m.pay, "deliver": m.deliverOne, "deliver too": m.deliverOne, "fetch": m.fetch,
		"fetch too": m.fetch, "redeem": m.redeem, "refund": m.refund, "dispute": m.dispute, "decide": m.decide, "return": m.giveBack, "kill": m.kill,
		"later": m.later, "tend": m.tend, "down": m.down, "forget": m.forget,
	}
	t.Repeat(steps)
	m.quiet(t)
	m.judge(t)
}

// empty begins anew in the same files, with the same keys.
func (m *market) empty(t *rapid.T) {
	m.buyers, m.decided, m.now = nil, map[string]bool{}, domaintest.Now
	m.provider = paymentfake.New(m.provider.Options)
	m.store.in, m.store.after = -1, -1
	for _, bucket := range []string{"buy", "event", "payer", "back", "ledger", "found", "round"} {
		clearBucket(t, m.World, bucket)
	}
	for _, bucket := range []string{"code", "own", "due", "spent"} {
		clearBucket(t, m.usage, bucket)
	}
}

func clearBucket(t domaintest.T, w *domaintest.World, bucket string) {
	w.Update(t, func(tx store.Tx) error {
		var keys [][]byte
		for e, err := range tx.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			keys = append(keys, append([]byte(nil), e.Key...))
		}
		for _, k := range keys {
			if err := tx.Delete(bucket, k); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *market) one(t *rapid.T) *customer { return rapid.SampledFrom(m.buyers).Draw(t, "buyer") }

// expect lets pass what a step may fail with.
func expect(t *rapid.T, err error, allowed ...error) {
	t.Helper()
	for _, a := range append(allowed, errKilled, payment.ErrUnreachable) {
		if errors.Is(err, a) {
			return
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (m *market) start(t *rapid.T) {
	c := m.one(t)
	_, err := m.Start(m.t.Context(), order(c.Buyer), m.now)
	expect(t, err, payment.ErrExpired)
	for _, opened := range m.provider.Checkouts() {
		if opened.Reference == payment.ID(c.Purchase).Reference() {
			c.checkout = opened.ID
		}
	}
}

func (m *market) pay(t *rapid.T) {
	c := m.one(t)
	switch rapid.SampledFrom([]string{"card", "card", "card", "card", "bank", "bank says yes", "bank says no", "expire"}).Draw(t, "how") {
	case "card":
		_ = m.provider.Pay(c.checkout) // whether it is still to be paid is the provider's to say
	case "bank":
		_ = m.provider.Debit(c.checkout)
	case "bank says yes":
		_ = m.provider.Bank(c.checkout, true)
	case "bank says no":
		_ = m.provider.Bank(c.checkout, false)
	case "expire":
		_ = m.provider.Expire(c.checkout)
	}
}

// deliverOne hands over any message there has been, again or for the first time.
func (m *market) deliverOne(t *rapid.T) {
	events := m.provider.Events()
	if len(events) > 0 {
		m.give(t, rapid.IntRange(0, len(events)-1).Draw(t, "message"))
	}
}

func (m *market) give(t *rapid.T, i int) {
	payload := m.provider.Events()[i].Payload
	expect(t, m.Event(m.t.Context(), payload, m.provider.Header(payload, m.now), m.now))
	if m.forgetful {
		clearBucket(t, m.World, "payer")
	}
}

func (m *market) fetch(t *rapid.T) {
	c := m.one(t)
	state, blind, err := m.Signature(m.t.Context(), payment.ID(c.Purchase), m.now)
	expect(t, err, payment.ErrUnknown)
	if err == nil && state == payment.Paid {
		c.signature = c.Unblind(t, blind)
	}
}

// redeem takes the token with its code, or with somebody else's.
func (m *market) redeem(t *rapid.T) {
	c := m.one(t)
	if c.signature == nil {
		return
	}
	code := c.Code
	if rapid.Bool().Draw(t, "another code") {
		code = accesscode.New()
	}
	tok, err := m.counter.Check(c.Message, c.signature, m.now)
	expect(t, err)
	err = m.usage.Store.Update(m.t.Context(), func(tx store.Tx) error {
		return m.counter.Redeem(tx, tok, account.Start{Code: code}, m.now)
	})
	expect(t, err, voucher.ErrUsed)
	c.redeemed = true
}

func (m *market) refund(t *rapid.T) {
	_, err := m.Refund(m.t.Context(), payment.ID(m.one(t).Purchase), nil, m.now)
	expect(t, err, payment.ErrUnknown, payment.ErrNothing, payment.ErrLate, payment.ErrFetched, payment.ErrDisputed)
}

func (m *market) intent(t *rapid.T) string {
	for _, c := range m.provider.Checkouts() {
		if c.Reference == payment.ID(m.one(t).Purchase).Reference() && c.Paid {
			return c.Intent
		}
	}
	return ""
}

// dispute has a bank take back what is left, once.
func (m *market) dispute(t *rapid.T) {
	intent := m.intent(t)
	for _, c := range m.provider.Checkouts() {
		if c.Intent == intent && intent != "" && !c.Returned && !c.Disputed {
			m.provider.Dispute(intent)
		}
	}
}

// forget forgets which messages came, as everybody does after 30 days.
func (m *market) forget(t *rapid.T) { clearBucket(t, m.World, "event") }

func (m *market) giveBack(t *rapid.T) {
	switch rapid.IntRange(0, 4).Draw(t, "how often") {
	case 0:
		m.provider.Return(m.intent(t))
	case 1:
		m.provider.ReturnPart(m.intent(t), price/3)
	}
}

// decide ends a chargeback, once.
func (m *market) decide(t *rapid.T) {
	intent := m.intent(t)
	for _, c := range m.provider.Checkouts() {
		if c.Intent == intent && c.Taken > 0 && !m.decided[intent] {
			m.provider.Decide(intent, rapid.SampledFrom([]string{"won", "lost"}).Draw(t, "decision"))
			m.decided[intent] = true
		}
	}
}

// kill ends the process before or after one of the next commits.
func (m *market) kill(t *rapid.T) {
	m.store.in, m.store.after = -1, -1
	n := rapid.IntRange(1, 3).Draw(t, "commits")
	if rapid.Bool().Draw(t, "before") {
		m.store.in = n
	} else {
		m.store.after = n
	}
}

func (m *market) later(t *rapid.T) {
	m.now = m.now.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 2 * time.Hour, 24 * time.Hour}).Draw(t, "time"))
}

func (m *market) tend(t *rapid.T) {
	if rapid.Bool().Draw(t, "night") {
		expect(t, m.Night(m.t.Context(), m.now))
	} else {
		expect(t, m.Tend(m.t.Context(), m.now))
	}
}

func (m *market) down(t *rapid.T) { m.provider.Down(rapid.IntRange(0, 3).Draw(t, "down") == 0) }
