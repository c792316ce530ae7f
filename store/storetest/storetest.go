// Package storetest is the one conformance suite of package store: it holds a
// backend to every promise of the contract.
//
// Run is for every backend, Full for those with a limit. A backend's own tests
// only cover what is its own: files, locks, formats.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
)

// bucket is where the suite writes.
const bucket = "conformance"

var errWanted = errors.New("storetest: wanted")

// Run tests a backend. open opens the store in dir, with what an earlier one
// left there; Run closes it.
func Run(t *testing.T, open func(t *testing.T, dir string) store.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"AKeyHasItsValue", aKeyHasItsValue},
		{"AnAbsentKeyIsNotFound", anAbsentKeyIsNotFound},
		{"KeysAre1To512Bytes", keysAre1To512Bytes},
		{"ValuesOfAnySizeComeBack", valuesOfAnySizeComeBack},
		{"BucketsAreApart", bucketsAreApart},
		{"ARangeIsInOrderAndBounded", aRangeIsInOrderAndBounded},
		{"ARangeStopsWhenItsReaderDoes", aRangeStopsWhenItsReaderDoes},
		{"AnUpdateReadsItsOwnWrites", anUpdateReadsItsOwnWrites},
		{"BuffersMayBeUsedAgain", buffersMayBeUsedAgain},
		{"AFailingUpdateLeavesNothing", aFailingUpdateLeavesNothing},
		{"APanickingUpdateLeavesNothing", aPanickingUpdateLeavesNothing},
		{"AnUpdateThatEndsItsGoroutineLeavesNothing", anAbandonedUpdateLeavesNothing},
		{"AnUpdateFailsAloneAmongNeighbours", anUpdateFailsAloneAmongNeighbours},
		{"ConcurrentCountersLoseNothing", concurrentCountersLoseNothing},
		{"TransactionsAreSerialisable", transactionsAreSerialisable},
		{"AViewStaysAsItWas", aViewStaysAsItWas},
		{"AnEndedContextStartsNothing", anEndedContextStartsNothing},
		{"ARunningFunctionIsNotInterrupted", aRunningFunctionIsNotInterrupted},
		{"ErrorsOfTheFunctionComeBack", errorsOfTheFunctionComeBack},
		{"AClosedStoreSaysSo", aClosedStoreSaysSo},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, t.TempDir())
			t.Cleanup(func() { s.Close() })
			test.run(t, s)
		})
	}
	t.Run("ReopeningKeepsEverything", func(t *testing.T) { reopeningKeepsEverything(t, open) })
}

// set stores value under key, for good.
func set(t *testing.T, s store.Store, key, value string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return tx.Put(bucket, []byte(key), []byte(value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// contents reads the whole bucket as "key=value" in the order of its keys.
func contents(t *testing.T, s store.Store) []string {
	t.Helper()
	var got []string
	err := s.View(t.Context(), func(r store.Reader) error {
		var err error
		got, err = entries(r, nil, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func entries(r store.Reader, from, to []byte) ([]string, error) {
	got := []string{}
	for e, err := range r.Range(bucket, from, to) {
		if err != nil {
			return nil, err
		}
		got = append(got, fmt.Sprintf("%s=%s", e.Key, e.Value))
	}
	return got, nil
}

func wantContents(t *testing.T, s store.Store, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), contents(t, s)); diff != "" {
		t.Errorf("the store holds (-want +got):\n%s", diff)
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func reopeningKeepsEverything(t *testing.T, open func(*testing.T, string) store.Store) {
	dir := t.TempDir()
	for i := range 3 {
		s := open(t, dir)
		set(t, s, fmt.Sprint(i), "kept")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	defer s.Close()
	wantContents(t, s, "0=kept", "1=kept", "2=kept")
}

func anEndedContextStartsNothing(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, s.View(ctx, func(store.Reader) error {
		t.Error("the function of a View ran")
		return nil
	}), context.Canceled)
	wantError(t, s.Update(ctx, func(store.Tx) error {
		t.Error("the function of an Update ran")
		return nil
	}), context.Canceled)
}

func aRunningFunctionIsNotInterrupted(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx store.Tx) error {
		cancel()
		return tx.Put(bucket, []byte("k"), []byte("saved"))
	})
	wantError(t, err, nil)
	wantContents(t, s, "k=saved")
}

func errorsOfTheFunctionComeBack(t *testing.T, s store.Store) {
	wantError(t, s.View(t.Context(), func(store.Reader) error { return errWanted }), errWanted)
	wantError(t, s.Update(t.Context(), func(store.Tx) error { return errWanted }), errWanted)
}

func aClosedStoreSaysSo(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.View(t.Context(), func(store.Reader) error { return nil }), store.ErrClosed)
	wantError(t, s.Update(t.Context(), func(store.Tx) error { return nil }), store.ErrClosed)
	wantError(t, s.Close(), nil)
}
