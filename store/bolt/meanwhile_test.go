package bolt_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// patience is how long nobody has to wait on the slowest machine.
const patience = 20 * time.Second

// compactAround begins to compact, calls meanwhile when the record key is
// copied, and returns when both have ended.
func compactAround(t *testing.T, db *bolt.DB, key string, change store.Change, meanwhile func()) {
	t.Helper()
	reached, goOn, outcome := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	first := true
	go func() {
		outcome <- db.Compact(t.Context(), func(bucket string, k, v []byte) ([]byte, bool, error) {
			if string(k) == key && first {
				first = false
				close(reached)
				<-goOn
			}
			return change(bucket, k, v)
		})
	}()
	<-reached
	done := make(chan struct{})
	go func() { defer close(done); meanwhile() }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("writers wait for a compaction")
	}
	close(goOn)
	<-done
	if err := <-outcome; err != nil {
		t.Error(err)
	}
}

// wantAll asserts what is in the bucket b, and nothing else.
func wantAll(t *testing.T, db *bolt.DB, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	err := db.Each(t.Context(), func(_ string, key, value []byte) error {
		got[string(key)] = string(value)
		return nil
	})
	if err != nil || len(got) != len(want) {
		t.Errorf("%d records, want %d; %v", len(got), len(want), err)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %.20q, want %.20q", key, got[key], value)
		}
	}
}

// TestWhatIsWrittenDuringACompactionIsInTheNewFile, before and after the place
// that is being copied, whether it is new, changed, deleted or brought back;
// what was not saved is not.
func TestWhatIsWrittenDuringACompactionIsInTheNewFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{NoSync: true})
	want := map[string]string{}
	save := func(key, value string) { put(t, db, key, value); want[key] = value }
	drop := func(key string) { remove(t, db, key); delete(want, key) }
	for i := range 3000 {
		save(fmt.Sprintf("%04d", i), strings.Repeat("v", 100))
	}
	compactAround(t, db, "1500", asItIs, func() {
		for _, half := range []string{"0", "2"} {
			save(half+"111", "changed")
			save(half+"111-new", "new")
			drop(half + "222")
			drop(half + "333")
			save(half+"333", "brought back")
			save(half+"444-short", "lived")
			drop(half + "444-short")
		}
		for i := range 200 { // more than are waited for at the end
			save(fmt.Sprintf("0%03d", 500+i), "changed")
		}
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Put("b", []byte("0777"), []byte("not saved")); err != nil {
				return err
			}
			return store.ErrFull
		})
		if err != store.ErrFull {
			t.Error(err)
		}
	})
	wantAll(t, db, want)
	wantAlone(t, path)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantAll(t, open(t, path, bolt.Options{}), want)
}

// TestWhatIsWrittenDuringACompactionIsChangedToo: nothing gets past the change,
// and what it leaves out does not come back.
func TestWhatIsWrittenDuringACompactionIsChangedToo(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"), bolt.Options{NoSync: true})
	for _, key := range []string{"1", "2", "3"} {
		put(t, db, key, "older")
	}
	newer := func(_ string, _, value []byte) ([]byte, bool, error) {
		return []byte("newer"), string(value) != "drop", nil
	}
	compactAround(t, db, "2", newer, func() {
		put(t, db, "1", "drop")
		put(t, db, "3", "older")
		put(t, db, "4", "older")
	})
	wantAll(t, db, map[string]string{"2": "newer", "3": "newer", "4": "newer"})
}

// TestClosingWaitsForACompaction, and finds its work done.
func TestClosingWaitsForACompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{})
	put(t, db, "k", "v")
	closed := make(chan error, 1)
	compactAround(t, db, "k", asItIs, func() {
		begun := make(chan struct{})
		go func() { close(begun); closed <- db.Close() }()
		<-begun
		put(t, db, "later", "v")
	})
	if err := <-closed; err != nil {
		t.Error(err)
	}
	wantAlone(t, path)
	wantAll(t, open(t, path, bolt.Options{}), map[string]string{"k": "v", "later": "v"})
}
