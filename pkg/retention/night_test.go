package retention

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// sleep has a night on each of the days, and returns what the last one did.
func sleep(t *testing.T, n *Night, days ...int) (report Report) {
	t.Helper()
	for _, day := range days {
		var err error
		if report, err = n.Run(t.Context(), early(day), false); err != nil {
			t.Fatalf("night %d: %v", day, err)
		}
	}
	return report
}

// withSessions gives a night the sessions of a server.
func withSessions(t *testing.T, n *Night) *Night {
	t.Helper()
	dir := t.TempDir()
	db, err := bolt.Open(filepath.Join(dir, "sessions.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	n.Sessions = db
	if n.Runtime, _, err = session.LoadRuntimeKey(dir); err != nil {
		t.Fatal(err)
	}
	return n
}

func numbers(n *Night) (out []sealed.Epoch) {
	for _, e := range n.Seal.Epochs() {
		out = append(out, e.Number)
	}
	return out
}

// TestANightTakesAllItsSteps: the record of the world that the sweep leaves,
// and what the night remembers, are under a new epoch.
func TestANightTakesAllItsSteps(t *testing.T) {
	n := withSessions(t, newNight(domaintest.Open(t)))
	sleep(t, n, 0)
	got := sleep(t, n, 7)
	want := &Steps{Rolled: true, Compacted: true, Records: 2, Resealed: 2, Sessions: &session.Moved{}}
	if diff := cmp.Diff(want, got.Night); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = sleep(t, n, 8, 14, 21, 28)
	want = &Steps{Rolled: true, Compacted: true, Records: 2, Resealed: 2, Destroyed: []sealed.Epoch{1}, Sessions: &session.Moved{}}
	if diff := cmp.Diff(want, got.Night); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// brokenFile is a file whose disk is full, or whose pages are damaged.
type brokenFile struct {
	store.File
	fault func() error
}

func (f brokenFile) Compact(context.Context, store.Change) error { return f.fault() }

// TestAStepThatFailsStopsNoOther, and is named with its class alone.
func TestAStepThatFailsStopsNoOther(t *testing.T) {
	h := build(t)
	n := withSessions(t, h.night())
	n.File = brokenFile{h.Inner, func() error { panic("a secret") }}
	if err := os.WriteFile(keyFile(h.World), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := n.Run(t.Context(), now.AddDate(6, 0, 0), false)
	for _, want := range []string{"new epoch: ", "seal.keys:1:", "compaction: panic of type string"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Error("a panic's value is told")
	}
	if report.Done[deadline.Retirement] != 2 || report.Night.Sessions == nil || report.Night.Compacted {
		t.Errorf("done: %+v, %+v", report.Done, report.Night)
	}
	n.File = brokenFile{h.Inner, func() error { return store.ErrFull }}
	if _, err := n.Run(t.Context(), now.AddDate(6, 0, 0), false); !errors.Is(err, store.ErrFull) {
		t.Errorf("a full disk: %v", err)
	}
}

// TestAWrongClockMakesAndDestroysNoEpoch, forwards or backwards, and leaves no
// trace that would delay a later night.
func TestAWrongClockMakesAndDestroysNoEpoch(t *testing.T) {
	w := domaintest.Open(t)
	n := newNight(w)
	sleep(t, n, 0, 7, 14)
	before, last := numbers(n), resting(t, w.Inner, "self", nightKey)
	for _, day := range []int{14 + maxJump + 1, 400, 4000} {
		report, err := n.Run(t.Context(), early(day), false)
		if !errors.Is(err, ErrClock) || report.Night.Rolled || !report.Night.Compacted {
			t.Errorf("day %d: %+v, %v", day, report.Night, err)
		}
	}
	if string(resting(t, w.Inner, "self", nightKey)) != string(last) {
		t.Error("a night under a wrong clock is remembered")
	}
	sleep(t, n, -400, 2)
	if diff := cmp.Diff(before, numbers(n)); diff != "" {
		t.Errorf("the epochs (-want +got):\n%s", diff)
	}
	if _, err := n.Run(t.Context(), early(28), true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]sealed.Epoch{2, 3, 4}, numbers(n)); diff != "" {
		t.Errorf("the day was confirmed (-want +got):\n%s", diff)
	}
}

// TestAnEpochEndsAfterItsLastUse: where no night wrote the database anew,
// backups hold records of the older epoch, and its key stays for them.
func TestAnEpochEndsAfterItsLastUse(t *testing.T) {
	w := domaintest.Open(t)
	n := newNight(w)
	sleep(t, n, 0)
	n.File = brokenFile{w.Inner, func() error { return store.ErrFull }}
	for _, day := range []int{7, 13} {
		if _, err := n.Run(t.Context(), early(day), false); !errors.Is(err, store.ErrFull) {
			t.Fatal(err)
		}
	}
	n.File = w.Inner
	sleep(t, n, 16, 23, 28, 35)
	if report := sleep(t, n, 16+keyring.KeepDays-1); report.Night.Destroyed != nil {
		t.Errorf("destroyed %v", report.Night.Destroyed)
	}
	if report := sleep(t, n, 16+keyring.KeepDays); !cmp.Equal(report.Night.Destroyed, []sealed.Epoch{1, 2}) {
		t.Errorf("destroyed %v, want epochs 1 and 2", report.Night.Destroyed)
	}
}

// TestARecordThatDoesNotOpenKeepsItsEpoch, is counted every night, and is
// readable again when its fault is mended.
func TestARecordThatDoesNotOpenKeepsItsEpoch(t *testing.T) {
	w := domaintest.Open(t)
	n := newNight(w)
	w.Update(t, func(tx store.Tx) error { return tx.Put("own", []byte("k"), []byte("mood: fine")) })
	record := resting(t, w.Inner, "own", []byte("k"))
	err := w.Inner.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Delete("own", []byte("k")), tx.Put("own", []byte("moved"), record))
	})
	if err != nil {
		t.Fatal(err)
	}
	sleep(t, n, 0)
	for day := 7; day <= 42; day += 7 {
		report, err := n.Run(t.Context(), early(day), false)
		if !errors.Is(err, ErrShut) || report.Night.Shut != 1 || !report.Night.Compacted {
			t.Errorf("night %d: %+v, %v", day, report.Night, err)
		}
	}
	if diff := cmp.Diff([]sealed.Epoch{1, 4, 5, 6, 7}, numbers(n)); diff != "" {
		t.Errorf("the epochs (-want +got):\n%s", diff)
	}
	if got := resting(t, w.Inner, "own", []byte("moved")); string(got) != string(record) {
		t.Error("the record was changed")
	}
}

