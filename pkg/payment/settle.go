package payment

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
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
		tx.Essential() // money was paid
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
		return nil, contested(tx, *m.Dispute, now)
	}
	return nil, returned(tx, *m.Returned, now)
}

// settle does what the provider says about a checkout. What was paid is signed
// in the same transaction, or goes back.
func (d *Desk) settle(tx store.Tx, s seen, now time.Time) ([]byte, error) {
	key, err := hex.DecodeString(s.Reference)
	if err != nil || len(key) != keyLen {
		return nil, nil // a checkout of something else
	}
	p, err := find(tx, key)
	switch {
	case errors.Is(err, ErrUnknown):
		if err := d.missed(tx, s, now); err != nil {
			return nil, err
		}
		return d.stray(tx, key, s, now)
	case err != nil:
		return nil, err
	case p.State != Waiting && p.State != Expired && s.Paid && s.Intent != p.Intent:
		return d.stray(tx, hashed("stray", s.Intent), s, now)
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

// stray gives back a payment at our own checkout that no purchase is known for,
// because it was begun after the copy that this store was brought back from, or
// that came a second time. Who was paid long ago may have had the purchase and
// its record may have had its time; that one is left alone.
func (d *Desk) stray(tx store.Tx, key []byte, s seen, now time.Time) ([]byte, error) {
	if !s.Paid || s.Intent == "" || s.Success != d.Site+successPath || now.Sub(s.Begun) > strayDays*24*time.Hour {
		return nil, nil
	}
	known, err := payerOf(tx, s.Intent)
	if err != nil || known.Purchase != nil {
		return known.Purchase, err
	}
	p := purchase{Session: s.Session, Begun: s.Begun.Unix(), State: Waiting}
	if err := d.paid(tx, key, &p, s, now); err != nil {
		return nil, err
	}
	p.Why = whyStray
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
	if err := errors.Join(payerTable.Put(tx, hashed("payer", s.Intent), payer{Purchase: key}), bookPurchase(tx, Sale, *p, 1, now),
		known.bookEarly(tx, s.Intent, p.Paid, now)); err != nil {
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

// bookEarly books what came of a payment before we heard that it was made.
func (known payer) bookEarly(tx store.Tx, intent string, day deadline.Day, now time.Time) error {
	if known.Back == 0 && known.Dispute == "" {
		return nil
	}
	b, err := bookedOf(tx, intent, day)
	if err == nil && known.Back > 0 {
		err = b.upTo(tx, Refund, -known.Back, now)
	}
	if err == nil && known.Dispute != "" {
		err = b.contested(tx, known.Dispute, known.Disputed, now)
	}
	return err
}

// agreed reports whether what was paid is what was asked for, and still is.
func (d *Desk) agreed(p purchase, s seen) bool {
	product, err := d.product(p.Product)
	return err == nil && s.Amount == p.Amount && s.Currency == p.Currency && product.Price == p.Amount && product.Currency == p.Currency
}

// expire ends a purchase that nothing was paid for; one that is paid stays.
func (p *purchase) expire(now time.Time) {
	if p.State == Waiting {
		p.State, p.Over = Expired, today(now)
	}
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
	m, err := d.provider.look(ctx, p.Session)
	if err != nil {
		return nil // staff see no digits then; the night asks again
	}
	_, err = d.change(ctx, key, func(_ store.Tx, p *purchase) error {
		p.Last4 = m.Checkout.Last4
		return nil
	})
	return err
}

// finish has the provider give a payment back. What does not succeed now is
// tried again by Tend. While a bank has the money there is none to give back.
func (d *Desk) finish(ctx context.Context, key []byte, p purchase, now time.Time) error {
	if p.disputed() {
		return nil
	}
	err := d.provider.refund(ctx, p.Intent, hex.EncodeToString(key))
	if errors.Is(err, errContested) {
		return nil // the message about it is on its way
	} else if err != nil {
		return err
	}
	_, err = d.change(ctx, key, func(tx store.Tx, p *purchase) error {
		if p.State != refunding {
			return nil // the provider's message was faster
		}
		return p.back(tx, key, now)
	})
	return err
}
