// Package retention is the jobs that make the time limits true: grants, issued
// codes, accounts and links that have run out are not only refused, they go.
//
//   - Nothing is enforced by a job alone: every limit also holds at the moment
//     of reading.
//   - A sweep does what is due on a day and on all days before it, in the order
//     of days, so a missed run is made up by the next. It may run twice, be
//     killed at any moment, and run beside readers and writers.
//   - Its work is in proportion to what is due.
//   - When the clock says that more than a week has passed since the last sweep,
//     nothing is deleted until somebody confirms the day: a wrong clock must not
//     delete five years of accounts.
package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const (
	batch   = 256 // deadlines in one transaction
	maxJump = 7   // days since the last sweep that need no confirmation
)

// ErrClock is returned when too many days have passed since the last sweep.
var ErrClock = errors.New("retention: the clock is more than 7 days past the last sweep; if the day is right, run \"selvhjelp sweep\" with -confirm")

// Sweeper does what is due.
type Sweeper struct {
	Store store.Store
	Ring  *keyring.Ring
}

// Report counts what a sweep has done, or would do, by kind.
type Report struct {
	Day  string                `json:"day"`
	Done map[deadline.Kind]int `json:"done"`
}

// last is the day of the last sweep.
type last struct {
	Day deadline.Day `json:"d"`
}

var (
	selfTable = store.Table[last]{Bucket: "self"}
	lastKey   = []byte("swept")
)

// Sweep does everything that is due at now. With confirm it does so whatever
// the clock says. An entry whose work fails is reported and does not hold up others; a
// record that cannot be read ends the sweep with an error.
func (s Sweeper) Sweep(ctx context.Context, now time.Time, confirm bool) (Report, error) {
	today := deadline.DayOf(now)
	report := Report{today.String(), map[deadline.Kind]int{}}
	if err := s.checkClock(ctx, today, confirm); err != nil {
		return report, err
	}
	var faults []error
	failed := map[string]bool{}
	for {
		due, err := s.due(ctx, today, failed)
		if err != nil {
			return report, errors.Join(append(faults, err)...)
		}
		if len(due) == 0 {
			return report, errors.Join(append(faults, s.remember(ctx, today))...)
		}
		if err := s.together(ctx, due, now); err == nil {
			for _, e := range due {
				report.Done[e.Kind]++
			}
			continue
		}
		if ctx.Err() != nil {
			return report, errors.Join(append(faults, ctx.Err())...)
		}
		for _, e := range due { // one of them fails: find out which
			if err := s.together(ctx, []deadline.Entry{e}, now); err != nil {
				faults = append(faults, fmt.Errorf("%s, due %s: %w", e.Kind, deadline.KeyDay(e.Key), err))
				failed[string(e.Key)] = true
			} else {
				report.Done[e.Kind]++
			}
		}
	}
}

// Preview counts what a sweep would do, and does nothing.
func (s Sweeper) Preview(ctx context.Context, now time.Time) (Report, error) {
	report := Report{Day: deadline.DayOf(now).String()}
	err := s.Store.View(ctx, func(r store.Reader) error {
		report.Done = map[deadline.Kind]int{}
		for e, err := range deadline.Due(r, deadline.DayOf(now)) {
			if err != nil {
				return err
			}
			report.Done[e.Kind]++
		}
		return nil
	})
	return report, err
}

// due returns the next deadlines that have not failed in this sweep.
func (s Sweeper) due(ctx context.Context, today deadline.Day, failed map[string]bool) (out []deadline.Entry, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = nil
		for e, err := range deadline.Due(r, today) {
			if err != nil {
				return err
			}
			if failed[string(e.Key)] {
				continue
			}
			if out = append(out, e); len(out) == batch {
				break
			}
		}
		return nil
	})
	return out, err
}

// together does entries in one transaction, and then what takes more than one.
func (s Sweeper) together(ctx context.Context, due []deadline.Entry, now time.Time) error {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		for _, e := range due {
			if err := s.one(tx, e, now); err != nil {
				return err
			}
		}
		return nil
	})
	for _, e := range due {
		if err == nil && e.Kind == deadline.Erasure {
			err = s.erase(ctx, e)
		}
	}
	return err
}

// one does what one deadline asks for and takes it out. A deadline that was moved
// since it was read is left alone: an account that was used again has another.
func (s Sweeper) one(tx store.Tx, e deadline.Entry, now time.Time) error {
	stands, err := deadline.Stands(tx, e.Key)
	if err != nil || !stands || deadline.KeyDay(e.Key) > deadline.DayOf(now) {
		return err
	}
	switch e.Kind {
	case deadline.SharingEnds:
		err = consent.Expire(tx, e.Target, now)
	case deadline.CodeLapses:
		err = account.Lapse(tx, e.Target, now)
	case deadline.Retirement:
		err = account.Retire(tx, s.Ring, e.Target, now)
	case deadline.LinkLapses:
		err = organization.DropLink(tx, e.Target, now)
	case deadline.NameLapses:
		err = organization.Forget(tx, s.Ring, e.Target)
	case deadline.Erasure:
		return nil // taken out when the last record is gone
	default:
		err = fmt.Errorf("retention: unknown kind %q", e.Kind)
	}
	if err != nil {
		return err
	}
	return deadline.Remove(tx, e.Key)
}

// erase deletes the records of a deleted account, batch by batch.
func (s Sweeper) erase(ctx context.Context, e deadline.Entry) error {
	if len(e.Target) != len(vault.ID{}) {
		return errors.New("retention: an erasure names no account")
	}
	for more := true; more; {
		err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = account.Erase(tx, s.Ring, vault.ID(e.Target), slices.Clone(e.Key))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkClock refuses a day that is too far from the last sweep.
func (s Sweeper) checkClock(ctx context.Context, today deadline.Day, confirm bool) error {
	var before last
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		before, err = selfTable.Get(r, lastKey)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // the first sweep
	case err != nil:
		return err
	case today > before.Day+maxJump && !confirm:
		return ErrClock
	}
	return nil
}

// remember keeps the last day seen. An earlier one does not set it back.
func (s Sweeper) remember(ctx context.Context, today deadline.Day) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		before, err := selfTable.Get(tx, lastKey)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if before.Day >= today {
			return nil
		}
		tx.Essential()
		return selfTable.Put(tx, lastKey, last{today})
	})
}
