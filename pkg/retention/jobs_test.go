package retention

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
)

// TestHalfAYearOfNights runs the real jobs under a clock of its own: one sweep
// at the start and one every night at 00:05 UTC, on a machine that lives by the
// time of Oslo, through both of its changes of summer time; and the grant goes in
// the night in which its 26 weeks are over.
func TestHalfAYearOfNights(t *testing.T) {
	liveIn(t, "Europe/Oslo")
	h := build(t)
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(now)) // the bubble begins in 2000
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		var nights []time.Time
		ended := ""
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			Run(ctx, h.night(), time.Now, func(r Report, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if nights = append(nights, time.Now()); r.Done[deadline.SharingEnds] > 0 {
					ended = fmt.Sprint(ended, r.Day)
				}
			})
		}()
		const days = 245 // until November
		<-time.After(days * 24 * time.Hour)
		synctest.Wait()
		cancel()
		<-stop
		mu.Lock()
		defer mu.Unlock()
		if want := (deadline.DayOf(now) + consent.EndDays).String(); ended != want {
			t.Errorf("the grant ended on %q, want %s", ended, want)
		}
		if len(nights) != days+1 {
			t.Errorf("%d sweeps at a start and in %d nights", len(nights), days)
		}
		midnight := deadline.DayOf(now).Start()
		for n, at := range nights[1:] {
			if want := midnight.AddDate(0, 0, n+1).Add(5 * time.Minute); !at.Equal(want) {
				t.Fatalf("night %d was at %v, want %v", n+1, at.UTC(), want)
			}
		}
	})
}

// liveIn has this machine live by the time of a place.
func liveIn(t *testing.T, place string) {
	t.Helper()
	zone, err := time.LoadLocation(place)
	if err != nil {
		t.Fatal(err)
	}
	was := time.Local
	time.Local = zone
	t.Cleanup(func() { time.Local = was })
}

// nights runs the jobs for so many hours of a bubble's time, from ten in the
// morning, and returns the moment and the error of each.
func nights(t *testing.T, n *Night, clock func() time.Time, hours int) (at []time.Time, errs []error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(now))
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(hours)*time.Hour)
		defer cancel()
		Run(ctx, n, clock, func(_ Report, err error) {
			at, errs = append(at, time.Now()), append(errs, err)
		})
	})
	return at, errs
}

func TestANightThatIsStillRunningIsNotStartedAgain(t *testing.T) {
	// A night that waits for another holds up the time of the bubble.
	defer time.AfterFunc(time.Minute, func() { panic("a second night was started") }).Stop()
	n, begun := build(t).night(), 0
	n.Also = []Step{{Name: "slow", Do: func(context.Context, time.Time) (int, error) {
		if begun++; begun > 1 { // the first is the start's
			<-time.After(60 * time.Hour)
		}
		return 0, nil
	}}}
	ended, errs := nights(t, n, time.Now, 5*24)
	if begun != 3 || len(ended) != 3 || ended[1].Sub(now) < 70*time.Hour || errors.Join(errs...) != nil {
		t.Errorf("%d nights were begun in five days, and ended at %v: %v", begun, ended, errs)
	}
}

func TestANightThatPanicsEndsNothing(t *testing.T) {
	calls := 0
	_, errs := nights(t, build(t).night(), func() time.Time {
		if calls++; calls < 3 {
			panic("what it says stays here")
		}
		return time.Now()
	}, 3*24)
	if len(errs) != 4 || errs[0] == nil || errs[1] == nil || errs[2] != nil || errs[3] != nil {
		t.Fatalf("the start and three nights, of which the first two panic: %v", errs)
	}
	if strings.Contains(errs[0].Error(), "stays here") {
		t.Error("the error has what the panic said")
	}
}
