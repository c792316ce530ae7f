package audit_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// forget lets entries go as a night at a moment would, and returns how many went
// in each transaction.
func (o *office) forget(now time.Time) (gone []int) {
	o.t.Helper()
	for n := -1; n != 0; gone = append(gone, n) {
		o.Update(o.t, func(tx store.Tx) (err error) {
			n, err = audit.Forget(tx, now)
			return err
		})
	}
	return gone
}

// left are the days of the entries that can still be read.
func (o *office) left() []deadline.Day {
	var out []deadline.Day
	for _, e := range o.read(0) {
		if e.What != "" {
			out = append(out, e.Day)
		}
	}
	return out
}

func TestAnEntryIsKeptForTwoYearsAndNotLonger(t *testing.T) {
	o := open(t)
	first := deadline.DayOf(domaintest.Now)
	o.record(days(first, first, first+1)...)
	checkpoint := o.head()
	anniversary := first.Start().AddDate(2, 0, 0)
	for at, want := range map[time.Time]deadline.Day{anniversary.Add(24*time.Hour - time.Nanosecond): first, anniversary.AddDate(0, 0, 1): first + 1} {
		if got := audit.Kept(at); got != want {
			t.Errorf("at %s entries are shown from day %d on, want %d", at, got, want)
		}
	}
	o.forget(anniversary.Add(24*time.Hour - time.Nanosecond))
	if diff := cmp.Diff([]deadline.Day{first, first, first + 1}, o.left()); diff != "" {
		t.Errorf("on the anniversary:\n%s", diff)
	}
	o.forget(anniversary.AddDate(0, 0, 1))
	if diff := cmp.Diff([]deadline.Day{first + 1}, o.left()); diff != "" {
		t.Errorf("the day after:\n%s", diff)
	}
	o.record(days(first + 800)...)
	if err := o.verify(checkpoint); err != nil {
		t.Errorf("without the first entries: %v", err)
	}
}

func TestLeapDaysForgetNothingEarly(t *testing.T) {
	o := open(t)
	day := deadline.DayOf(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	o.record(days(day-1, day)...)
	o.forget(time.Date(2028, 2, 29, 23, 0, 0, 0, time.UTC))
	if diff := cmp.Diff([]deadline.Day{day}, o.left()); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsForgottenIsNotAtRest: neither the entry nor its salt, without which
// the hash can be compared with nothing.
func TestWhatIsForgottenIsNotAtRest(t *testing.T) {
	o := open(t)
	o.record(audit.Entry{Day: 1, Name: "Kari Testesen", Role: "operator", What: audit.Operator})
	o.forget(domaintest.Now)
	o.edit(1, func(s *stored) {
		if s.Entry != nil || s.Salt != nil || len(s.Leaf) == 0 {
			t.Error("the entry or its salt rests, or the hash does not")
		}
	})
}

func TestForgettingCoversAllChainsInBatches(t *testing.T) {
	o := open(t)
	other := &office{o.World, t, []byte("another chain")}
	o.record(days(slices.Repeat([]deadline.Day{1}, 300)...)...)
	other.record(days(slices.Repeat([]deadline.Day{2}, 300)...)...)
	other.record(days(deadline.DayOf(domaintest.Now))...)
	kept, others := o.head(), other.head()
	if diff := cmp.Diff([]int{256, 256, 88, 0}, o.forget(domaintest.Now)); diff != "" {
		t.Errorf("600 entries in batches:\n%s", diff)
	}
	if len(o.left()) != 0 || len(other.left()) != 1 {
		t.Errorf("%d and %d entries are left", len(o.left()), len(other.left()))
	}
	if o.verify(kept) != nil || other.verify(others) != nil {
		t.Error("a chain does not verify")
	}
	if diff := cmp.Diff([]int{0}, o.forget(domaintest.Now)); diff != "" {
		t.Errorf("with nothing to do:\n%s", diff)
	}
}

func TestAShreddedChainVerifiesAndGoesOn(t *testing.T) {
	o := open(t)
	other := &office{o.World, t, []byte("another business")}
	today := deadline.DayOf(domaintest.Now)
	o.record(days(1, today)...)
	other.record(days(today)...)
	checkpoint := o.head()
	for n := 1; n > 0; {
		o.Update(t, func(tx store.Tx) (err error) {
			n, err = o.log().Shred(tx)
			return err
		})
	}
	if len(o.left()) != 0 || len(other.left()) != 1 {
		t.Error("something is left, or another business's log is gone")
	}
	if err := o.verify(checkpoint); err != nil {
		t.Error(err)
	}
	o.edit(2, func(s *stored) { s.Leaf[0]++ })
	if o.verify() == nil {
		t.Error("a changed hash of a shredded chain is not noticed")
	}
}

// TestTwoYearsAreTheSameInEveryZone, also around a leap day.
func TestTwoYearsAreTheSameInEveryZone(t *testing.T) {
	at := time.Date(2028, 2, 29, 23, 30, 0, 0, time.UTC)
	if here, there := audit.Kept(at), audit.Kept(at.In(time.FixedZone("east", 3600))); here != there {
		t.Errorf("entries are shown from day %d on, further east from day %d on", here, there)
	}
}
