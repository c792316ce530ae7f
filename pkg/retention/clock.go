package retention

import (
	"context"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

const maxJump = 7 // days since the last sweep that need no confirmation

// ErrClock is returned when too many days have passed since the last sweep.
var ErrClock = errors.New("retention: the clock is more than 7 days past the last sweep; if the day is right, run \"selvhjelp sweep\" with -confirm")

// doubtDays is for how long a day is doubted that had nothing to be compared
// with: the first one, and one that somebody has confirmed. After four weeks of
// nights it is borne out.
const doubtDays = 28

// behindDays is for how long a clock has to say earlier days to be believed
// though the last day was not in doubt.
const behindDays = 7

// last is the day of the last sweep. Until the day Until it is in doubt, and a
// clock that says an earlier one, not before From, is believed instead. Behind
// is the first earlier day that was not believed.
type last struct {
	Day    deadline.Day `json:"d"`
	From   deadline.Day `json:"f,omitempty"`
	Until  deadline.Day `json:"u,omitempty"`
	Behind deadline.Day `json:"b,omitempty"`
}

var (
	selfTable = store.Table[last]{Bucket: "self"}
	lastKey   = []byte("swept")
)

// CheckClock returns ErrClock when the day of now is so far from the last sweep
// that nothing may be destroyed by it, unless somebody confirms it.
func (s Sweeper) CheckClock(ctx context.Context, now time.Time, confirm bool) error {
	before, err := s.lastDay(ctx)
	if err == nil && before.Day > 0 && deadline.DayOf(now) > before.Day+maxJump && !confirm {
		return ErrClock
	}
	return err
}

// lastDay is the zero day before the first sweep.
func (s Sweeper) lastDay(ctx context.Context) (before last, err error) {
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		before, err = selfTable.Get(r, lastKey)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return last{}, nil
	}
	return before, err
}

// remember keeps the last day seen. An earlier one does not set it back.
func (s Sweeper) remember(ctx context.Context, today deadline.Day) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		before, err := selfTable.Get(tx, lastKey)
		first := errors.Is(err, store.ErrNotFound)
		if err != nil && !first {
			return err
		}
		if before.Day >= today && !first {
			return nil
		}
		tx.Essential()
		return selfTable.Put(tx, lastKey, before.next(today, first || today > before.Day+maxJump))
	})
}

// next is what is remembered of a day that follows.
func (l last) next(today deadline.Day, doubted bool) last {
	doubtful := l.Until > 0
	switch {
	case doubted && doubtful:
		return last{Day: today, From: l.From, Until: today + doubtDays}
	case doubted:
		return last{Day: today, From: l.Day, Until: today + doubtDays}
	case doubtful && today < l.Until:
		return last{Day: today, From: l.From, Until: l.Until}
	}
	return last{Day: today}
}

// refutes says whether a clock that says today shows the last day to be wrong.
func (l last) refutes(today deadline.Day) bool {
	doubtful := l.Until > 0 && l.From <= today
	steady := l.Behind > 0 && l.Behind+behindDays <= today
	return today < l.Day && (doubtful || steady)
}

// Clock takes note of what the clock says at now. Where the last day is still to
// come and was in doubt, or the clock has said so for a week, that day was wrong,
// and so was whatever was noted then: from now on jumps are counted from today,
// and the epoch of a day to come is replaced. It returns that day, or "".
func (n *Night) Clock(ctx context.Context, now time.Time) (wrong string, err error) {
	n.running.Lock()
	defer n.running.Unlock()
	today := deadline.DayOf(now)
	before, err := n.lastDay(ctx)
	switch {
	case err != nil || today >= before.Day:
		return "", err
	case !before.refutes(today):
		return "", n.noteBehind(ctx, before, today)
	}
	if _, err := n.Seal.Retract(now); err != nil {
		return "", err
	}
	err = n.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		return errors.Join(selfTable.Put(tx, lastKey, last{Day: today, From: min(before.From, today), Until: today + doubtDays}), nightBack(tx, today))
	})
	return before.Day.String(), err
}

// noteBehind notes the first day that is behind the last one.
func (s Sweeper) noteBehind(ctx context.Context, before last, today deadline.Day) error {
	if before.Behind > 0 && before.Behind <= today {
		return nil
	}
	before.Behind = today
	return s.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		return selfTable.Put(tx, lastKey, before)
	})
}

// nightBack moves what the last night has noted of days to come to today.
func nightBack(tx store.Tx, today deadline.Day) error {
	n, err := nightTable.Get(tx, nightKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n.Day = min(n.Day, today)
	for number, day := range n.Seen {
		n.Seen[number] = min(day, today)
	}
	return nightTable.Put(tx, nightKey, n)
}
