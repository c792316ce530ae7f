package payment

import (
	"errors"
	"time"

	"selvhjelp/store"
)

// Words of the provider about a chargeback.
const (
	disputeWon  = "won"
	disputeLost = "lost"
)

// disputed reports whether a bank has taken the money back, or may yet.
func (p purchase) disputed() bool {
	return p.Dispute != "" && p.Dispute != disputeWon && !inquiry(p.Dispute)
}

// giveBack decides that the money goes back. From here on nothing is released.
func (p *purchase) giveBack(why string) { p.State, p.Why, p.Signature = refunding, why, nil }

// back ends a purchase whose money has gone back, and books what is not booked
// yet.
func (p *purchase) back(tx store.Tx, key []byte, now time.Time) error {
	p.State, p.Over, p.Signature, p.Kept = Refunded, today(now), nil, false
	b, err := bookedOf(tx, p.Intent, p.Paid)
	if err != nil {
		return err
	}
	return errors.Join(b.upTo(tx, Refund, -p.Amount, now), buyTable.Put(tx, key, *p))
}

// returned notes what the provider has given back of a payment so far, for us or
// because the operator did so there. A part is booked and changes nothing else.
func returned(tx store.Tx, r reversal, now time.Time) error {
	known, p, err := byIntent(tx, r.Intent)
	switch {
	case err != nil:
		return err
	case r.Whole && known.Purchase != nil && (p.State != Refunded || p.Kept):
		return p.back(tx, known.Purchase, now)
	}
	b, err := bookedOf(tx, r.Intent, p.Paid)
	switch {
	case err != nil:
		return err
	case b.sale.Kind == "": // heard of before the payment
		known.Early, known.Returned, known.Back = today(now), known.Returned || r.Whole, max(known.Back, r.Amount)
		return payerTable.Put(tx, hashed("payer", r.Intent), known)
	}
	return b.upTo(tx, Refund, -r.Amount, now)
}

// byIntent is what is known of a payment, with its purchase if that is kept.
func byIntent(r store.Reader, intent string) (payer, purchase, error) {
	known, err := payerOf(r, intent)
	if err != nil || known.Purchase == nil {
		return known, purchase{}, err
	}
	p, err := find(r, known.Purchase)
	return known, p, err
}

// contested notes how a chargeback stands, and books what follows from it. It
// revokes nothing; one that is lost ends a refund, for the bank has given the
// money back, and a purchase that nobody fetched.
func contested(tx store.Tx, c dispute, now time.Time) error {
	known, p, err := byIntent(tx, c.Intent)
	if err != nil {
		return err
	}
	b, err := bookedOf(tx, c.Intent, p.Paid)
	switch {
	case err != nil:
		return err
	case b.sale.Kind == "": // heard of before the payment, or somebody else's
		known.Early, known.Dispute, known.Disputed = today(now), later(known.Dispute, c.Status), max(known.Disputed, c.Amount)
		return payerTable.Put(tx, hashed("payer", c.Intent), known)
	case known.Purchase != nil:
		p.Dispute = later(p.Dispute, c.Status)
		p.lose(now)
		err = buyTable.Put(tx, known.Purchase, p)
	}
	return errors.Join(err, b.contested(tx, c.Status, c.Amount, now))
}

// lose ends what a lost chargeback ends.
func (p *purchase) lose(now time.Time) {
	if p.Dispute != disputeLost || p.Over > 0 {
		return
	}
	if p.State == refunding {
		p.State = Refunded
	}
	if p.State == Refunded || p.Fetched == 0 {
		p.Over = today(now)
	}
}

// later is what stands of two words about a chargeback: one that ends it does,
// and an inquiry does not follow upon a chargeback.
func later(known, said string) string {
	if known == disputeWon || known == disputeLost || known != "" && !inquiry(known) && inquiry(said) {
		return known
	}
	return said
}
