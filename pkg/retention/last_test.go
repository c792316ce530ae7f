package retention

import (
	"testing"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// TestWhatIsShownOfTheNightsFollowsThem: the sweep alone is not the database
// written anew.
func TestWhatIsShownOfTheNightsFollowsThem(t *testing.T) {
	n := newNight(domaintest.Open(t))
	want := func(swept, anew deadline.Day) {
		t.Helper()
		err := n.Store.View(t.Context(), func(r store.Reader) error {
			gotSwept, err := LastSweep(r)
			if err != nil {
				return err
			}
			gotAnew, err := LastAnew(r)
			if gotSwept != swept || gotAnew != anew {
				t.Errorf("swept on %d, written anew on %d; want %d and %d", gotSwept, gotAnew, swept, anew)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	today := deadline.DayOf(now)
	want(0, 0)
	sleep(t, n, 0)
	want(today, today)
	if _, err := n.Sweep(t.Context(), early(1), false); err != nil {
		t.Fatal(err)
	}
	want(today+1, today)
}
