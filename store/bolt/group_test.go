package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"selvhjelp/store"
)

func openHere(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// together runs the functions at once and returns their errors. The first one
// keeps the door shut until the others stand before it, so all share a commit.
func together(t *testing.T, db *DB, first func(store.Tx) error, others ...func(store.Tx) error) []error {
	t.Helper()
	errs := make([]error, 1+len(others))
	started := make(chan struct{})
	open := false
	var wg sync.WaitGroup
	wg.Go(func() {
		errs[0] = db.Update(t.Context(), func(tx store.Tx) error {
			if !open {
				open = true
				close(started)
				waitFor(t, func() bool { return db.waiting.Load() == int64(len(others)) })
			}
			return first(tx)
		})
	})
	<-started
	for i, fn := range others {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					errs[i+1] = fmt.Errorf("panic: %v", r)
				}
			}()
			errs[i+1] = db.Update(t.Context(), fn)
		})
	}
	wg.Wait()
	return errs
}

func waitFor(t *testing.T, done func() bool) {
	for !done() && t.Context().Err() == nil {
		runtime.Gosched()
	}
}

// putting returns a function that stores n bytes under key.
func putting(key string, n int) func(store.Tx) error {
	return func(tx store.Tx) error { return tx.Put("b", []byte(key), make([]byte, n)) }
}

func keys(t *testing.T, db *DB) []string {
	t.Helper()
	var got []string
	err := db.View(t.Context(), func(r store.Reader) error {
		got = nil
		for e := range r.Range("b", nil, nil) {
			got = append(got, string(e.Key))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// commits counts the commits since the file was made.
func commits(t *testing.T, db *DB) int {
	t.Helper()
	tx, err := db.bolt.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	return tx.ID()
}

func TestNeighboursShareOneCommit(t *testing.T) {
	for others, want := range map[int]int{0: 1, 1: 1, 30: 1, maxGroup - 1: 1, maxGroup + 50: 2} {
		db := openHere(t, Options{NoSync: true})
		fns := make([]func(store.Tx) error, others)
		for i := range fns {
			fns[i] = putting(fmt.Sprint(i), 1)
		}
		before := commits(t, db)
		if err := errors.Join(together(t, db, putting("first", 1), fns...)...); err != nil {
			t.Error(err)
		}
		if got := commits(t, db) - before; got != want {
			t.Errorf("%d neighbours took %d commits, want %d", others, got, want)
		}
		if got := len(keys(t, db)); got != others+1 {
			t.Errorf("%d of %d were saved", got, others+1)
		}
	}
}

func TestEachNeighbourFailsAlone(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	wanted := errors.New("wanted")
	before := commits(t, db)
	errs := together(t, db, putting("a", 1),
		func(tx store.Tx) error { return errors.Join(putting("b", 1)(tx), wanted) },
		func(tx store.Tx) error { panic(putting("c", 1)(tx)) },
		putting("d", 1))
	if errs[0] != nil || !errors.Is(errs[1], wanted) || errs[2] == nil || errs[3] != nil {
		t.Errorf("the four end with %v", errs)
	}
	if got := keys(t, db); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("saved: %v, want a and d", got)
	}
	if got := commits(t, db) - before; got != 1 {
		t.Errorf("they took %d commits, want 1", got)
	}
}

// TestWhatCannotBeTakenBackIsNotSaved: taking it back panics over a damaged page.
func TestWhatCannotBeTakenBackIsNotSaved(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	errs := together(t, db, putting("a", 1),
		func(tx store.Tx) error {
			err := errors.Join(putting("half", 1)(tx), errors.New("wanted"))
			c := tx.(*call)
			c.undo = append(c.undo, change{"b", nil, []byte("damaged"), nil})
			return err
		},
		putting("d", 1))
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("the three end with %v", errs)
	}
	if got := keys(t, db); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("saved: %v, want a and d", got)
	}
}

// TestTheOneTooBigFailsAlone has a group that bbolt refuses as a whole.
func TestTheOneTooBigFailsAlone(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	db.bolt.MaxSize = 40 << 20
	errs := together(t, db, putting("a", 1), putting("big", 30<<20), putting("c", 1))
	if errs[0] != nil || !errors.Is(errs[1], store.ErrFull) || errs[2] != nil {
		t.Errorf("the three end with %v", errs)
	}
	if got := keys(t, db); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("saved: %v, want a and c", got)
	}
}

// TestNobodyFailsOverWhatWasNotSaved: a function that failed because of its
// neighbour's change is asked again when that change was not saved.
func TestNobodyFailsOverWhatWasNotSaved(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	db.bolt.MaxSize = 40 << 20
	errs := together(t, db, putting("taken", 30<<20), func(tx store.Tx) error {
		if _, err := tx.Get("b", []byte("taken")); err == nil {
			return errors.New("taken")
		}
		return putting("mine", 1)(tx)
	})
	if !errors.Is(errs[0], store.ErrFull) || errs[1] != nil {
		t.Errorf("the two end with %v", errs)
	}
}

// TestWhoGivesUpInLineStillCommitsForOthers cancels the last one in line.
func TestWhoGivesUpInLineStillCommitsForOthers(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			close(started)
			waitFor(t, func() bool { return db.waiting.Load() == 1 })
			cancel()
			return putting("saved", 1)(tx)
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-started
	if err := db.Update(ctx, putting("late", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up gets %v", err)
	}
	wg.Wait()
	if got := keys(t, db); !slices.Equal(got, []string{"saved"}) {
		t.Errorf("saved: %v", got)
	}
}

func TestClosingWaitsForTheOpenGroup(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	path := db.bolt.Path()
	var wg sync.WaitGroup
	err := db.Update(t.Context(), func(tx store.Tx) error {
		wg.Go(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return putting("saved", 1)(tx)
	})
	wg.Wait()
	if err != nil {
		t.Error(err)
	}
	again, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := keys(t, again); !slices.Equal(got, []string{"saved"}) {
		t.Errorf("saved: %v", got)
	}
}

// TestNeighboursShareTheRoomThatIsLeft: a group does not pass the limit
// together where each alone would stay below it.
func TestNeighboursShareTheRoomThatIsLeft(t *testing.T) {
	db := openHere(t, Options{NoSync: true, MaxBytes: 1 << 20})
	fns := make([]func(store.Tx) error, 30)
	for i := range fns {
		fns[i] = putting(fmt.Sprint(i), 100_000)
	}
	refused := 0
	for _, err := range together(t, db, putting("first", 1), fns...) {
		if errors.Is(err, store.ErrFull) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if got := len(keys(t, db)); got != 11 || refused != 20 {
		t.Errorf("%d saved and %d refused, want 11 and 20", got, refused)
	}
}
