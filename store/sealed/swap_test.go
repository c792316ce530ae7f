package sealed

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"selvhjelp/store"
)

const secret = "nobody may read this on the disk"

func TestNothingRestsInTheClear(t *testing.T) {
	dir := t.TempDir()
	s := New(openBolt(t, dir, 0), ring{1: newKey(1)})
	put(t, s, "k", secret)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "db"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte(secret)) {
		t.Error("the file shows a value")
	}
	if !bytes.Contains(raw, []byte("own")) {
		t.Error("the file shows no bucket: was it written at all?")
	}
}

// TestSwappedRecordsDoNotOpen swaps two records in the file underneath: the
// reader gets an error from Get, and a Range ends with it.
func TestSwappedRecordsDoNotOpen(t *testing.T) {
	inner := openBolt(t, t.TempDir(), 0)
	s := New(inner, ring{1: newKey(1)})
	put(t, s, "a", "of a")
	put(t, s, "b", "of b")
	put(t, s, "c", "of c")
	err := inner.Update(t.Context(), func(tx store.Tx) error {
		b, err := tx.Get("own", []byte("b"))
		c, err2 := tx.Get("own", []byte("c"))
		return errors.Join(err, err2, tx.Put("own", []byte("b"), c), tx.Put("own", []byte("c"), b))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r store.Reader) error {
		if _, err := r.Get("own", []byte("b")); !errors.Is(err, ErrOpen) {
			t.Errorf("Get: %v, want ErrOpen", err)
		}
		var seen []string
		var last error
		for e, err := range r.Range("own", nil, nil) {
			seen, last = append(seen, string(e.Key)+" "+string(e.Value)), err
		}
		if len(seen) != 2 || seen[0] != "a of a" || seen[1] != "b " || !errors.Is(last, ErrOpen) {
			t.Errorf("Range: %q and then %v, want one record, a key and ErrOpen", seen, last)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAnOlderEpochStaysReadable until its key is destroyed.
func TestAnOlderEpochStaysReadable(t *testing.T) {
	inner := openBolt(t, t.TempDir(), 0)
	put(t, New(inner, ring{1: newKey(1)}), "k", "old")
	for _, test := range []struct {
		keys ring
		want error
	}{
		{ring{1: newKey(1), 2: newKey(2)}, nil},
		{ring{2: newKey(2)}, ErrNoKey},
	} {
		err := New(inner, test.keys).View(t.Context(), func(r store.Reader) error {
			_, err := r.Get("own", []byte("k"))
			return err
		})
		if !errors.Is(err, test.want) {
			t.Errorf("with %d keys: %v, want %v", len(test.keys), err, test.want)
		}
	}
}

func put(t *testing.T, s store.Store, key, value string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return tx.Put("own", []byte(key), []byte(value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzOpen hands hostile records to an honest key: nothing but what was
// sealed for its place may open.
func FuzzOpen(f *testing.F) {
	b := &box{keys: ring{1: newKey(1), 2: newKey(2)}}
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 1})
	f.Add(bytes.Clone(b.seal("reg", []byte("k"), []byte("of another bucket"))))
	f.Add(append([]byte{0, 0, 0, 9}, make([]byte, 92)...))
	f.Fuzz(func(t *testing.T, record []byte) {
		value, err := b.open("own", []byte("k"), record)
		if value != nil || !errors.Is(err, ErrOpen) && !errors.Is(err, ErrNoKey) {
			t.Errorf("opened %d bytes: %v", len(record), err)
		}
	})
}
