package payment

import (
	"bytes"
	"context"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/token"
	"selvhjelp/store"
)

// RefundToken says that a token was not used. Nobody can tell which.
type RefundToken struct{ Message, Signature []byte }

// Refund gives the money of a purchase back: of one that was not fetched at
// once, of one that was for a refund token. The same again is the same answer.
// When the provider cannot be reached the decision stands all the same, and Tend
// carries it out.
func (d *Desk) Refund(ctx context.Context, id ID, back *RefundToken, now time.Time) (Status, error) {
	key := id.key()
	if _, err := d.current(ctx, key, now); err != nil {
		return Status{}, err
	}
	p, err := d.change(ctx, key, func(tx store.Tx, p *purchase) error {
		return d.refund(tx, key, p, back, now)
	})
	if err != nil {
		return Status{}, err
	}
	return d.givenBack(ctx, key, p, now)
}

// givenBack carries out a refund that has been decided.
func (d *Desk) givenBack(ctx context.Context, key []byte, p purchase, now time.Time) (Status, error) {
	if p.State == refunding {
		if err := d.finish(ctx, key, p, now); err != nil && !errors.Is(err, ErrUnreachable) {
			return p.status(), err
		}
	}
	return p.status(), nil
}

// refund decides about a refund that a buyer asks for.
func (d *Desk) refund(tx store.Tx, key []byte, p *purchase, back *RefundToken, now time.Time) error {
	last := p.Paid + RefundDays
	switch {
	case p.State.Seen() == Refunded:
		return nil
	case p.State != Paid:
		return ErrNothing
	case p.disputed():
		return ErrDisputed
	case !p.mayBeFetched() && today(now) <= last:
		p.giveBack(whyBuyer)
		return nil
	case !p.mayBeFetched(), today(now) > last+graceDays: // a token handed in on the last day comes later
		return ErrLate
	case back == nil:
		return ErrFetched
	case today(now) <= p.Fetched:
		return ErrTomorrow
	}
	if err := d.takeToken(tx, key, *p, *back, now); err != nil {
		return err
	}
	p.giveBack(whyToken)
	return nil
}

// mayBeFetched reports whether the signature was released, as far as we know.
func (p purchase) mayBeFetched() bool { return p.Fetched > 0 || p.Doubt }

// takeToken takes a refund token of the purchase's product and year, once.
func (d *Desk) takeToken(tx store.Tx, key []byte, p purchase, back RefundToken, now time.Time) error {
	t, err := token.Check(d.Refunds(), back.Message, back.Signature, now)
	if err != nil {
		return err
	}
	bought, err := d.Issuer.Of(t.Key.Product, t.Key.Year)
	if err != nil || bought.ID != p.Key {
		return token.ErrKey
	}
	at := hashed("back", t.Key.ID+string(t.Nonce))
	used, err := backTable.Get(tx, at)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return backTable.Put(tx, at, usedToken{key, deadline.DayOf(t.Key.LastDay())})
	case err == nil && !bytes.Equal(used.Purchase, key):
		return ErrTokenUsed
	}
	return err
}

// RefundUnfetched gives money back for the operator's staff: only for a purchase
// that nobody has fetched the signature of, whenever that is. reference is that
// of a Line.
func (d *Desk) RefundUnfetched(ctx context.Context, reference string, now time.Time) error {
	key, err := keyOf(reference)
	if err != nil {
		return err
	}
	p, err := d.change(ctx, key, func(_ store.Tx, p *purchase) error {
		switch {
		case p.State.Seen() == Refunded:
			return nil
		case p.State != Paid:
			return ErrNothing
		case p.Fetched > 0:
			return ErrFetched
		case p.disputed():
			return ErrDisputed
		}
		p.giveBack(whyStaff)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = d.givenBack(ctx, key, p, now)
	return err
}
