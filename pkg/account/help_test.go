package account_test

import (
	"context"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

const reference = "7KQ2M9"

// town is a world with a business in it.
type town struct {
	*domaintest.World
	business organization.Business
	keys     *organization.Keys
}

func newTown(t *testing.T) town {
	t.Helper()
	w := domaintest.Open(t)
	b, keys, _ := w.Business(t, now)
	return town{w, b, keys}
}

// issue makes a code that can be taken into use for a year, and returns the
// key that revokes it.
func (w town) issue(t domaintest.T) (code accesscode.Code, open []byte) {
	t.Helper()
	code = accesscode.New()
	w.Update(t, func(tx store.Tx) (err error) {
		open, err = account.Issue(tx, w.Ring, code, w.business.ID, reference, deadline.DayOf(now)+364)
		return err
	})
	return code, open
}

// find is a login.
func (w town) find(code accesscode.Code, at time.Time) (found account.Found, err error) {
	err = w.Store.View(context.Background(), func(r store.Reader) (err error) {
		found, err = account.Find(r, w.Ring, code, at)
		return err
	})
	return found, err
}

// must is a login that succeeds.
func (w town) must(t domaintest.T, code accesscode.Code, at time.Time) account.Found {
	t.Helper()
	found, err := w.find(code, at)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// create makes an account and saves it.
func (w town) create(t domaintest.T, s account.Start, at time.Time) (a *vault.Account, ref account.Ref) {
	t.Helper()
	w.Update(t, func(tx store.Tx) (err error) {
		if a, ref, err = account.Create(tx, w.Ring, s, at); err != nil {
			return err
		}
		return a.Save(tx)
	})
	return a, ref
}

// own is an account under a code of its own, from nobody.
func (w town) own(t domaintest.T, at time.Time) (accesscode.Code, *vault.Account, account.Ref) {
	t.Helper()
	code := accesscode.New()
	a, ref := w.create(t, account.Start{Code: code, Language: "nb"}, at)
	return code, a, ref
}

func (w town) resume(ref account.Ref) (a *vault.Account, err error) {
	err = w.Store.View(context.Background(), func(r store.Reader) (err error) {
		a, err = account.Resume(r, w.Ring, ref)
		return err
	})
	return a, err
}

// dueOf lists the deadlines of one kind.
func (w town) dueOf(t domaintest.T, kind deadline.Kind) (out []deadline.Entry) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		out = nil
		for e, err := range deadline.Due(r, 1_000_000) {
			if err != nil {
				return err
			}
			if e.Kind == kind {
				out = append(out, e)
			}
		}
		return nil
	})
	return out
}

// stored returns the records of a bucket as they rest in the file, by key.
func (w town) stored(t testing.TB, bucket string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := w.Inner.View(t.Context(), func(r store.Reader) error {
		clear(out)
		for e, err := range r.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			out[string(e.Key)] = append([]byte(nil), e.Value...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
