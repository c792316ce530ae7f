package payment

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"selvhjelp/store"
)

// Words of the provider about a chargeback.
const (
	disputeClosed = "charge.dispute.closed"
	disputeWon    = "won"
	disputeLost   = "lost"
)

// Event takes a message of the provider: ErrForged, ErrOld or ErrVersion for one
// that is none. A message about a purchase that there is not is taken and does
// nothing. now is the moment at which it came.
func (d *Desk) Event(ctx context.Context, payload []byte, header string, now time.Time) error {
	m, err := d.provider.read(payload, header, now)
	if err != nil || m.Kind == "" {
		return err
	}
	var key []byte
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		key = nil
		first, err := fresh(tx, m.ID, now)
		if err != nil || !first {
			return err
		}
		key, err = d.take(tx, m, now)
		return err
	})
	if err != nil || key == nil {
		return err
	}
	if err := d.complete(ctx, key, now); !errors.Is(err, ErrUnreachable) {
		return err
	}
	return nil // Tend carries it out
}

// take does what a message says, and returns the key of the purchase that it is
// about; nil when there is none.
func (d *Desk) take(tx store.Tx, m message, now time.Time) ([]byte, error) {
	switch {
	case m.Checkout != nil:
		return d.settle(tx, *m.Checkout, now)
	case m.Dispute != nil:
		return nil, contested(tx, m, now)
	}
	return nil, returned(tx, m.Intent, now)
}

// settle does what the provider says about a checkout. What was paid is signed
// in the same transaction, or goes back.
func (d *Desk) settle(tx store.Tx, s seen, now time.Time) ([]byte, error) {
	key, err := hex.DecodeString(s.Reference)
	if err != nil || len(key) != keyLen {
		return nil, nil // a checkout of something else
	}
	p, err := find(tx, key)
	if errors.Is(err, ErrUnknown) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	switch {
	case p.State != Waiting && p.State != Expired:
		return key, nil
	case s.Paid:
		if err := d.paid(tx, key, &p, s, now); err != nil {
			return nil, err
		}
	case s.Ended:
		p.expire(now)
	default:
		return key, nil
	}
	return key, buyTable.Put(tx, key, p)
}

// paid books a payment and signs, if it is what was asked for.
func (d *Desk) paid(tx store.Tx, key []byte, p *purchase, s seen, now time.Time) error {
	p.State, p.Over, p.Paid, p.Intent, p.Last4 = Paid, 0, today(now), s.Intent, s.Last4
	fits := d.agreed(*p, s)
	p.Amount, p.Currency = s.Amount, s.Currency
	known, err := payerOf(tx, s.Intent)
	if err != nil {
		return err
	}
	p.Dispute = known.Dispute
	if err := errors.Join(payerTable.Put(tx, hashed("payer", s.Intent), payer{Purchase: key}), bookPurchase(tx, Sale, *p, 1, now)); err != nil {
		return err
	}
	switch {
	case known.Returned:
		return p.back(tx, key, now)
	case !fits:
		p.giveBack(whyPrice)
		return nil
	}
	if p.Signature, err = d.Issuer.Sign(p.Key, p.Blinded); err != nil {
		p.giveBack(whyKey)
	}
	return nil
}

// agreed reports whether what was paid is what was asked for, and still is.
func (d *Desk) agreed(p purchase, s seen) bool {
	product, err := d.product(p.Product)
	return err == nil && s.Amount == p.Amount && s.Currency == p.Currency && product.Price == p.Amount && product.Currency == p.Currency
}

func (p *purchase) expire(now time.Time) { p.State, p.Over = Expired, today(now) }

// giveBack decides that the money goes back. From here on nothing is released.
func (p *purchase) giveBack(why string) { p.State, p.Why, p.Signature = refunding, why, nil }

// returned notes that the provider has given a payment back, for us or because
// the operator did so there.
func returned(tx store.Tx, intent string, now time.Time) error {
	known, p, err := byIntent(tx, intent)
	switch {
	case err != nil || p.State == Refunded:
		return err
	case known.Purchase == nil:
		known.Early, known.Returned = today(now), true
		return payerTable.Put(tx, hashed("payer", intent), known)
	}
	return p.back(tx, known.Purchase, now)
}

// back books that the money has gone back.
func (p *purchase) back(tx store.Tx, key []byte, now time.Time) error {
	p.State, p.Over, p.Signature = Refunded, today(now), nil
	return errors.Join(bookPurchase(tx, Refund, *p, -1, now), buyTable.Put(tx, key, *p))
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

// contested notes how a chargeback stands, and books one, or that it was decided
// for the seller. Nothing is revoked.
func contested(tx store.Tx, m message, now time.Time) error {
	known, p, err := byIntent(tx, m.Dispute.Intent)
	if err != nil {
		return err
	}
	vat := VATIn(p.Amount, p.VAT)
	if known.Purchase == nil {
		known.Early, known.Dispute = today(now), later(known.Dispute, m.Dispute.Status)
		err = payerTable.Put(tx, hashed("payer", m.Dispute.Intent), known)
	} else {
		p.Dispute = later(p.Dispute, m.Dispute.Status)
		err = buyTable.Put(tx, known.Purchase, p)
	}
	e := Entry{Kind: Chargeback, Product: p.Product, Amount: -m.Dispute.Amount, VAT: -vat, Currency: m.Dispute.Currency, Provider: m.Dispute.Intent}
	switch {
	case err != nil || m.Kind == disputeClosed && m.Dispute.Status != disputeWon:
		return err // lost: the chargeback stands
	case m.Kind == disputeClosed:
		e.Kind, e.Amount, e.VAT = Reinstated, m.Dispute.Amount, vat
	}
	return book(tx, e, now)
}

// later is what stands of two words about a chargeback: one that ends it does.
func later(known, said string) string {
	if known == disputeWon || known == disputeLost {
		return known
	}
	return said
}

// complete does what takes the provider, after a purchase has changed: it gives
// money back that is to go back, and fetches the last digits of a card.
func (d *Desk) complete(ctx context.Context, key []byte, now time.Time) error {
	p, err := d.read(ctx, key)
	if err != nil {
		return err
	}
	if p.State == refunding {
		return d.finish(ctx, key, p, now)
	}
	if p.State != Paid || p.Last4 != "" {
		return nil
	}
	s, err := d.provider.look(ctx, p.Session)
	if err != nil {
		return nil // staff see no digits then; the night asks again
	}
	_, err = d.change(ctx, key, func(_ store.Tx, p *purchase) error {
		p.Last4 = s.Last4
		return nil
	})
	return err
}

// finish has the provider give a payment back. What does not succeed now is
// tried again by Tend.
func (d *Desk) finish(ctx context.Context, key []byte, p purchase, now time.Time) error {
	if err := d.provider.refund(ctx, p.Intent, hex.EncodeToString(key)); err != nil {
		return err
	}
	_, err := d.change(ctx, key, func(tx store.Tx, p *purchase) error {
		if p.State != refunding {
			return nil // the provider's message was faster
		}
		return p.back(tx, key, now)
	})
	return err
}