// TestADeadlineThatCannotBeReadHoldsUpNoOther, wherever it stands, and is told.
func TestADeadlineThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	h := build(t)
	err := h.Inner.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Put("due", []byte("\x00\x00\x00\x01first"), make([]byte, 100)),
			tx.Put("due", []byte("\x00\x00\x50\x00between"), []byte("?")))
	})
	if err != nil {
		t.Fatal(err)
	}
	at := now.AddDate(6, 0, 0)
	preview, err := h.Preview(t.Context(), at)
	if err != nil || preview.Unreadable != 2 || preview.Done[deadline.Retirement] != 2 {
		t.Errorf("the preview: %+v, %v", preview, err)
	}
	report, err := h.Sweep(t.Context(), at, true)
	if !errors.Is(err, ErrUnreadable) || report.Unreadable != 2 || report.Done[deadline.Retirement] != 2 || report.Done[deadline.SharingEnds] != 1 {
		t.Errorf("done: %+v, %v", report, err)
	}
	if err := h.CheckClock(t.Context(), at, false); err != nil {
		t.Errorf("the day is not remembered: %v", err)
	}
}

// TestAStartCatchesUpOnlyWhatWasMissed.
func TestAStartCatchesUpOnlyWhatWasMissed(t *testing.T) {
	n := newNight(domaintest.Open(t))
	for _, test := range []struct {
		day   int
		whole bool
	}{{0, true}, {0, false}, {1, true}, {1, false}} {
		report, err := n.CatchUp(t.Context(), early(test.day))
		if err != nil || (report.Night != nil) != test.whole {
			t.Errorf("day %d: a whole night: %t, %v", test.day, report.Night != nil, err)
		}
	}
}

func TestEpochsAreListedWithWhatIsUnderThemAndTheirEnd(t *testing.T) {
	w := domaintest.Open(t)
	n := newNight(w)
	sleep(t, n, 0, 7)
	day := func(d int) string { return (deadline.DayOf(now) + deadline.Day(d)).String() }
	got, err := n.Epochs(t.Context())
	want := []Epoch{
		{Number: 1, Made: day(0), Destroyed: day(7 + 21)},
		{Number: 2, Made: day(7), Records: 2, Current: true, Destroyed: day(7 + 28)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTheFormatOfANightIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	w.Update(t, func(tx store.Tx) error {
		return nightTable.Put(tx, nightKey, night{Day: 20514, Seen: map[sealed.Epoch]deadline.Day{3: 20511, 4: 20514}})
	})
	var raw []byte
	w.View(t, func(r store.Reader) (err error) {
		raw, err = r.Get("self", nightKey)
		return err
	})
	domaintest.Golden(t, "night", raw)
	var last night
	w.View(t, func(r store.Reader) (err error) { last, err = nightTable.Get(r, nightKey); return err })
	if last.Day != 20514 || last.Seen[3] != 20511 {
		t.Errorf("read back: %+v", last)
	}
}
