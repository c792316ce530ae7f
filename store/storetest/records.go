package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
)

func aKeyHasItsValue(t *testing.T, s store.Store) {
	set(t, s, "k", "first")
	set(t, s, "k", "second")
	set(t, s, "empty", "")
	wantContents(t, s, "empty=", "k=second")
	update(t, s, func(tx store.Tx) error { return tx.Delete(bucket, []byte("k")) })
	wantContents(t, s, "empty=")
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func anAbsentKeyIsNotFound(t *testing.T, s store.Store) {
	absent := func(r store.Reader) error {
		_, err := r.Get(bucket, []byte("absent"))
		wantError(t, err, store.ErrNotFound)
		got, err := entries(r, nil, nil)
		if err != nil || len(got) != 0 {
			t.Errorf("an absent bucket has %v, %v", got, err)
		}
		return nil
	}
	if err := s.View(t.Context(), absent); err != nil {
		t.Error(err)
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.Delete(bucket, []byte("absent")), absent(tx))
	})
	set(t, s, "present", "")
	update(t, s, func(tx store.Tx) error { return tx.Delete(bucket, []byte("absent")) })
	wantContents(t, s, "present=")
}

func keysAre1To512Bytes(t *testing.T, s store.Store) {
	for n, allowed := range map[int]bool{0: false, 1: true, 512: true, 513: false} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.Put(bucket, bytes.Repeat([]byte("k"), n), []byte("v"))
		})
		if (err == nil) != allowed {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
	if got := len(contents(t, s)); got != 2 {
		t.Errorf("the store holds %d keys, want 2", got)
	}
}

func valuesOfAnySizeComeBack(t *testing.T, s store.Store) {
	for _, n := range []int{0, 1, 59, 60, 61, 4095, 4096, 70_000, 5 << 20} {
		value := bytes.Repeat([]byte{0, 'v', 0xff}, n/3+1)[:n]
		update(t, s, func(tx store.Tx) error { return tx.Put(bucket, []byte("k"), value) })
		err := s.View(t.Context(), func(r store.Reader) error {
			got, err := r.Get(bucket, []byte("k"))
			if !bytes.Equal(got, value) {
				t.Errorf("a value of %d bytes came back otherwise", n)
			}
			return err
		})
		if err != nil {
			t.Errorf("a value of %d bytes: %v", n, err)
		}
	}
}

func bucketsAreApart(t *testing.T, s store.Store) {
	set(t, s, "k", "here")
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.Put("other", []byte("k"), []byte("there")),
			tx.Delete("third", []byte("k")))
	})
	update(t, s, func(tx store.Tx) error { return tx.Delete("other", []byte("k")) })
	wantContents(t, s, "k=here")
}

func aRangeIsInOrderAndBounded(t *testing.T, s store.Store) {
	keys := []string{"a", "a\x00", "aa", "ab", "b", "b\xff", "b\xff\xff", "c", "\xff", "\xff\xff"}
	for _, k := range slices.Backward(keys) {
		set(t, s, k, "")
	}
	for _, test := range []struct{ from, to []byte }{
		{nil, nil},
		{[]byte("a"), []byte("b")},
		{[]byte("aa"), nil},
		{[]byte("a\x00"), []byte("a\x00")},
		{[]byte("ac"), []byte("bb")},
		{[]byte("b\xff"), store.PrefixEnd([]byte("b\xff"))},
		{[]byte("\xff"), store.PrefixEnd([]byte("\xff"))},
		{[]byte("b"), []byte("a")},
		{nil, []byte("a")},
	} {
		want := []string{}
		for _, k := range keys {
			if k >= string(test.from) && (test.to == nil || k < string(test.to)) {
				want = append(want, k+"=")
			}
		}
		wantRange(t, s, test.from, test.to, want)
	}
}

func wantRange(t *testing.T, s store.Store, from, to []byte, want []string) {
	t.Helper()
	err := s.View(t.Context(), func(r store.Reader) error {
		got, err := entries(r, from, to)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from %q to %q (-want +got):\n%s", from, to, diff)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func aRangeStopsWhenItsReaderDoes(t *testing.T, s store.Store) {
	set(t, s, "a", "")
	set(t, s, "b", "")
	err := s.View(t.Context(), func(r store.Reader) error {
		n := 0
		for range r.Range(bucket, nil, nil) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("the range went on: %d", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func anUpdateReadsItsOwnWrites(t *testing.T, s store.Store) {
	for i := range 10 {
		set(t, s, fmt.Sprintf("%d00", i), "old")
	}
	update(t, s, func(tx store.Tx) error {
		var errs error
		for i := range 1000 {
			errs = errors.Join(errs, tx.Put(bucket, fmt.Appendf(nil, "%03d", i), []byte("new")))
		}
		for i := range 999 {
			errs = errors.Join(errs, tx.Delete(bucket, fmt.Appendf(nil, "%03d", i)))
		}
		got, err := entries(tx, nil, nil)
		if !slices.Equal(got, []string{"999=new"}) {
			t.Errorf("the update sees %v", got)
		}
		_, gone := tx.Get(bucket, []byte("100"))
		wantError(t, gone, store.ErrNotFound)
		return errors.Join(errs, err)
	})
	wantContents(t, s, "999=new")
}

func buffersMayBeUsedAgain(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		key, value := []byte("k0"), []byte("v0")
		var errs error
		for i := range 3 {
			key[1], value[1] = '0'+byte(i), '0'+byte(i)
			errs = errors.Join(errs, tx.Put(bucket, key, value))
		}
		errs = errors.Join(errs, tx.Delete(bucket, key))
		clear(key)
		clear(value)
		return errs
	})
	wantContents(t, s, "k0=v0", "k1=v1")
}
