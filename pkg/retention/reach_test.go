package retention

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// daily is what a thief may have kept of one day.
type daily struct {
	keys    []byte // the key file after the night
	image   []byte // the database after the night, as a backup has it
	evening []byte // the database before the next night
	deleted []byte // a record as it lay there until it was deleted on this day
}

// newNight is the night of a world without anybody in it.
func newNight(w *domaintest.World) *Night {
	return &Night{Sweeper: Sweeper{w.Store, w.Ring}, Seal: w.Seal, File: w.Inner}
}

// early is the time of the night of a day, counted from the one now is on.
func early(day int) time.Time {
	return (deadline.DayOf(now) + deadline.Day(day)).Start().Add(5 * time.Minute)
}

// liveThrough has a night, then a record that is written and one of yesterday's
// that is deleted, on every day.
func liveThrough(t *testing.T, w *domaintest.World, days int) (kept []daily) {
	t.Helper()
	n := newNight(w)
	key := func(day int) []byte { return fmt.Appendf(nil, "of day %04d", day) }
	for day := range days {
		if _, err := n.Run(t.Context(), early(day), false); err != nil {
			t.Fatalf("night %d: %v", day, err)
		}
		d := daily{keys: read(t, keyFile(w)), image: read(t, w.Path)}
		if day > 0 {
			d.deleted = resting(t, w.Inner, "own", key(day-1))
		}
		w.Update(t, func(tx store.Tx) error {
			return errors.Join(tx.Put("own", key(day), []byte("mood: fine")), tx.Delete("own", key(day-1)))
		})
		d.evening = read(t, w.Path)
		kept = append(kept, d)
	}
	return kept
}

func keyFile(w *domaintest.World) string { return filepath.Join(filepath.Dir(w.Path), "seal.keys") }

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// resting is a record as it rests beneath the seal.
func resting(t *testing.T, inner store.Store, bucket string, key []byte) (record []byte) {
	t.Helper()
	err := inner.View(t.Context(), func(r store.Reader) error {
		v, err := r.Get(bucket, key)
		record = bytes.Clone(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// thief opens what it has kept with a key file.
type thief struct {
	t    *testing.T
	root []byte
}

// opens counts the records of a database that open, and those that do not.
func (x thief) opens(database, keys []byte) (open, shut int) {
	x.t.Helper()
	dir := x.t.TempDir()
	for name, raw := range map[string][]byte{"root.key": x.root, "seal.keys": keys, "db": database} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			x.t.Fatal(err)
		}
	}
	_, seal, err := keyring.Load(filepath.Join(dir, "root.key"), filepath.Join(dir, "seal.keys"))
	if err != nil {
		x.t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, "db"), bolt.Options{ReadOnly: true, NoSync: true})
	if err != nil {
		x.t.Fatal(err)
	}
	defer db.Close()
	s := sealed.New(db, seal)
	err = db.Each(x.t.Context(), func(bucket string, key, _ []byte) error {
		err := s.View(x.t.Context(), func(r store.Reader) error { _, err := r.Get(bucket, key); return err })
		if err == nil {
			open++
		} else {
			shut++
		}
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return open, shut
}

// TestWhatWasDeletedIsOutOfReachAfter28Days: over 60 days, who has kept the
// files of each day opens nothing in them with the keys of 28 days later, while
// every backup of the last 21 days opens whole.
func TestWhatWasDeletedIsOutOfReachAfter28Days(t *testing.T) {
	w := domaintest.Open(t)
	const days, reach, backups = 60, 28, 21
	kept := liveThrough(t, w, days+reach+1)
	x := thief{t, read(t, filepath.Join(filepath.Dir(w.Path), "root.key"))}
	late := 0
	for day := 1; day <= days; day++ {
		d := kept[day]
		if !bytes.Contains(d.evening, d.deleted) || bytes.Contains(kept[day+1].image, d.deleted) {
			t.Errorf("day %d: what was deleted is to lie in the file until the night, and no longer", day)
		}
		if open, shut := x.opens(d.evening, d.keys); open == 0 || shut > 0 {
			t.Errorf("day %d, the control: %d open, %d do not", day, open, shut)
		}
		if open, _ := x.opens(d.evening, kept[day+reach].keys); open > 0 {
			t.Errorf("day %d: %d records open 28 days later", day, open)
		}
		if open, _ := x.opens(d.evening, kept[day+reach-1].keys); open > 0 {
			late++
		}
		if open, shut := x.opens(d.image, kept[day+backups].keys); open == 0 || shut > 0 {
			t.Errorf("day %d: of a backup that is 21 days old %d open, %d do not", day, open, shut)
		}
	}
	if late < days/7 {
		t.Errorf("only %d of %d days are in reach for 27 days: the keys go too early", late, days)
	}
}
