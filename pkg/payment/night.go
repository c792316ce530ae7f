package payment

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Tend does what cannot wait for the night: receipts that wait, and refunds that
// were decided and that the provider has not confirmed. Nothing holds up what
// comes after it.
func (d *Desk) Tend(ctx context.Context, now time.Time) error {
	keys, err := d.waitingReceipts(ctx)
	faults := []error{err}
	for _, key := range keys {
		_, err := d.post(ctx, key, now)
		faults = append(faults, err)
	}
	all, err := d.all(ctx)
	faults = append(faults, err)
	for _, b := range all {
		if b.State == refunding {
			faults = append(faults, d.finish(ctx, b.key, b.purchase, now))
		}
	}
	return errors.Join(faults...)
}

// Night does what is due by the day: it asks about checkouts that nothing was
// heard of, refunds what was never fetched, compares with the provider's lists,
// and forgets what has had its time.
func (d *Desk) Night(ctx context.Context, now time.Time) error {
	all, err := d.all(ctx)
	faults := []error{err}
	for _, b := range all {
		faults = append(faults, d.nightly(ctx, b, now))
	}
	return errors.Join(append(faults, d.compare(ctx, now), d.Tend(ctx, now), d.forget(ctx, now))...)
}

// kept is a purchase with its key.
type kept struct {
	purchase
	key []byte
}

func (d *Desk) all(ctx context.Context) (out []kept, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		out = nil
		for row, err := range buyTable.Range(r, []byte{0}, nil) {
			if err != nil {
				return err
			}
			out = append(out, kept{row.Value, bytes.Clone(row.Key)})
		}
		return nil
	})
	return out, err
}

// nightly does what is due for one purchase.
func (d *Desk) nightly(ctx context.Context, b kept, now time.Time) error {
	day := today(now)
	switch {
	case b.State == Waiting && day >= today(b.begun())+UnusedDays:
		return d.drop(ctx, b)
	case b.State == Waiting && b.Session != "" && now.Sub(b.begun()) > 2*sessionFor:
		return d.ask(ctx, b.key, b.Session, now)
	case b.State == Waiting && b.Session == "" && now.Sub(b.begun()) > sessionFor:
		_, err := d.change(ctx, b.key, func(_ store.Tx, p *purchase) error { p.expire(now); return nil })
		return err
	case b.unused(day):
		_, err := d.change(ctx, b.key, func(_ store.Tx, p *purchase) error {
			if p.unused(day) { // not fetched meanwhile
				p.giveBack(whyUnused)
			}
			return nil
		})
		return err // Tend carries it out
	case b.over(day):
		return d.drop(ctx, b)
	case b.State == Paid && b.Last4 == "":
		return d.complete(ctx, b.key, now)
	}
	return nil
}

// unused reports whether a purchase was not fetched for so long that it goes
// back.
func (p purchase) unused(day deadline.Day) bool {
	return p.State == Paid && p.Fetched == 0 && !p.disputed() && day >= p.Paid+UnusedDays
}

// over reports whether a purchase has been kept long enough. The word that ends
// a chargeback may never come.
func (p purchase) over(day deadline.Day) bool {
	last := max(p.Fetched, p.Over)
	if p.disputed() && (last == 0 || p.State == refunding) {
		return day >= p.Paid+contestedDays
	}
	return p.State != refunding && last > 0 && day >= last+KeptDays
}

func (d *Desk) drop(ctx context.Context, b kept) error {
	return d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		faults := []error{buyTable.Delete(tx, b.key), outboxTable.Delete(tx, b.key)}
		if b.Intent != "" {
			faults = append(faults, payerTable.Delete(tx, hashed("payer", b.Intent)))
		}
		return errors.Join(faults...)
	})
}

// forget removes messages, refund tokens and entries whose time is over.
func (d *Desk) forget(ctx context.Context, now time.Time) error {
	day := today(now)
	return d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		return errors.Join(
			sweep(tx, eventTable, func(_ []byte, e seenEvent) bool { return day >= e.Day+eventDays }),
			sweep(tx, payerTable, func(_ []byte, p payer) bool { return p.Early > 0 && day >= p.Early+eventDays }),
			sweep(tx, backTable, func(_ []byte, u usedToken) bool { return day > u.Until }),
			sweep(tx, foundTable, func(key []byte, _ found) bool { return day >= entryDay(key)+KeptDays }),
			lived(tx, day),
			sweep(tx, ledgerTable, func(key []byte, _ Entry) bool { return day >= bookedUntil(entryDay(key)) }))
	})
}

// sweep deletes the records of a table that are over.
func sweep[T any](tx store.Tx, table store.Table[T], over func(key []byte, v T) bool) error {
	var gone [][]byte
	for row, err := range table.Range(tx, []byte{0}, nil) {
		if err != nil {
			return err
		}
		if over(row.Key, row.Value) {
			gone = append(gone, bytes.Clone(row.Key))
		}
	}
	var faults []error
	for _, key := range gone {
		faults = append(faults, table.Delete(tx, key))
	}
	return errors.Join(faults...)
}

func entryDay(key []byte) deadline.Day { return deadline.Day(binary.BigEndian.Uint32(key)) }

// bookedUntil is the first day on which an entry of a day need not be kept.
func bookedUntil(day deadline.Day) deadline.Day {
	return deadline.DayOf(time.Date(day.Start().Year()+1+LedgerYears, 1, 1, 0, 0, 0, 0, time.UTC))
}
