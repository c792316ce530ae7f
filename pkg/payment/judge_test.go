package payment_test

import (
	"errors"
	"time"

	"pgregory.net/rapid"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

// quiet is the end of a story: nothing fails any more, every message comes once
// more, and a night passes.
func (m *market) quiet(t *rapid.T) {
	m.store.in, m.store.after = -1, -1
	m.provider.Down(false)
	m.now = m.now.Add(3 * time.Hour)
	for range 2 { // what a night decides makes messages of its own
		events := m.provider.Events()
		if len(events) > 0 {
			order := rapid.Permutation(indices(events)).Draw(t, "order")
			for _, i := range order {
				m.give(t, i)
			}
		}
		if err := m.Night(m.t.Context(), m.now); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range m.buyers {
		m.finish(t, c)
	}
}

func indices(events []paymentfake.Event) []int {
	var out []int
	for i := range events {
		out = append(out, i)
	}
	return out
}

// finish fetches and redeems what can be.
func (m *market) finish(t *rapid.T, c *customer) {
	state, blind, err := m.Signature(m.t.Context(), payment.ID(c.Purchase), m.now)
	if err != nil && !errors.Is(err, payment.ErrUnknown) {
		t.Fatal(err)
	}
	if state == payment.Paid {
		c.signature = c.Unblind(t, blind)
	}
	if c.signature == nil {
		return
	}
	tok, err := m.counter.Check(c.Message, c.signature, m.now)
	if err != nil {
		t.Fatal(err)
	}
	err = m.usage.Store.Update(m.t.Context(), func(tx store.Tx) error {
		return m.counter.Redeem(tx, tok, account.Start{Code: c.Code}, m.now)
	})
	if err != nil && !errors.Is(err, voucher.ErrUsed) {
		t.Fatal(err)
	}
	c.redeemed = true
}

// judge compares what the provider has with what the desk and the counter made
// of it.
func (m *market) judge(t *rapid.T) {
	var redeemed int
	var left int64
	for _, c := range m.buyers {
		p := m.paymentOf(c)
		redeemed += one(c.redeemed)
		if p.Paid {
			left += p.Amount - p.Back - p.Taken
		}
		status, err := m.Status(m.t.Context(), payment.ID(c.Purchase), m.now)
		if p.ID == "" || errors.Is(err, payment.ErrUnknown) {
			continue
		}
		switch {
		case err != nil:
			t.Fatal(err)
		case p.Returned && status.State != payment.Refunded, p.Paid && !p.Returned && !p.Disputed && status.State != payment.Paid:
			t.Errorf("a payment (returned: %v) is %s", p.Returned, status.State)
		case p.Paid && !p.Returned && !p.Disputed && !c.redeemed:
			t.Error("a payment made no account")
		case !p.Paid && c.redeemed:
			t.Error("an account was made of no payment")
		case c.redeemed && (status.Why == "buyer" || status.Why == "unused"):
			t.Error("somebody has the account and the money")
		}
	}
	if made := m.usage.Count(t, "own"); made != redeemed {
		t.Errorf("%d accounts of %d tokens", made, redeemed)
	}
	if kinds, sum := m.accounts(t); sum != left {
		t.Errorf("the accounts add up to %d, %v; the provider has %d", sum, kinds, left)
	}
}

func (m *market) paymentOf(c *customer) paymentfake.Checkout {
	for _, p := range m.provider.Checkouts() {
		if p.Reference == payment.ID(c.Purchase).Reference() {
			return p
		}
	}
	return paymentfake.Checkout{}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
