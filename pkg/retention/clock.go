package retention

import (
	"context"
	"errors"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

const maxJump = 7 // days since the last sweep that need no confirmation

// ErrClock is returned when too many days have passed since the last sweep.
var ErrClock = errors.New("retention: the clock is more than 7 days past the last sweep; if the day is right, run \"selvhjelp sweep\" with -confirm")

// last is the day of the last sweep.
type last struct {
	Day deadline.Day `json:"d"`
}

var (
	selfTable = store.Table[last]{Bucket: "self"}
	lastKey   = []byte("swept")
)

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
