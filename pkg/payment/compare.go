package payment

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

const mostPages = 30 // of the provider's lists that are read in a night

// round is how far the provider's lists have been compared, and what is known of
// the store's own age.
type round struct {
	Night deadline.Day `json:"d,omitempty"` // the last one that the store has lived through
	List  int          `json:"l,omitempty"` // number of the list that is being read
	After string       `json:"a,omitempty"` // the last of its entries that was read
	Lost  int64        `json:"g,omitempty"` // when it was found that something is missing, in seconds since 1970

	Through deadline.Day `json:"t,omitempty"` // on which all of them were last read to the end
}

var roundKey = []byte("round")

func roundOf(r store.Reader) (round, error) {
	at, err := roundTable.Get(r, roundKey)
	if errors.Is(err, store.ErrNotFound) {
		return round{}, nil
	}
	return at, err
}

// lived notes that the store has lived through a night.
func lived(tx store.Tx, day deadline.Day) error {
	at, err := roundOf(tx)
	if err != nil || at.Night >= day {
		return err
	}
	at.Night = day
	return roundTable.Put(tx, roundKey, at)
}

// What a comparison finds.
const (
	FoundLost     = "lost"     // the store lacks what it once held
	FoundUnheard  = "unheard"  // a payment that we had not heard of
	FoundReturned = "returned" // money given back that we had not heard of
	FoundDisputed = "disputed" // a chargeback that we had not heard of
	FoundFailed   = "failed"   // a refund that came to nothing
)

// found is a difference as it is stored.
type found struct {
	Kind     string `json:"k"`
	Purchase []byte `json:"p,omitempty"`
	Amount   int64  `json:"a,omitempty"` // minor units
	Currency string `json:"c,omitempty"`
}

// Difference is something in which the provider's lists and the store did not
// agree. All but a refund that failed has been put right.
type Difference struct {
	Day       deadline.Day // on which it was found
	Kind      string
	Reference string // of the purchase; empty where it is about none
	Amount    int64  // minor units
	Currency  string
}

// note keeps a difference for staff to see.
func note(tx store.Tx, f found, now time.Time) error {
	key := binary.BigEndian.AppendUint32(nil, uint32(today(now)))
	random := make([]byte, 12)
	rand.Read(random) // never fails
	return foundTable.Put(tx, append(key, random...), f)
}

// Differences are those of the last 40 days, the newest first. through is the day
// on which the lists were last read to their end; 0 for never.
func (d *Desk) Differences(ctx context.Context) (out []Difference, through deadline.Day, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		out = nil
		at, err := roundOf(r)
		if err != nil {
			return err
		}
		through = at.Through
		for row, err := range foundTable.Range(r, []byte{0}, nil) {
			if err != nil {
				return err
			}
			f := row.Value
			out = append(out, Difference{entryDay(row.Key), f.Kind, hex.EncodeToString(f.Purchase), f.Amount, f.Currency})
		}
		slices.Reverse(out)
		return nil
	})
	return out, through, err
}

// compare reads the provider's lists from where it stopped, a number of pages a
// night, and does what a message would have done that is missing. When the end is
// reached the next night begins anew. A provider that cannot be reached is asked
// the next night; staff see when it last answered.
func (d *Desk) compare(ctx context.Context, now time.Time) error {
	at, err := d.round(ctx)
	for n := 0; err == nil && n < mostPages; n++ {
		if at, err = d.comparePage(ctx, at, now); err == nil && at.List == 0 && at.After == "" {
			return nil
		}
	}
	switch {
	case errors.Is(err, errMissing) && at.After != "": // the entry that we stopped at is gone
		return d.startOver(ctx)
	case errors.Is(err, ErrUnreachable):
		return nil
	}
	return err
}

// startOver has the next night begin with the first list. Nothing was read to its
// end.
func (d *Desk) startOver(ctx context.Context) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		at, err := roundOf(tx)
		if err != nil {
			return err
		}
		at.List, at.After = 0, ""
		return roundTable.Put(tx, roundKey, at)
	})
}

// comparePage compares one page and returns where the next one is.
func (d *Desk) comparePage(ctx context.Context, at round, now time.Time) (round, error) {
	p, err := d.provider.list(ctx, at.List, at.After, now)
	if err != nil {
		return at, err
	}
	next := at.List
	if p.last == "" {
		next = (at.List + 1) % len(lists)
	}
	return d.moveOn(ctx, next, p, now)
}

// moveOn does what a page says, and keeps where the next one is, in one
// transaction.
func (d *Desk) moveOn(ctx context.Context, list int, p page, now time.Time) (at round, err error) {
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential() // money was paid, or went back
		for _, m := range p.says {
			if err := d.agree(tx, m, now); err != nil {
				return err
			}
		}
		if at, err = roundOf(tx); err != nil {
			return err
		}
		if at.List, at.After = list, p.last; list == 0 && p.last == "" {
			at.Through = today(now)
		}
		return roundTable.Put(tx, roundKey, at)
	})
	return at, err
}

func (d *Desk) round(ctx context.Context) (at round, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		at, err = roundOf(r)
		return err
	})
	return at, err
}
