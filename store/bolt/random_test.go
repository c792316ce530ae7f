package bolt_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

var randomFor = flag.Duration("random", 500*time.Millisecond, "how long writers and compactions run against a model")

// errChosen is what a call fails with on purpose.
var errChosen = errors.New("chosen")

// writer changes records of its own, and knows what was acknowledged.
type writer struct {
	id     int
	random *rand.Rand
	model  map[string]string
}

// calls is one call of Update after the other until the time is over.
func (w *writer) calls(t *testing.T, db *bolt.DB, until <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-until:
			return
		default:
		}
		if err := w.call(t.Context(), db, n); err != nil {
			t.Errorf("writer %d: %v", w.id, err)
			return
		}
	}
}

// call changes a few records, or hundreds at a time, and now and then fails,
// panics or is given up after it has written.
func (w *writer) call(ctx context.Context, db *bolt.DB, n int) error {
	size, fate := 1+w.random.IntN(4), w.random.IntN(12)
	if w.random.IntN(100) == 0 {
		size = 300
	}
	seed := w.random.Uint64()
	var next map[string]string
	err := recovered(func() error {
		return db.Update(ctx, func(tx store.Tx) error {
			next = maps.Clone(w.model)
			if err := w.write(tx, rand.New(rand.NewPCG(seed, 1)), size, n, next); err != nil {
				return err
			}
			switch fate {
			case 0:
				return errChosen
			case 1:
				panic(errChosen)
			}
			return nil
		})
	})
	if err == nil {
		w.model = next
	}
	if errors.Is(err, errChosen) {
		return nil
	}
	return err
}

// write changes and deletes records at random, and reads its own back first.
func (w *writer) write(tx store.Tx, random *rand.Rand, size, n int, next map[string]string) error {
	for i := range size {
		bucket := fmt.Sprintf("b%d", random.IntN(3))
		key := fmt.Sprintf("%02d-%04d", w.id, random.IntN(900))
		was, err := tx.Get(bucket, []byte(key))
		if want, there := next[bucket+key]; there != (err == nil) || want != string(was) {
			return fmt.Errorf("%s %s is %.20q, %v; want %.20q", bucket, key, was, err, want)
		}
		if random.IntN(3) == 0 {
			delete(next, bucket+key)
			if err := tx.Delete(bucket, []byte(key)); err != nil {
				return err
			}
			continue
		}
		value := fmt.Sprintf("%d %d ", n, i) + strings.Repeat("v", random.IntN(600))
		next[bucket+key] = value
		if err := tx.Put(bucket, []byte(key), []byte(value)); err != nil {
			return err
		}
	}
	return nil
}

// compactions are done one after the other, and some break off in the middle.
func compactions(t *testing.T, db *bolt.DB, until <-chan struct{}) (done int) {
	random := rand.New(rand.NewPCG(7, 7))
	for n := 0; ; n++ {
		select {
		case <-until:
			return done
		default:
		}
		left, fate := random.IntN(5000), n%4
		err := recovered(func() error {
			return db.Compact(t.Context(), func(string, []byte, []byte) ([]byte, bool, error) {
				if left--; left == 0 && fate == 1 {
					return nil, false, errChosen
				} else if left == 0 && fate == 2 {
					panic(errChosen)
				}
				return nil, true, nil
			})
		})
		if err == nil {
			done++
		} else if fate == 0 || fate == 3 {
			t.Error(err)
		}
	}
}

// TestWhateverIsWrittenWhileTheDatabaseIsWrittenAnewStands: of many writers, with
// calls that fail and panic among those that are saved and compactions that break
// off, nothing acknowledged is lost, and nothing deleted or taken back returns.
func TestWhateverIsWrittenWhileTheDatabaseIsWrittenAnewStands(t *testing.T) {
	for name, o := range map[string]bolt.Options{"durable": {}, "not synced": {NoSync: true}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			db := open(t, path, o)
			until := make(chan struct{})
			writers := make([]*writer, 8)
			var wg sync.WaitGroup
			for i := range writers {
				writers[i] = &writer{i, rand.New(rand.NewPCG(uint64(i), 3)), map[string]string{}}
				wg.Go(func() { writers[i].calls(t, db, until) })
			}
			time.AfterFunc(*randomFor, func() { close(until) })
			if done := compactions(t, db, until); done < 2 {
				t.Errorf("%d compactions came to an end", done)
			}
			wg.Wait()
			want := map[string]string{}
			for _, w := range writers {
				maps.Copy(want, w.model)
			}
			wantRecords(t, db, want)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			wantAlone(t, path)
			wantRecords(t, open(t, path, o), want)
		})
	}
}

// wantRecords asserts what is in all buckets, and nothing else.
func wantRecords(t *testing.T, db *bolt.DB, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	err := db.Each(t.Context(), func(bucket string, key, value []byte) error {
		got[bucket+string(key)] = string(value)
		return nil
	})
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%d records, or other ones, want %d; %v", len(got), len(want), err)
	}
}
