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
// at the start and one every night, through both changes of summer time, and
// the grant goes in the night in which its 26 weeks are over.
func TestHalfAYearOfNights(t *testing.T) {
	h := build(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begun := time.Now()
		clock := func() time.Time { return now.Add(time.Since(begun)) }
		var mu sync.Mutex
		var nights []string
		ended := ""
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			Run(ctx, h.night(), clock, func(r Report, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if nights = append(nights, r.Day); r.Done[deadline.SharingEnds] > 0 {
					ended = fmt.Sprint(ended, r.Day)
				}
			})
		}()
		<-time.After(190 * 24 * time.Hour) // of the bubble's time
		synctest.Wait()
		cancel()
		<-stop
		mu.Lock()
		defer mu.Unlock()
		if want := (deadline.DayOf(now) + consent.EndDays).String(); ended != want {
			t.Errorf("the grant ended on %q, want %s", ended, want)
		}
		if len(nights) < 190 || len(nights) > 192 {
			t.Errorf("%d sweeps in 190 days", len(nights))
		}
	})
}
