package retention

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// Night is what is done every night. Two of them wait for each other.
type Night struct {
	Sweeper
	Seal     *keyring.Seal
	File     store.File   // beneath Store
	Beside   []store.File // sealed under the same epochs, and written anew with it
	Sessions store.File   // nil where no server runs
	Runtime  *session.RuntimeKey
	Also     []Step // further steps, taken after the sweep

	running sync.Mutex
}

// Step is one that package retention knows nothing of. It is left out where the
// clock may be wrong.
type Step struct {
	Name string // for the log and for what went, in Report.Also
	Do   func(ctx context.Context, now time.Time) (gone int, err error)
}

// Steps says what a night has done beside the sweep.
type Steps struct {
	Rolled    bool           `json:"rolled"`              // a new epoch was made
	Compacted bool           `json:"compacted"`           // the database was written anew
	Records   int            `json:"records"`             // that it holds
	Resealed  int            `json:"resealed"`            // of them, sealed under a newer epoch
	Shut      int            `json:"shut"`                // of them, that do not open; they stay
	Destroyed []sealed.Epoch `json:"destroyed,omitempty"` // epochs whose keys are gone
	Sessions  *session.Moved `json:"sessions,omitempty"`
}

// ErrShut is returned when records do not open. They are kept as they are, and
// so is the key of their epoch.
var ErrShut = errors.New("retention: records that do not open were left as they are")

// Run takes all steps of a night at now. With confirm it does so whatever the
// clock says; without, a clock that is wrong leaves out every step that cannot
// be undone. The error joins those of the steps; none names anybody.
func (n *Night) Run(ctx context.Context, now time.Time, confirm bool) (Report, error) {
	n.running.Lock()
	defer n.running.Unlock()
	clock := n.CheckClock(ctx, now, confirm)
	r := &run{Night: n, now: now, sound: clock == nil, report: newReport(now), faults: []error{clock}}
	steps := &Steps{}
	r.step(ctx, "sweep", r.sound, func() (err error) {
		r.report, err = n.sweep(ctx, now)
		return err
	})
	for _, s := range n.Also {
		r.step(ctx, s.Name, r.sound, func() error {
			gone, err := s.Do(ctx, now)
			r.report.also(s.Name, gone)
			return err
		})
	}
	r.report.Night = steps
	r.step(ctx, "new epoch", r.sound, func() (err error) {
		steps.Rolled, err = n.Seal.Roll(now)
		return err
	})
	r.step(ctx, "compaction", true, func() error { return r.compact(ctx, steps) })
	r.step(ctx, "old epochs", r.sound && steps.Compacted, func() error { return r.destroy(ctx, steps) })
	r.step(ctx, "sessions", n.Sessions != nil, func() error {
		moved, err := session.Renew(ctx, n.Sessions, n.Runtime, now)
		steps.Sessions = &moved
		return err
	})
	return r.report, errors.Join(r.faults...)
}

// CatchUp makes up for what was missed while nothing ran: the whole night where
// none has written the database anew since the day began, or else the sweep.
func (n *Night) CatchUp(ctx context.Context, now time.Time) (Report, error) {
	last, err := n.lastNight(ctx)
	if err != nil || last.Day < deadline.DayOf(now) {
		return n.Run(ctx, now, false)
	}
	return n.Sweep(ctx, now, false)
}

// run is one night.
type run struct {
	*Night
	now    time.Time
	sound  bool // the clock is right
	report Report
	faults []error
	live   sealed.Tally // the records of every epoch, after the compaction
}

// step takes a step and notes what is wrong. Of a panic it tells the type
// alone.
func (r *run) step(ctx context.Context, name string, wanted bool, fn func() error) {
	if !wanted || ctx.Err() != nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.faults = append(r.faults, fmt.Errorf("%s: panic of type %T", name, p))
		}
	}()
	if err := fn(); err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s: %w", name, err))
	}
}

// compact writes the databases anew, with every record under the current epoch.
func (r *run) compact(ctx context.Context, steps *Steps) error {
	resealer := sealed.NewResealer(r.Seal)
	for _, file := range append([]store.File{r.File}, r.Beside...) {
		if err := file.Compact(ctx, resealer.Change); err != nil {
			return err
		}
	}
	r.live = resealer.After
	steps.Compacted, steps.Resealed, steps.Shut = true, resealer.Resealed, resealer.Shut
	for _, count := range r.live {
		steps.Records += count
	}
	var fault error
	if steps.Shut > 0 {
		fault = fmt.Errorf("%w: %d", ErrShut, steps.Shut)
	}
	if r.sound {
		fault = errors.Join(fault, r.rememberNight(ctx, deadline.DayOf(r.now), resealer.Before))
	}
	return fault
}

// destroy destroys the keys of the epochs whose time is over.
func (r *run) destroy(ctx context.Context, steps *Steps) error {
	last, err := r.lastNight(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for number, end := range last.ends(r.Seal.Epochs()) {
		if end > deadline.DayOf(r.now) {
			continue
		}
		if err := r.Seal.Destroy(number, r.live); err != nil {
			faults = append(faults, err)
		} else {
			steps.Destroyed = append(steps.Destroyed, number)
		}
	}
	return errors.Join(faults...)
}
