package registration_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// withEverything is an account with one record of each kind.
func withEverything(t *testing.T, w *domaintest.World) *vault.Account {
	t.Helper()
	a := newUser(t, w)
	id := save(t, w, a, mapping("phq9", 11, now))
	update(t, w, a, func(tx store.Tx) error {
		return errors.Join(
			registration.Correct(tx, a, registration.Mapping{ID: id, Score: 7}, now),
			registration.SaveDraft(tx, a, registration.Draft{Instrument: "phq9"}, now))
	})
	return a
}

// values reads the records of a bucket as the account sealed them.
func values(t *testing.T, w *domaintest.World, bucket string) (out []store.Entry) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		out = nil
		for e, err := range r.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			out = append(out, store.Entry{Key: bytes.Clone(e.Key), Value: bytes.Clone(e.Value)})
		}
		return nil
	})
	return out
}

// put writes through the store, so that only the account's own seal is left to
// notice.
func put(t *testing.T, w *domaintest.World, bucket string, key, value []byte) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error { return tx.Put(bucket, key, value) })
}

// reads are the ways to read each kind of record.
var reads = []struct {
	bucket, kind string
	read         func(store.Reader, *vault.Account) error
}{
	{"reg", "registration record", func(r store.Reader, a *vault.Account) error {
		_, err := registration.List(r, a.Scope(), true)
		return err
	}},
	{"sum", "summary record", func(r store.Reader, a *vault.Account) error {
		_, err := registration.Summarise(r, a.Scope())
		return err
	}},
	{"draft", "draft record", func(r store.Reader, a *vault.Account) error {
		_, err := registration.LoadDraft(r, a, "phq9")
		return err
	}},
	{"hist", "history record", func(r store.Reader, a *vault.Account) error {
		_, err := registration.History(r, a)
		return err
	}},
}

// spoilt checks that a value in place of a record is an error naming its kind.
func spoilt(t *testing.T, bucket string, change func(w *domaintest.World, value []byte) []byte) {
	t.Helper()
	for _, c := range reads {
		if c.bucket != bucket {
			continue
		}
		w := domaintest.Open(t)
		a := withEverything(t, w)
		e := values(t, w, bucket)[0]
		put(t, w, bucket, e.Key, change(w, e.Value))
		err := w.Store.View(t.Context(), func(r store.Reader) error { return c.read(r, a) })
		if !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), c.kind) {
			t.Errorf("%s: got %v", bucket, err)
		}
	}
}

func TestCutRecordsAreErrorsThatNameTheirKind(t *testing.T) {
	for _, c := range reads {
		spoilt(t, c.bucket, func(_ *domaintest.World, v []byte) []byte { return v[:len(v)-1] })
		spoilt(t, c.bucket, func(_ *domaintest.World, v []byte) []byte { return v[:5] })
	}
}

func TestChangedRecordsAreErrorsThatNameTheirKind(t *testing.T) {
	for _, c := range reads {
		spoilt(t, c.bucket, func(_ *domaintest.World, v []byte) []byte { v[len(v)/2] ^= 1; return v })
	}
}

func TestRecordsOfAnotherAccountAreErrorsThatNameTheirKind(t *testing.T) {
	for _, c := range reads {
		spoilt(t, c.bucket, func(w *domaintest.World, mine []byte) []byte {
			withEverything(t, w)
			for _, e := range values(t, w, c.bucket) {
				if !bytes.Equal(e.Value, mine) {
					return e.Value
				}
			}
			return nil
		})
	}
}

func TestRecordsThatChangedPlacesAreErrors(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	save(t, w, a, mapping("phq9", 11, now))
	reg := values(t, w, "reg")
	put(t, w, "reg", reg[0].Key, reg[1].Value)
	put(t, w, "reg", reg[1].Key, reg[0].Value)
	err := w.Store.View(t.Context(), func(r store.Reader) error { return reads[0].read(r, a) })
	if !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), "registration record") {
		t.Errorf("got %v", err)
	}
}

func TestASummaryOfAnotherCategoryIsAnError(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	visits := values(t, w, "sum")[0].Value
	save(t, w, a, mapping("phq9", 11, now))
	put(t, w, "sum", a.Index("sum", []byte(vault.Mapping)), visits)
	err := w.Store.View(t.Context(), func(r store.Reader) error { return reads[1].read(r, a) })
	if !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), "summary record") {
		t.Errorf("got %v", err)
	}
}
