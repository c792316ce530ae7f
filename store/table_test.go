package store_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// note is kept as JSON, parcel as its own bytes.
type note struct {
	Day  int    `json:"day"`
	Text string `json:"text"`
}

type parcel struct{ content string }

func (p *parcel) MarshalBinary() ([]byte, error) { return []byte("<" + p.content + ">"), nil }

func (p *parcel) UnmarshalBinary(raw []byte) error {
	content, ok := bytes.CutPrefix(raw, []byte("<"))
	if !ok {
		return errors.New("no parcel: " + string(raw))
	}
	p.content = strings.TrimSuffix(string(content), ">")
	return nil
}

var (
	notes   = store.Table[note]{Bucket: "note"}
	parcels = store.Table[parcel]{Bucket: "parcel"}
)

// inUpdate runs fn in an Update of a new store.
func inUpdate(t *testing.T, fn func(tx store.Tx)) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(t.Context(), func(tx store.Tx) error { fn(tx); return nil }); err != nil {
		t.Error(err)
	}
}

func mustPut[T any](t *testing.T, tx store.Tx, table store.Table[T], key string, v T) {
	t.Helper()
	if err := table.Put(tx, []byte(key), v); err != nil {
		t.Fatal(err)
	}
}

func TestARecordIsAVersionByteAndJSON(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		mustPut(t, tx, notes, "k", note{7, "fine"})
		raw, err := tx.Get("note", []byte("k"))
		if string(raw) != "\x01{\"day\":7,\"text\":\"fine\"}" || err != nil {
			t.Errorf("the record is %q, %v", raw, err)
		}
		got, err := notes.Get(tx, []byte("k"))
		if got != (note{7, "fine"}) || err != nil {
			t.Errorf("it decodes as %v, %v", got, err)
		}
	})
}

func TestARecordMayHaveItsOwnBytes(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		mustPut(t, tx, parcels, "k", parcel{"tea"})
		raw, err := tx.Get("parcel", []byte("k"))
		if string(raw) != "\x01<tea>" || err != nil {
			t.Errorf("the record is %q, %v", raw, err)
		}
		got, err := parcels.Get(tx, []byte("k"))
		if got.content != "tea" || err != nil {
			t.Errorf("it decodes as %v, %v", got, err)
		}
	})
}

func TestWhatDoesNotDecodeIsNeverQuoted(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		for name, raw := range map[string]string{
			"empty":           "",
			"another version": "\x02{\"text\":\"secret\"}",
			"no JSON":         "\x01secret",
			"another type":    "\x01{\"day\":\"secret\"}",
		} {
			for _, bucket := range []string{"note", "parcel"} {
				if err := tx.Put(bucket, []byte("k"), []byte(raw)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := notes.Get(tx, []byte("k"))
			wantNamed(t, name, "note record", err)
			_, err = parcels.Get(tx, []byte("k"))
			wantNamed(t, name, "parcel record", err)
			for _, err := range notes.Range(tx, nil, nil) {
				wantNamed(t, name+" in a range", "note record", err)
			}
		}
	})
}

func wantNamed(t *testing.T, name, record string, err error) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: decodes", name)
	case strings.Contains(err.Error(), "secret"), !strings.Contains(err.Error(), record):
		t.Errorf("%s: %v", name, err)
	}
}

func TestAnAbsentRecordIsNotFound(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		mustPut(t, tx, notes, "k", note{})
		if err := notes.Delete(tx, []byte("k")); err != nil {
			t.Error(err)
		}
		if _, err := notes.Get(tx, []byte("k")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestAPrefixHasItsRecordsInOrder(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		for day, key := range []string{"a", "b\xff", "b", "b\x00", "c"} {
			mustPut(t, tx, notes, key, note{Day: day})
		}
		var days []int
		for row, err := range notes.Prefix(tx, []byte("b")) {
			if err != nil {
				t.Error(err)
			}
			days = append(days, row.Value.Day)
		}
		if diff := cmp.Diff([]int{2, 3, 1}, days); diff != "" {
			t.Errorf("days (-want +got):\n%s", diff)
		}
	})
}

func TestARangeEndsAtWhatDoesNotDecode(t *testing.T) {
	inUpdate(t, func(tx store.Tx) {
		mustPut(t, tx, notes, "a", note{Day: 1})
		if err := tx.Put("note", []byte("b"), []byte("?")); err != nil {
			t.Fatal(err)
		}
		mustPut(t, tx, notes, "c", note{Day: 3})
		n, failed := 0, false
		for _, err := range notes.Range(tx, nil, nil) {
			n, failed = n+1, err != nil
		}
		if n != 2 || !failed {
			t.Errorf("the range had %d records and failed: %v", n, failed)
		}
	})
}

func TestPrefixEnd(t *testing.T) {
	for prefix, want := range map[string]string{"a": "b", "a\xff": "b", "a\x00": "a\x01", "ab\xff\xff": "ac"} {
		if got := store.PrefixEnd([]byte(prefix)); string(got) != want {
			t.Errorf("PrefixEnd(%q) = %q, want %q", prefix, got, want)
		}
	}
	for _, prefix := range []string{"", "\xff", "\xff\xff"} {
		if got := store.PrefixEnd([]byte(prefix)); got != nil {
			t.Errorf("PrefixEnd(%q) = %q, want nil", prefix, got)
		}
	}
}
