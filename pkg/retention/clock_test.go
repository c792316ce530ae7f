package retention

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// clock tells the night what the clock says on a day, and asserts which day it
// shows to be wrong, 0 for none.
func clock(t *testing.T, n *Night, day, wrong int) {
	t.Helper()
	want := ""
	if wrong != 0 {
		want = (deadline.DayOf(now) + deadline.Day(wrong)).String()
	}
	if got, err := n.Clock(t.Context(), early(day)); got != want || err != nil {
		t.Errorf("day %d shows %q to be wrong, %v; want %q", day, got, err, want)
	}
}

func wantGuard(t *testing.T, n *Night, day int) {
	t.Helper()
	if _, err := n.Run(t.Context(), early(day), false); !errors.Is(err, ErrClock) {
		t.Errorf("a jump to day %d: %v", day, err)
	}
}

func confirmed(t *testing.T, n *Night, day int) {
	t.Helper()
	if _, err := n.Run(t.Context(), early(day), true); err != nil {
		t.Fatal(err)
	}
}

// TestADayConfirmedByMistakeIsTakenBack, again and again: the next wrong day is
// refused as the first one was.
func TestADayConfirmedByMistakeIsTakenBack(t *testing.T) {
	n := newNight(domaintest.Open(t))
	sleep(t, n, 0, 7, 14, 21, 28, 35)
	for _, wrong := range []int{400, 500} {
		wantGuard(t, n, wrong)
		confirmed(t, n, wrong)
		sleep(t, n, wrong+5)
		clock(t, n, 36, wrong+5)
		wantGuard(t, n, 300)
	}
	sleep(t, n, 36, 43)
	if report, err := n.CatchUp(t.Context(), early(44)); err != nil || report.Night == nil {
		t.Errorf("a start catches up: %+v, %v", report, err)
	}
}

func TestAFirstDayThatWasWrongIsTakenBack(t *testing.T) {
	n := newNight(domaintest.Open(t))
	sleep(t, n, 400)
	clock(t, n, 1, 400)
	sleep(t, n, 1)
	wantGuard(t, n, 300)
}

// TestADayIsBorneOutAfterFourWeeks: a clock that is behind for once is not
// believed then, and is never believed before the last day that was sure.
func TestADayIsBorneOutAfterFourWeeks(t *testing.T) {
	n := newNight(domaintest.Open(t))
	sleep(t, n, 0, 7, 14, 21, 27)
	clock(t, n, 20, 27)
	sleep(t, n, 27, 34, 41, 48)
	clock(t, n, 20, 0)
	confirmed(t, n, 400)
	clock(t, n, 47, 0)
	sleep(t, n, 407, 414, 421, 428)
	clock(t, n, 100, 0)
	sleep(t, n, 435)
}

// TestAClockThatIsBehindForAWeekIsBelieved, also where no day was in doubt; one
// that was behind for a night is not.
func TestAClockThatIsBehindForAWeekIsBelieved(t *testing.T) {
	n := newNight(domaintest.Open(t))
	sleep(t, n, 0, 7, 14, 21, 28, 35)
	clock(t, n, -100, 0)
	sleep(t, n, 36)
	clock(t, n, -93, 0)
	for day := -92; day < -86; day++ {
		clock(t, n, day, 0)
		sleep(t, n, day)
	}
	if number, _ := n.Seal.Current(); number != 6 {
		t.Errorf("the control: epoch %d", number)
	}
	clock(t, n, -86, 36)
	sleep(t, n, -85, -79)
	if number, _ := n.Seal.Current(); number != 8 {
		t.Errorf("epoch %d: the weeks do not go on", number)
	}
	wantGuard(t, n, 36)
}

// TestKeysMadeUnderAWrongDayGoWithTheRightOnes: they are replaced at once and
// destroyed in their time, as are those from before.
func TestKeysMadeUnderAWrongDayGoWithTheRightOnes(t *testing.T) {
	w := domaintest.Open(t)
	n := newNight(w)
	sleep(t, n, 0)
	confirmed(t, n, 400)
	w.Update(t, func(tx store.Tx) error { return tx.Put("own", []byte("k"), []byte("mood: fine")) })
	sleep(t, n, 407)
	if diff := cmp.Diff([]sealed.Epoch{1, 2, 3}, numbers(n)); diff != "" {
		t.Fatalf("the control (-want +got):\n%s", diff)
	}
	clock(t, n, 2, 407)
	clock(t, n, 2, 0)
	if current := n.Seal.Epochs()[3]; deadline.DayOf(current.Made) != deadline.DayOf(now)+2 {
		t.Errorf("the current epoch is of %s", current.Made)
	}
	sleep(t, n, 2, 9, 16, 23-1)
	if diff := cmp.Diff([]sealed.Epoch{1, 2, 3, 4, 5, 6}, numbers(n)); diff != "" {
		t.Errorf("before their time (-want +got):\n%s", diff)
	}
	sleep(t, n, 2+keyring.KeepDays)
	if diff := cmp.Diff([]sealed.Epoch{4, 5, 6, 7}, numbers(n)); diff != "" {
		t.Errorf("in their time (-want +got):\n%s", diff)
	}
}

// TestTheJobsAskTheClock: a start is enough, and says so.
func TestTheJobsAskTheClock(t *testing.T) {
	n := newNight(domaintest.Open(t))
	sleep(t, n, 400)
	ctx, cancel := context.WithCancel(t.Context())
	var told []string
	Run(ctx, n, func() time.Time { return early(1) }, func(r Report, err error) {
		if err != nil {
			t.Error(err)
		}
		told = append(told, r.Day, r.Wrong)
		cancel()
	})
	day := func(d int) string { return (deadline.DayOf(now) + deadline.Day(d)).String() }
	if diff := cmp.Diff([]string{day(1), day(400)}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFormatOfALastDayIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	for name, l := range map[string]last{"last": {Day: 20514}, "doubted": {Day: 20514, From: 20507, Until: 20542, Behind: 20500}} {
		w.Update(t, func(tx store.Tx) error { return selfTable.Put(tx, lastKey, l) })
		var raw []byte
		w.View(t, func(r store.Reader) (err error) {
			raw, err = r.Get("self", lastKey)
			return err
		})
		domaintest.Golden(t, name, raw)
	}
}
