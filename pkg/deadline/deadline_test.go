package deadline_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

func TestADayIsTheDateInUTC(t *testing.T) {
	oslo := time.FixedZone("CEST", 2*60*60)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), "2026-03-02"},
		{time.Date(2026, 3, 2, 23, 59, 59, 999999999, time.UTC), "2026-03-02"},
		{time.Date(2026, 7, 2, 1, 59, 59, 999999999, oslo), "2026-07-01"},
		{time.Date(2026, 7, 2, 2, 0, 0, 0, oslo), "2026-07-02"},
		{time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC), "2028-02-29"},
		{time.Unix(0, 0), "1970-01-01"},
	} {
		if got := deadline.DayOf(c.at).String(); got != c.want {
			t.Errorf("%v is on %s, not %s", c.at, got, c.want)
		}
	}
}

func TestADayStartsOnItselfAndNotANanosecondEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := deadline.Day(rapid.IntRange(1, 200_000).Draw(t, "day"))
		if deadline.DayOf(day.Start()) != day || deadline.DayOf(day.Start().Add(-1)) != day-1 {
			t.Fatal("the edge of the day is elsewhere")
		}
	})
}

// put enters deadlines and returns their keys.
func put(t *testing.T, w *domaintest.World, days ...deadline.Day) (keys [][]byte) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		keys = nil
		for _, d := range days {
			key, err := deadline.Put(tx, d, deadline.SharingEnds, []byte(d.String()))
			if err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return nil
	})
	return keys
}

func due(t *testing.T, w *domaintest.World, day deadline.Day) (list []deadline.Entry) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		list = nil
		for e, err := range deadline.Due(r, day) {
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	return list
}

func TestWhatIsDueComesInTheOrderOfDaysAndNothingLater(t *testing.T) {
	w := domaintest.Open(t)
	put(t, w, 20516, 20514, 20515, 255, 256, 65536)
	var got []string
	for _, e := range due(t, w, 20515) {
		if e.Kind != deadline.SharingEnds || deadline.KeyDay(e.Key).String() != string(e.Target) {
			t.Error("an entry is not what was put in")
		}
		got = append(got, string(e.Target))
	}
	want := []string{deadline.Day(255).String(), deadline.Day(256).String(), deadline.Day(20514).String(), deadline.Day(20515).String()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyThingsFallDueOnOneDay(t *testing.T) {
	w := domaintest.Open(t)
	put(t, w, slices.Repeat([]deadline.Day{20514}, 50)...)
	if n := len(due(t, w, 20514)); n != 50 {
		t.Errorf("%d of 50 are due", n)
	}
}

// TestOneThatCannotBeReadHidesNoOther, wherever it stands, and tells its key.
func TestOneThatCannotBeReadHidesNoOther(t *testing.T) {
	w := domaintest.Open(t)
	keys := put(t, w, 7, 8, 9, 10, 11)
	bad := [][]byte{keys[0], keys[2], keys[4]}
	err := w.Inner.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Put("due", bad[0], make([]byte, 100)), tx.Put("due", bad[1], []byte("?")), tx.Put("due", bad[2], nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	var read, unread [][]byte
	w.View(t, func(r store.Reader) error {
		read, unread = nil, nil
		for e, err := range deadline.Due(r, 11) {
			if err != nil {
				unread = append(unread, e.Key)
			} else {
				read = append(read, e.Key)
			}
		}
		return nil
	})
	if diff := cmp.Diff([][][]byte{{keys[1], keys[3]}, bad}, [][][]byte{read, unread}); diff != "" {
		t.Errorf("read and unread (-want +got):\n%s", diff)
	}
}

func TestARemovedDeadlineIsNotDue(t *testing.T) {
	w := domaintest.Open(t)
	keys := put(t, w, 20514, 20515)
	for _, key := range [][]byte{keys[0], keys[0], nil} {
		w.Update(t, func(tx store.Tx) error { return deadline.Remove(tx, key) })
	}
	if list := due(t, w, 30000); len(list) != 1 || !slices.Equal(list[0].Key, keys[1]) {
		t.Errorf("%d are due, not the one", len(list))
	}
}

func TestEntriesMayBeKeptAfterTheTransaction(t *testing.T) {
	w := domaintest.Open(t)
	want := put(t, w, slices.Repeat([]deadline.Day{20514}, 300)...)
	list := due(t, w, 20514)
	for _, key := range want {
		w.Update(t, func(tx store.Tx) error { return deadline.Remove(tx, key) })
	}
	slices.SortFunc(want, slices.Compare)
	for i, e := range list {
		if !slices.Equal(e.Key, want[i]) {
			t.Fatal("a kept key has changed under its holder")
		}
	}
}

func TestAKeyThatIsNoneIsOfNoDay(t *testing.T) {
	if deadline.KeyDay(nil) != 0 || deadline.KeyDay([]byte{1, 2, 3}) != 0 {
		t.Error("a day came out of nothing")
	}
}

func TestTheFormatOfADeadlineIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	key := put(t, w, 20514)[0]
	w.View(t, func(r store.Reader) error {
		raw, err := r.Get("due", key)
		domaintest.Golden(t, "due", raw)
		return err
	})
	if len(key) != 16 || !slices.Equal(key[:4], []byte{0, 0, 0x50, 0x22}) {
		t.Errorf("the key begins with %x", key[:4])
	}
}
