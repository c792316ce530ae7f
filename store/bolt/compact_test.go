package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// asItIs is a store.Change that keeps everything.
func asItIs(string, []byte, []byte) ([]byte, bool, error) { return nil, true, nil }

func compact(t *testing.T, db *bolt.DB) {
	t.Helper()
	if err := db.Compact(t.Context(), asItIs); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, s store.Store, key string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Delete("b", []byte(key)) }); err != nil {
		t.Fatal(err)
	}
}

// wantAlone asserts that the file at path has no company.
func wantAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the file lie others: %v, %v", entries, err)
	}
}

func TestCompactingLeavesNoDeletedBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{})
	put(t, db, "kept", "what stays")
	for i := range 200 {
		put(t, db, fmt.Sprint(i), "what was deleted")
	}
	for i := range 200 {
		remove(t, db, fmt.Sprint(i))
	}
	wantBytes(t, path, "what was deleted", true)
	compact(t, db)
	wantBytes(t, path, "what was deleted", false)
	wantBytes(t, path, "what stays", true)
	wantAlone(t, path)
	put(t, db, "after", "written after")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path, bolt.Options{})
	for key, want := range map[string]string{"kept": "what stays", "after": "written after"} {
		if got, err := get(t, db, key); got != want || err != nil {
			t.Errorf("after a restart %s is %q, %v", key, got, err)
		}
	}
}

func TestCompactingChangesAndLeavesOutWhatItIsToldTo(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"), bolt.Options{NoSync: true})
	for i := range 3000 { // more than one commit of the new file
		put(t, db, fmt.Sprintf("%04d", i), strings.Repeat("v", 100))
	}
	scratch := []byte{}
	err := db.Compact(t.Context(), func(bucket string, key, value []byte) ([]byte, bool, error) {
		if key[3] == '3' {
			return nil, false, nil
		}
		if key[3] == '5' {
			scratch = append(append(scratch[:0], key...), bucket...)
			return scratch, true, nil
		}
		return nil, true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	err = db.Each(t.Context(), func(_ string, key, value []byte) error {
		counted++
		want := strings.Repeat("v", 100)
		if key[3] == '5' {
			want = string(key) + "b"
		}
		if key[3] == '3' || string(value) != want {
			t.Errorf("%s has %q", key, value)
		}
		return nil
	})
	if err != nil || counted != 2700 {
		t.Errorf("%d records are left, want 2700; %v", counted, err)
	}
}

// TestReadersGoOnInTheOldFile: one that has begun sees its snapshot to the end,
// a new one sees what is written into the new file, and closing waits.
func TestReadersGoOnInTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{NoSync: true})
	put(t, db, "k", "before")
	reading, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.View(t.Context(), func(r store.Reader) error {
			close(reading)
			<-goOn
			v, err := r.Get("b", []byte("k"))
			if string(v) != "before" {
				t.Errorf("the reader sees %q", v)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-reading
	compact(t, db)
	compact(t, db)
	put(t, db, "k", "after")
	if got, err := get(t, db, "k"); got != "after" || err != nil {
		t.Errorf("a new reader sees %q, %v", got, err)
	}
	time.AfterFunc(10*time.Millisecond, func() { close(goOn) })
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	wantHandles(t, path, 0)
	wg.Wait()
}

// wantHandles asserts how many descriptors of this process are files that are
// or were at path.
func wantHandles(t *testing.T, path string, want int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, fd := range fds {
		if name, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(name, path) {
			n++
		}
	}
	if n != want {
		t.Errorf("%d files are open, want %d", n, want)
	}
}

// TestNobodyNoticesACompaction has readers and writers at work all the time.
func TestNobodyNoticesACompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{NoSync: true})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 4 {
		put(t, db, fmt.Sprint(w), "0")
		wg.Go(func() {
			for i := 1; ctx.Err() == nil; i++ {
				put(t, db, fmt.Sprint(w), fmt.Sprint(i))
				if got, err := get(t, db, fmt.Sprint(w)); got != fmt.Sprint(i) || err != nil {
					t.Errorf("writer %d reads %q, %v after it has written %d", w, got, err, i)
				}
			}
		})
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := get(t, db, fmt.Sprint(w)); err != nil {
					t.Errorf("reader %d: %v", w, err)
				}
			}
		})
	}
	for range 50 {
		compact(t, db)
	}
	cancel()
	wg.Wait()
	wantHandles(t, path, 1)
	wantAlone(t, path)
}

// TestAFailedCompactionChangesNothing, whether it is the disk, the caller's
// patience, a record or a bug that ends it.
func TestAFailedCompactionChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{MaxBytes: 1 << 20, NoSync: true})
	large := make([]byte, 1<<20) // 65 of them are beyond the limit and its reserve
	for i := range 2000 {
		put(t, db, fmt.Sprintf("%04d", i), strings.Repeat("v", 100))
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	wanted := errors.New("wanted")
	var ctx context.Context
	var cancel func()
	for name, test := range map[string]struct {
		change store.Change
		want   error
	}{
		"a record": {late(func() error { return wanted }), wanted},
		"patience": {late(func() error { cancel(); return nil }), context.Canceled},
		"a bug":    {late(func() error { panic(wanted) }), wanted},
		"the disk": {func(string, []byte, []byte) ([]byte, bool, error) { return large, true, nil }, store.ErrFull},
	} {
		ctx, cancel = context.WithCancel(t.Context())
		err := recovered(func() error { return db.Compact(ctx, test.change) })
		cancel()
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		after, err := os.Stat(path)
		if err != nil || !os.SameFile(before, after) {
			t.Errorf("%s: the file is another: %v", name, err)
		}
		wantAlone(t, path)
		put(t, db, name, "works")
	}
	compact(t, db)
}

// late keeps everything, and does something at the last record but one hundred.
func late(then func() error) store.Change {
	return func(_ string, key, _ []byte) ([]byte, bool, error) {
		if string(key) == "1900" {
			return nil, true, then()
		}
		return nil, true, nil
	}
}

func recovered(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return fn()
}

func TestWhatAKilledCompactionLeftIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	left := func() {
		if err := os.WriteFile(path+".new", bytes.Repeat([]byte("half"), 5000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	left()
	db := open(t, path, bolt.Options{})
	wantAlone(t, path)
	left()
	compact(t, db)
	wantAlone(t, path)
}

// TestWhoWaitedForTheOldFileDoesNotGetIt: its lock comes free when the new one
// has taken its place.
func TestWhoWaitedForTheOldFileDoesNotGetIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{NoSync: true})
	put(t, db, "k", "v")
	outcome := make(chan error)
	go func() {
		other, err := bolt.Open(path, bolt.Options{Timeout: 5 * time.Second})
		if err == nil {
			err = other.Close()
		}
		outcome <- err
	}()
	for {
		compact(t, db)
		select {
		case err := <-outcome:
			if !errors.Is(err, bolt.ErrLocked) {
				t.Errorf("who waited gets %v, want ErrLocked", err)
			}
			return
		default:
		}
	}
}
