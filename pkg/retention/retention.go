// Package retention is the jobs that make the time limits true: grants, issued
// codes, accounts and links that have run out are not only refused, they go,
// and what was deleted is out of reach of whoever gets hold of old files.
//
//   - Nothing is enforced by a job alone: every limit also holds at the moment
//     of reading. Names of professionals who left go with the first night after
//     the two years in which the log names them.
//   - A sweep does what is due on a day and on all days before it, in the order
//     of days, so a missed run is made up by the next. It may run twice, be
//     killed at any moment, and run beside readers and writers.
//   - Its work is in proportion to what is due.
//   - A deadline that cannot be read, or whose work fails, is reported and holds
//     up no other.
//   - When the clock says that more than a week has passed since the last sweep,
//     nothing is deleted until somebody confirms the day: a wrong clock must not
//     delete five years of accounts, nor destroy a key. A day that had nothing to
//     be compared with, as the first, or one that was confirmed, is in doubt for
//     four weeks: a clock that says an earlier one is believed, as is one that
//     has been behind for a week, and keys made under the wrong day are replaced.
//   - A night is a sweep, then a new seal epoch when the current one is a week
//     old, the database written anew with every record under the current epoch,
//     old epochs destroyed, and the sessions' key changed. A step that fails is
//     reported and the others are taken. What was deleted is out of reach after
//     28 days; package keyring has the arithmetic.
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
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/statistics"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const batch = 256 // deadlines in one transaction

// ErrUnreadable is returned when deadlines were skipped that do not open.
var ErrUnreadable = errors.New("retention: deadlines that cannot be read were skipped")

// Sweeper does what is due.
type Sweeper struct {
	Store store.Store
	Ring  *keyring.Ring
}

// Report says what a sweep or a night has done, or would do.
type Report struct {
	Day        string                `json:"day"`
	Done       map[deadline.Kind]int `json:"done"`                 // deadlines, by kind
	Also       map[string]int        `json:"also,omitempty"`       // what went without a deadline of its own, by name
	Unreadable int                   `json:"unreadable,omitempty"` // deadlines that were skipped
	Wrong      string                `json:"wrong,omitempty"`      // a day that was taken for the last and is still to come
	Night      *Steps                `json:"night,omitempty"`      // nothing for a sweep alone
}

// Sweep does everything that is due at now. With confirm it does so whatever
// the clock says. An entry that cannot be read, or whose work fails, is part of
// the error and does not hold up others.
func (s Sweeper) Sweep(ctx context.Context, now time.Time, confirm bool) (Report, error) {
	if err := s.CheckClock(ctx, now, confirm); err != nil {
		return newReport(now), err
	}
	return s.sweep(ctx, now)
}

// sweep does what Sweep does, under a clock that is right.
func (s Sweeper) sweep(ctx context.Context, now time.Time) (Report, error) {
	report, today := newReport(now), deadline.DayOf(now)
	var faults []error
	skip := map[string]bool{} // failed, or not to be read
	for {
		due, err := s.due(ctx, today, skip)
		report.Unreadable += due.unreadable
		if err != nil {
			return report, errors.Join(append(faults, err)...)
		}
		if len(due.entries) == 0 {
			break
		}
		done, err := s.all(ctx, due.entries, now, skip)
		for _, e := range done {
			report.Done[e.Kind]++
		}
		faults = append(faults, err)
		if ctx.Err() != nil {
			return report, errors.Join(append(faults, ctx.Err())...)
		}
	}
	if report.Unreadable > 0 {
		faults = append(faults, fmt.Errorf("%w: %d", ErrUnreadable, report.Unreadable))
	}
	entries, err1 := s.forget(ctx, now)
	report.also(AuditEntries, entries)
	counts, err2 := s.forgetCounts(ctx, today)
	report.also(Counts, counts)
	return report, errors.Join(append(faults, err1, err2, s.remember(ctx, today))...)
}

// Names of what a sweep removes that has no deadline of its own.
const (
	AuditEntries = "audit"
	Counts       = "counts" // days of counts of requests
)

// also adds what went under a name; nothing is left out.
func (r *Report) also(name string, gone int) {
	if gone == 0 {
		return
	}
	if r.Also == nil {
		r.Also = map[string]int{}
	}
	r.Also[name] += gone
}

func newReport(now time.Time) Report {
	return Report{Day: deadline.DayOf(now).String(), Done: map[deadline.Kind]int{}}
}

// all does entries together or, when one of them fails, one by one to find out
// which. It returns those that are done and enters the others into skip.
func (s Sweeper) all(ctx context.Context, due []deadline.Entry, now time.Time, skip map[string]bool) (done []deadline.Entry, err error) {
	if s.together(ctx, due, now) == nil {
		return due, nil
	}
	var faults []error
	for _, e := range due {
		if ctx.Err() != nil {
			break
		}
		if err := s.together(ctx, []deadline.Entry{e}, now); err != nil {
			faults = append(faults, fmt.Errorf("%s, due %s: %w", e.Kind, deadline.KeyDay(e.Key), err))
			skip[string(e.Key)] = true
			continue
		}
		done = append(done, e)
	}
	return done, errors.Join(faults...)
}

// Preview counts what a sweep would do, and does nothing.
func (s Sweeper) Preview(ctx context.Context, now time.Time) (Report, error) {
	report := newReport(now)
	err := s.Store.View(ctx, func(r store.Reader) error {
		report = newReport(now)
		for e, err := range deadline.Due(r, deadline.DayOf(now)) {
			switch {
			case err == nil:
				report.Done[e.Kind]++
			case e.Key == nil:
				return err
			default:
				report.Unreadable++
			}
		}
		return nil
	})
	return report, err
}

// found is what is due next.
type found struct {
	entries    []deadline.Entry
	unreadable int // of those passed on the way
}

// due returns the next deadlines that are not to be skipped. One that cannot be
// read is to be skipped from then on.
func (s Sweeper) due(ctx context.Context, today deadline.Day, skip map[string]bool) (out found, err error) {
	var bad [][]byte
	err = s.Store.View(ctx, func(r store.Reader) error {
		out, bad = found{}, nil
		for e, err := range deadline.Due(r, today) {
			switch {
			case skip[string(e.Key)]:
			case err != nil && e.Key == nil:
				return err
			case err != nil:
				bad = append(bad, e.Key)
			default:
				out.entries = append(out.entries, e)
			}
			if len(out.entries) == batch {
				return nil
			}
		}
		return nil
	})
	for _, key := range bad {
		skip[string(key)] = true
	}
	out.unreadable = len(bad)
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
		if err == nil && e.Kind == deadline.Closing {
			err = s.close(ctx, e)
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
	case deadline.Retirement, deadline.Deletion:
		err = account.Retire(tx, s.Ring, e.Target, now)
	case deadline.LinkLapses:
		err = organization.DropLink(tx, e.Target, now)
	case deadline.NameLapses:
		err = organization.Forget(tx, s.Ring, e.Target)
	case deadline.RequestGoes:
		err = request.Expire(tx, e.Target, now)
	case deadline.Erasure, deadline.Closing:
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

// forgetCounts removes the counts of days that have been kept long enough.
func (s Sweeper) forgetCounts(ctx context.Context, today deadline.Day) (days int, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		days, err = statistics.Forget(tx, today)
		return err
	})
	return days, err
}
