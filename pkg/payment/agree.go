package payment

import (
	"errors"
	"slices"
	"time"

	"selvhjelp/store"
)

// agree makes what we know agree with an entry of the provider's lists. What
// agrees already changes nothing.
func (d *Desk) agree(tx store.Tx, m message, now time.Time) error {
	var faults []error
	if m.Checkout != nil && m.Checkout.Success == d.Site+successPath {
		faults = append(faults, d.agreeOnPayment(tx, *m.Checkout, now))
	}
	if m.Returned != nil {
		faults = append(faults, agreeOnReturn(tx, *m.Returned, now))
	}
	if m.Dispute != nil {
		faults = append(faults, agreeOnDispute(tx, *m.Dispute, now))
	}
	if m.Failed != nil {
		faults = append(faults, bounced(tx, *m.Failed, now))
	}
	return errors.Join(faults...)
}

// agreeOnPayment does what settle does, and notes a payment that was news.
func (d *Desk) agreeOnPayment(tx store.Tx, s seen, now time.Time) error {
	before, err := payerOf(tx, s.Intent)
	if err != nil {
		return err
	}
	key, err := d.settle(tx, s, now)
	if err != nil || key == nil || !s.Paid || before.Purchase != nil {
		return err
	}
	return note(tx, found{FoundUnheard, key, s.Amount, s.Currency}, now)
}

// ours is the purchase of a payment, with its key; the key is nil when none is
// kept.
func ours(r store.Reader, intent string) ([]byte, purchase, error) {
	known, p, err := byIntent(r, intent)
	if errors.Is(err, ErrUnknown) {
		return nil, p, nil
	}
	return known.Purchase, p, err
}

// agreeOnReturn books what went back and is not booked. What we have given back
// ourselves and wait for is no news; what failed is told by the list of refunds.
func agreeOnReturn(tx store.Tx, r reversal, now time.Time) error {
	key, p, err := ours(tx, r.Intent)
	if err != nil || key == nil || p.Kept {
		return err
	}
	b, err := bookedOf(tx, r.Intent, p.Paid)
	missing := r.Amount + b.sums[Refund].Amount
	if err != nil || missing <= 0 {
		return err
	}
	if err := returned(tx, r, now); err != nil || p.State == refunding {
		return err
	}
	return note(tx, found{FoundReturned, key, missing, p.Currency}, now)
}

// agreeOnDispute takes a chargeback that is news, about a payment that is ours.
func agreeOnDispute(tx store.Tx, c dispute, now time.Time) error {
	key, p, err := ours(tx, c.Intent)
	if err != nil || key == nil || later(p.Dispute, c.Status) == p.Dispute {
		return err
	}
	return errors.Join(contested(tx, c, now), note(tx, found{FoundDisputed, key, c.Amount, p.Currency}, now))
}

// bounced notes a refund that the buyer's bank has sent back. The money is ours
// again, and staff find another way to the buyer: a refund at the provider's
// pages, for there is no card to try once more.
func bounced(tx store.Tx, f failure, now time.Time) error {
	key, p, err := ours(tx, f.Intent)
	if err != nil || key == nil || slices.Contains(p.Failed, f.ID) {
		return err
	}
	b, err := bookedOf(tx, f.Intent, p.Paid)
	if err != nil {
		return err
	}
	p.Failed = append(p.Failed, f.ID)
	if b.sums[Refund].Amount > -f.Amount { // we never heard that it was given back
		return buyTable.Put(tx, key, p)
	}
	p.Kept = p.State == Refunded
	if p.Kept {
		p.Over = today(now)
	}
	e := b.sale
	e.Kind, e.Amount, e.VAT = RefundFailed, f.Amount, b.vatIn(f.Amount)
	return errors.Join(buyTable.Put(tx, key, p), book(tx, e, now),
		note(tx, found{FoundFailed, key, f.Amount, p.Currency}, now))
}
