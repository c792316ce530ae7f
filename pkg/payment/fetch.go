package payment

import (
	"context"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// current is a purchase, after asking the provider about one that is late. It
// stands as it was when the provider cannot be reached.
func (d *Desk) current(ctx context.Context, key []byte, now time.Time) (purchase, error) {
	p, err := d.read(ctx, key)
	asked := time.Unix(p.Asked, 0)
	if err != nil || p.State != Waiting || p.Session == "" || now.Sub(p.begun()) < lateAfter || now.Sub(asked) < askEvery {
		return p, err
	}
	if err := d.ask(ctx, key, p.Session, now); err != nil {
		return p, nil
	}
	return d.read(ctx, key)
}

// ask asks the provider about a checkout and does what it says.
func (d *Desk) ask(ctx context.Context, key []byte, session string, now time.Time) error {
	_, err := d.change(ctx, key, func(_ store.Tx, p *purchase) error {
		p.Asked = now.Unix()
		return nil
	})
	if err != nil {
		return err
	}
	m, err := d.provider.look(ctx, session)
	if errors.Is(err, errMissing) {
		_, err := d.change(ctx, key, func(_ store.Tx, p *purchase) error { p.expire(now); return nil })
		return err
	} else if err != nil {
		return err
	}
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		if _, err := d.settle(tx, *m.Checkout, now); err != nil || m.Returned == nil {
			return err
		}
		return returned(tx, *m.Returned, now)
	})
	if err != nil {
		return err
	}
	return d.complete(ctx, key, now)
}

// Signature is the state of a purchase, with the blind signature of one that is
// paid. It may be fetched as often as needed; the day of the first time is kept.
// Where the store was brought back from a copy the provider is asked before the
// first time: the money may have gone back since.
func (d *Desk) Signature(ctx context.Context, id ID, now time.Time) (State, []byte, error) {
	p, err := d.current(ctx, id.key(), now)
	if err == nil && p.State == Paid && p.Doubt && p.Fetched == 0 {
		if err := d.ask(ctx, id.key(), p.Session, now); err != nil {
			return "", nil, err
		}
		p, err = d.read(ctx, id.key())
	}
	if err != nil || p.State != Paid || p.Fetched > 0 {
		return p.State.Seen(), p.Signature, err
	}
	p, err = d.change(ctx, id.key(), func(_ store.Tx, p *purchase) error {
		if p.State == Paid && p.Fetched == 0 {
			p.Fetched = today(now)
		}
		return nil
	})
	return p.State.Seen(), p.Signature, err
}

// Status is what a buyer sees of a purchase.
type Status struct {
	State       State
	Product     string
	Amount      int64 // minor units
	VAT         int64 // part of the amount
	Currency    string
	Terms       string       // version of the terms of sale that the buyer accepted
	Day         deadline.Day // of the payment; when it was begun before that
	RefundUntil deadline.Day // last day; 0 when nothing can be refunded
	Why         string       // it was refunded
	Fetched     bool         // or it may have been
	Doubt       bool         // we cannot tell whether it was: the store was brought back from a copy
	Kept        bool         // the refund failed, and the money is still ours
	Receipt     string       // ReceiptWaiting, ReceiptSent, ReceiptFailed, or empty
}

// Status is how far a purchase is.
func (d *Desk) Status(ctx context.Context, id ID, now time.Time) (Status, error) {
	p, err := d.current(ctx, id.key(), now)
	return p.status(), err
}

func (p purchase) status() Status {
	s := Status{State: p.State.Seen(), Product: p.Product, Amount: p.Amount, VAT: VATIn(p.Amount, p.VAT), Currency: p.Currency, Terms: p.Terms, Day: p.Paid,
		Why: p.Why, Fetched: p.mayBeFetched(), Doubt: p.Doubt && p.Fetched == 0, Kept: p.Kept, Receipt: p.Receipt}
	if p.Paid == 0 {
		s.Day = today(p.begun())
	}
	if p.State == Paid && !p.disputed() {
		s.RefundUntil = p.Paid + RefundDays
	}
	return s
}
