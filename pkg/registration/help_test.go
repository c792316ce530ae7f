package registration_test

import (
	"fmt"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

// newUser is an account that has been saved.
func newUser(t domaintest.T, w *domaintest.World) *vault.Account {
	t.Helper()
	a := vault.New(w.Ring)
	w.Update(t, a.Save)
	return a
}

// mapping is a finished tool of ten items with a score.
func mapping(instrument string, score int, at time.Time) registration.Mapping {
	m := registration.Mapping{Instrument: instrument, Version: "1.0", Language: "nb", Answers: map[string]int{}, Score: score, Band: "mild", At: at.Unix()}
	for i := range 10 {
		m.Answers[fmt.Sprintf("q%d", i+1)] = score % 4
	}
	return m
}

// save stores a mapping in a transaction of its own and returns its id.
func save(t domaintest.T, w *domaintest.World, a *vault.Account, m registration.Mapping) registration.ID {
	t.Helper()
	id := registration.NewID()
	update(t, w, a, func(tx store.Tx) error { return registration.Save(tx, a, id, m) })
	return id
}

// update runs fn and saves the account.
func update(t domaintest.T, w *domaintest.World, a *vault.Account, fn func(store.Tx) error) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return a.Save(tx)
	})
}

// list returns what the scope opens.
func list(t domaintest.T, w *domaintest.World, s vault.Scope, owner bool) (out []registration.Mapping) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		out, err = registration.List(r, s, owner)
		return err
	})
	return out
}

func summary(t domaintest.T, w *domaintest.World, s vault.Scope) (sum registration.Summary) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		sum, err = registration.Summarise(r, s)
		return err
	})
	return sum
}

func history(t domaintest.T, w *domaintest.World, a *vault.Account) (out []registration.Replaced) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		out, err = registration.History(r, a)
		return err
	})
	return out
}

// visit records a visit.
func visit(t domaintest.T, w *domaintest.World, a *vault.Account, at time.Time) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.RecordVisit(tx, a, registration.NewVisit(at)) })
}

// stored returns the keys and values of a bucket as they rest in the file.
func stored(t testing.TB, w *domaintest.World, bucket string) (out []store.Entry) {
	t.Helper()
	err := w.Inner.View(t.Context(), func(r store.Reader) error {
		out = nil
		for e, err := range r.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			out = append(out, store.Entry{Key: append([]byte(nil), e.Key...), Value: append([]byte(nil), e.Value...)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
