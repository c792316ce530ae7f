package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

func put(t *testing.T, s store.Store, key, value string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return tx.Put("b", []byte(key), []byte(value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s store.Store, key string) (value string, err error) {
	t.Helper()
	err = s.View(t.Context(), func(r store.Reader) error {
		v, err := r.Get("b", []byte(key))
		value = string(v)
		return err
	})
	return value, err
}

// written returns the path of a closed file with some records.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path, bolt.Options{}) // one that need not last has no list of pages
	for i := range 200 {
		put(t, db, fmt.Sprint(i), strings.Repeat("v", 1000))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFileInUseIsRefused(t *testing.T) {
	path := written(t)
	open(t, path, bolt.Options{})
	_, err := bolt.Open(path, bolt.Options{Timeout: 10 * time.Millisecond})
	if !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("opening a file in use: %v, want ErrLocked", err)
	}
}

// damaged returns files that are not what an honest store leaves behind.
func damaged(whole []byte) map[string][]byte {
	page := os.Getpagesize()
	flipped := func(i int) []byte {
		c := bytes.Clone(whole)
		c[i] ^= 0x10
		return c
	}
	return map[string][]byte{
		"foreign":                      []byte(strings.Repeat("something else ", 2000)),
		"full of zeros":                make([]byte, len(whole)),
		"cut within its head":          whole[:20],
		"cut to less than two pages":   whole[:page+10],
		"cut to its head":              whole[:2*page],
		"cut in its middle":            whole[:50*page],
		"cut by one page":              whole[:(newest(whole, page, 40)-1)*page],
		"flipped in its first magic":   flipped(16),
		"flipped in its version":       flipped(16 + 4),
		"flipped in its page size":     flipped(16 + 9),
		"flipped in its root":          flipped(16 + 16),
		"flipped in its checksum":      flipped(16 + 56),
		"flipped in its second head":   flipped(page + 16 + 48),
		"flipped in its list of pages": flipped(newest(whole, page, 32)*page + 8),
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	whole, err := os.ReadFile(written(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range damaged(whole) {
		path := filepath.Join(t.TempDir(), "db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(path, bolt.Options{})
		if err == nil {
			db.Close()
		}
		if !errors.Is(err, bolt.ErrCorrupt) || !strings.Contains(err.Error(), path) {
			t.Errorf("a file %s: %v, want ErrCorrupt and the path", name, err)
			continue
		}
		if strings.HasPrefix(name, "cut") && !strings.Contains(err.Error(), "cut short") {
			t.Errorf("a file %s: %v, want it noticed before the file is mapped", name, err)
		}
	}
}

// newest reads a field of the newer meta page: at offset 32 the page with the
// list of free pages, at 40 how many pages there are.
func newest(file []byte, page, offset int) int {
	a, b := file[16:], file[page+16:]
	if binary.NativeEndian.Uint64(b[48:]) > binary.NativeEndian.Uint64(a[48:]) {
		a = b
	}
	return int(binary.NativeEndian.Uint64(a[offset:]))
}

func TestAnEmptyFileIsANewOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, open(t, path, bolt.Options{}), "k", "v")
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	path := written(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
}

func TestReadersShareAFile(t *testing.T) {
	path := written(t)
	for range 2 {
		db := open(t, path, bolt.Options{ReadOnly: true})
		if _, err := get(t, db, "7"); err != nil {
			t.Error(err)
		}
		err := db.Update(t.Context(), func(store.Tx) error { return nil })
		if err == nil {
			t.Error("a reader may write")
		}
	}
}

func wantBytes(t *testing.T, path, text string, want bool) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte(text)) != want {
		t.Errorf("%s in %s: want %v", text, filepath.Base(path), want)
	}
}

func TestAFileHoldsItsRoomFromTheStartAndWhenItIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	const hold = 3 << 20
	db := open(t, path, bolt.Options{Hold: hold})
	put(t, db, "k", "v")
	for _, when := range []string{"from the start", "when it was written anew"} {
		var stat syscall.Stat_t
		if err := syscall.Stat(path, &stat); err != nil {
			t.Fatal(err)
		}
		if taken := stat.Blocks * 512; taken < hold {
			t.Errorf("%s the file takes %d bytes of the disk, want %d", when, taken, hold)
		}
		if err := db.Compact(t.Context(), asItIs); err != nil {
			t.Fatal(err)
		}
	}
}
