package sealed

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// reseal compacts inner with a Resealer of the keys.
func reseal(t *testing.T, inner *bolt.DB, keys ring) *Resealer {
	t.Helper()
	r := NewResealer(keys)
	if err := inner.Compact(t.Context(), r.Change); err != nil {
		t.Fatal(err)
	}
	return r
}

func value(t *testing.T, s store.Store, key string) (value string, err error) {
	t.Helper()
	err = s.View(t.Context(), func(r store.Reader) error {
		v, err := r.Get("own", []byte(key))
		value = string(v)
		return err
	})
	return value, err
}

// TestAfterAResealTheOlderKeysAreNotNeeded: every record opens with the
// current key alone, and those that were of its epoch are as they were.
func TestAfterAResealTheOlderKeysAreNotNeeded(t *testing.T) {
	inner := openBolt(t, t.TempDir(), 0)
	keys := ring{1: newKey(1)}
	put(t, New(inner, keys), "a", "first")
	put(t, New(inner, keys), "b", "second")
	keys[2] = newKey(2)
	put(t, New(inner, keys), "c", "third")
	third := rest(t, inner, "c")

	r := reseal(t, inner, keys)
	if diff := cmp.Diff([]Tally{{1: 2, 2: 1}, {2: 3}}, []Tally{r.Before, r.After}); diff != "" || r.Resealed != 2 || r.Shut != 0 {
		t.Errorf("%d sealed anew, %d shut; before and after (-want +got):\n%s", r.Resealed, r.Shut, diff)
	}
	for key, want := range map[string]string{"a": "first", "b": "second", "c": "third"} {
		if got, err := value(t, New(inner, ring{2: newKey(2)}), key); got != want || err != nil {
			t.Errorf("%s is %q, %v", key, got, err)
		}
	}
	if rest(t, inner, "c") != third {
		t.Error("a record of the current epoch was changed")
	}
	if again := reseal(t, inner, keys); again.Resealed != 0 {
		t.Errorf("a second time %d were sealed anew", again.Resealed)
	}
}

// rest is a record as it rests.
func rest(t *testing.T, inner *bolt.DB, key string) string {
	t.Helper()
	record, err := value(t, inner, key)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// TestWhatDoesNotOpenStaysAndIsCounted: it may open again with a key from an
// escrow, so it is neither lost nor in anybody's way.
func TestWhatDoesNotOpenStaysAndIsCounted(t *testing.T) {
	inner := openBolt(t, t.TempDir(), 0)
	put(t, New(inner, ring{1: newKey(1)}), "fine", "opens")
	put(t, New(inner, ring{1: newKey(9)}), "damaged", "does not")
	put(t, New(inner, ring{5: newKey(5)}), "keyless", "opens later")
	put(t, inner, "short", "?")
	damaged, short := rest(t, inner, "damaged"), rest(t, inner, "short")

	r := reseal(t, inner, ring{1: newKey(1), 6: newKey(6)})
	if diff := cmp.Diff(Tally{0: 1, 1: 1, 5: 1, 6: 1}, r.After); diff != "" || r.Resealed != 1 || r.Shut != 3 {
		t.Errorf("%d sealed anew, %d shut (-want +got):\n%s", r.Resealed, r.Shut, diff)
	}
	if rest(t, inner, "damaged") != damaged || rest(t, inner, "short") != short {
		t.Error("a record that does not open was changed")
	}
	if got, err := value(t, New(inner, ring{5: newKey(5)}), "keyless"); got != "opens later" || err != nil {
		t.Errorf("with its key back: %q, %v", got, err)
	}
}

func TestWhatIsDroppedIsGone(t *testing.T) {
	inner := openBolt(t, t.TempDir(), 0)
	keys := ring{1: newKey(1)}
	for key, text := range map[string]string{"a": "live", "b": "over", "c": "live"} {
		put(t, New(inner, keys), key, text)
	}
	put(t, New(inner, ring{5: newKey(5)}), "d", "keyless")
	keys[6] = newKey(6)
	r := NewResealer(keys)
	r.Drop = func(bucket string, value []byte, err error) bool { return err != nil || string(value) == "over" }
	if err := inner.Compact(t.Context(), r.Change); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Tally{6: 2}, r.After); diff != "" || r.Dropped != 2 || r.Shut != 0 {
		t.Errorf("%d dropped, %d shut (-want +got):\n%s", r.Dropped, r.Shut, diff)
	}
	for _, key := range []string{"b", "d"} {
		if _, err := value(t, inner, key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", key, err)
		}
	}
}
