package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
)

// disturb overwrites, deletes and adds, on a bucket that holds k=kept and
// l=kept, and uses one buffer for all keys.
func disturb(tx store.Tx) error {
	key := make([]byte, 1)
	named := func(k byte) []byte { key[0] = k; return key }
	return errors.Join(
		tx.Put(bucket, named('k'), []byte("changed")),
		tx.Put(bucket, named('k'), []byte("changed twice")),
		tx.Delete(bucket, named('l')),
		tx.Put(bucket, named('l'), []byte("back")),
		tx.Delete(bucket, named('k')),
		tx.Put(bucket, named('m'), []byte("added")),
		tx.Put("new bucket", named('m'), []byte("added")),
	)
}

func seeded(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, "k", "kept")
	set(t, s, "l", "kept")
}

func aFailingUpdateLeavesNothing(t *testing.T, s store.Store) {
	seeded(t, s)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(disturb(tx), errWanted)
	})
	wantError(t, err, errWanted)
	wantContents(t, s, "k=kept", "l=kept")
}

func aPanickingUpdateLeavesNothing(t *testing.T, s store.Store) {
	seeded(t, s)
	if got := panicking(t, s); got != "wanted" {
		t.Errorf("the caller recovers %v", got)
	}
	wantContents(t, s, "k=kept", "l=kept")
	set(t, s, "z", "still works")
}

func panicking(t *testing.T, s store.Store) (recovered any) {
	defer func() { recovered = recover() }()
	return s.Update(t.Context(), func(tx store.Tx) error {
		if err := disturb(tx); err != nil {
			t.Error(err)
		}
		panic("wanted")
	})
}

// anAbandonedUpdateLeavesNothing ends the function as t.FailNow would.
func anAbandonedUpdateLeavesNothing(t *testing.T, s store.Store) {
	seeded(t, s)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = s.Update(t.Context(), func(tx store.Tx) error {
			if err := disturb(tx); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	})
	wg.Wait()
	wantContents(t, s, "k=kept", "l=kept")
	set(t, s, "z", "still works")
}

// anUpdateFailsAloneAmongNeighbours runs many Updates at once: every third
// fails, every third panics, and every third is there afterwards.
func anUpdateFailsAloneAmongNeighbours(t *testing.T, s store.Store) {
	seeded(t, s)
	want := []string{}
	var wg sync.WaitGroup
	for i := range 300 {
		switch i % 3 {
		case 0:
			want = append(want, fmt.Sprintf("i%03d=", i))
			wg.Go(func() { set(t, s, fmt.Sprintf("i%03d", i), "") })
		case 1:
			wg.Go(func() { panicking(t, s) })
		case 2:
			wg.Go(func() {
				wantError(t, s.Update(t.Context(), func(tx store.Tx) error {
					return errors.Join(disturb(tx), errWanted)
				}), errWanted)
			})
		}
	}
	wg.Wait()
	wantContents(t, s, append(want, "k=kept", "l=kept")...)
}

// add adds n to the number under key and returns what it was.
func add(tx store.Tx, key string, n int) (int, error) {
	was, err := number(tx, key)
	if err != nil {
		return 0, err
	}
	return was, tx.Put(bucket, []byte(key), []byte(strconv.Itoa(was+n)))
}

func number(r store.Reader, key string) (int, error) {
	raw, err := r.Get(bucket, []byte(key))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(raw))
}

func concurrentCountersLoseNothing(t *testing.T, s store.Store) {
	const workers, rounds = 50, 20
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range rounds {
				err := s.Update(t.Context(), func(tx store.Tx) error {
					_, err := add(tx, "all", 1)
					_, err2 := add(tx, fmt.Sprintf("of %02d", w), 1)
					return errors.Join(err, err2)
				})
				wantError(t, err, nil)
			}
		})
	}
	wg.Wait()
	want := []string{fmt.Sprintf("all=%d", workers*rounds)}
	for w := range workers {
		want = append(want, fmt.Sprintf("of %02d=%d", w, rounds))
	}
	wantContents(t, s, want...)
}

// transactionsAreSerialisable has two accounts that may not fall below zero
// together; everybody draws from one after a look at both. Weaker isolation
// lets two pass who each saw what the other has not yet taken.
func transactionsAreSerialisable(t *testing.T, s store.Store) {
	set(t, s, "a", "10")
	set(t, s, "b", "10")
	var wg sync.WaitGroup
	for w := range 60 {
		wg.Go(func() {
			err := s.Update(t.Context(), func(tx store.Tx) error { return draw(tx, w%2 == 0) })
			if err != nil && !errors.Is(err, errWanted) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err := s.View(t.Context(), func(r store.Reader) error {
		a, err := number(r, "a")
		b, err2 := number(r, "b")
		if a+b != 0 {
			t.Errorf("the accounts hold %d and %d", a, b)
		}
		return errors.Join(err, err2)
	})
	wantError(t, err, nil)
}

func draw(tx store.Tx, fromA bool) error {
	a, err := number(tx, "a")
	b, err2 := number(tx, "b")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if a+b <= 0 {
		return errWanted
	}
	key := "b"
	if fromA {
		key = "a"
	}
	_, err = add(tx, key, -1)
	return err
}

// aViewStaysAsItWas writes while a View is open: the snapshot does not move.
func aViewStaysAsItWas(t *testing.T, s store.Store) {
	seeded(t, s)
	err := s.View(t.Context(), func(r store.Reader) error {
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 50 {
				set(t, s, "k", "changed")
				set(t, s, "new", "added")
			}
		})
		wg.Wait()
		got, err := entries(r, nil, nil)
		if diff := cmp.Diff([]string{"k=kept", "l=kept"}, got); diff != "" {
			t.Errorf("the snapshot moved (-want +got):\n%s", diff)
		}
		return err
	})
	wantError(t, err, nil)
	wantContents(t, s, "k=changed", "l=kept", "new=added")
}
