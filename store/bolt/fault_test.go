package bolt_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// breakDisk makes every further write to the open file at path fail, as a
// broken disk would: its descriptor is replaced by one that only reads.
func breakDisk(t *testing.T, path string) {
	t.Helper()
	broken, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer broken.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range fds {
		fd, _ := strconv.Atoi(entry.Name())
		name, _ := os.Readlink("/proc/self/fd/" + entry.Name())
		if name != path || fd == int(broken.Fd()) {
			continue
		}
		if err := syscall.Dup3(int(broken.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("the store has no open file")
}

func TestAFailedCommitStopsTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{})
	put(t, db, "acknowledged", "v")
	breakDisk(t, path)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := db.Update(t.Context(), func(tx store.Tx) error {
				return tx.Put("b", fmt.Append(nil, i), []byte("v"))
			})
			if !errors.Is(err, store.ErrUnknown) {
				t.Errorf("writing to a broken disk: %v, want ErrUnknown", err)
			}
		})
	}
	wg.Wait()
	select {
	case <-db.Failed():
	default:
		t.Error("Failed does not tell")
	}
	if _, err := get(t, db, "acknowledged"); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("reading afterwards: %v, want ErrUnknown", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	got, err := get(t, open(t, path, bolt.Options{}), "acknowledged")
	if got != "v" || err != nil {
		t.Errorf("after a restart: %q, %v", got, err)
	}
}

func TestAnUpdateThatWritesNothingTouchesNoDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{})
	breakDisk(t, path)
	if err := db.Update(t.Context(), func(store.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
