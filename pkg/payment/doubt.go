package payment

import (
	"context"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// LastNight is the last night that the store has lived through; 0 for none. Whoever
// else remembers it can tell with NotBefore that a store is an older copy.
func (d *Desk) LastNight(ctx context.Context) (deadline.Day, error) {
	at, err := d.round(ctx)
	return at.Night, err
}

// NotBefore says that the store has lived through a night. One that knows nothing
// of it was brought back from an older copy.
func (d *Desk) NotBefore(ctx context.Context, night deadline.Day, now time.Time) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		at, err := roundOf(tx)
		if err != nil || at.Night >= night {
			return err
		}
		at.Night = night
		return distrust(tx, at, now)
	})
}

// missed notices a checkout of ours that no purchase is kept for although it
// should be. Those that were begun before that was last noticed are explained.
func (d *Desk) missed(tx store.Tx, s seen, now time.Time) error {
	if s.Success != d.Site+successPath || now.Sub(s.Begun) > strayDays*24*time.Hour {
		return nil
	}
	at, err := roundOf(tx)
	if err != nil || s.Begun.Unix() <= at.Lost {
		return err
	}
	return distrust(tx, at, now)
}

// distrust notes that the store lacks what it once held: what was not fetched in
// it may have been fetched since. From now on that is given back for a token
// that says that it was not used, or by the operator, or when its time is over.
func distrust(tx store.Tx, at round, now time.Time) error {
	doubted := map[string]purchase{}
	for row, err := range buyTable.Range(tx, []byte{0}, nil) {
		if err != nil {
			return err
		}
		if p := row.Value; p.Fetched == 0 && p.Over == 0 && p.State != refunding {
			p.Doubt = true
			doubted[string(row.Key)] = p
		}
	}
	at.Lost = now.Unix()
	faults := []error{roundTable.Put(tx, roundKey, at), note(tx, found{Kind: FoundLost}, now)}
	for key, p := range doubted {
		faults = append(faults, buyTable.Put(tx, []byte(key), p))
	}
	return errors.Join(faults...)
}
