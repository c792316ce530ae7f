package storetest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"selvhjelp/store"
)

// maxBytes is the limit that Full sets.
const maxBytes = 2 << 20

// Full tests a backend with a limit. open opens the store in dir so that it
// refuses content beyond maxBytes.
func Full(t *testing.T, open func(t *testing.T, dir string, maxBytes int64) store.Store) {
	dir := t.TempDir()
	s := open(t, dir, maxBytes)
	acknowledged := fill(t, s)
	t.Run("NothingAcknowledgedIsLost", func(t *testing.T) { wantAll(t, s, acknowledged) })
	t.Run("AFailedUpdateIsStillItsOwn", func(t *testing.T) {
		err := s.Update(t.Context(), func(tx store.Tx) error { return errWanted })
		wantError(t, err, errWanted)
	})
	t.Run("EssentialTransactionsPass", func(t *testing.T) { rewrite(t, s, acknowledged) })
	t.Run("AnAccountCanBeDeleted", func(t *testing.T) { deleteAccount(t, s) })
	t.Run("DeletingNeedsNoMark", func(t *testing.T) {
		update(t, s, func(tx store.Tx) error { return tx.Delete(bucket, content(0)) })
	})
	t.Run("AfterDeletingThereIsRoom", func(t *testing.T) {
		for i := range acknowledged / 2 {
			update(t, s, func(tx store.Tx) error { return tx.Delete(bucket, content(i)) })
		}
		set(t, s, "after", "room")
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, maxBytes)
	defer s.Close()
	err := s.View(t.Context(), func(r store.Reader) error {
		_, err := r.Get(bucket, []byte("after"))
		return err
	})
	wantError(t, err, nil)
}

func content(i int) []byte { return fmt.Appendf(nil, "content %06d", i) }

func value() []byte { return bytes.Repeat([]byte("v"), 1000) }

// fill saves an account of 500 registrations, then content until it is
// refused, and returns how much was acknowledged. It ends far too late, not
// never, in a store that has no limit.
func fill(t *testing.T, s store.Store) int {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		var errs error
		for range 500 {
			key := append([]byte("account "), rand.Text()...)
			errs = errors.Join(errs, tx.Put(bucket, key, value()[:200]))
		}
		return errs
	})
	for i := range 2 * maxBytes / 1000 {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.Put(bucket, content(i), value())
		})
		if errors.Is(err, store.ErrFull) {
			return i
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("content was never refused")
	return 0
}

func wantAll(t *testing.T, s store.Store, acknowledged int) {
	err := s.View(t.Context(), func(r store.Reader) error {
		for i := range acknowledged {
			if _, err := r.Get(bucket, content(i)); err != nil {
				t.Errorf("%s: %v", content(i), err)
			}
		}
		_, err := r.Get(bucket, content(acknowledged))
		wantError(t, err, store.ErrNotFound)
		return nil
	})
	wantError(t, err, nil)
}

// rewrite seals records anew, as withdrawing and changing a code do.
func rewrite(t *testing.T, s store.Store, acknowledged int) {
	update(t, s, func(tx store.Tx) error {
		tx.Essential()
		var errs error
		for i := range min(256, acknowledged) {
			errs = errors.Join(errs, tx.Put(bucket, content(i), value()))
		}
		return errs
	})
}

// deleteAccount deletes what fill saved first, in batches, reading before it
// writes.
func deleteAccount(t *testing.T, s store.Store) {
	prefix := []byte("account ")
	left := 500
	for left > 0 {
		update(t, s, func(tx store.Tx) error {
			tx.Essential()
			var keys [][]byte
			for e, err := range tx.Range(bucket, prefix, store.PrefixEnd(prefix)) {
				if err != nil {
					return err
				}
				if keys = append(keys, bytes.Clone(e.Key)); len(keys) == 100 {
					break
				}
			}
			left = len(keys)
			var errs error
			for _, k := range keys {
				errs = errors.Join(errs, tx.Delete(bucket, k))
			}
			return errs
		})
	}
}
