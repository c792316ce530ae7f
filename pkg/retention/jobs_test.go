package retention

import (
	"context"
	"fmt"
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
