package consent_test

import (
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

// after is a moment counted from the start of the day of now.
func after(days int, more time.Duration) time.Time {
	return deadline.DayOf(now).Start().AddDate(0, 0, days).Add(more)
}

// house is a business with its keys.
type house struct {
	organization.Business
	keys *organization.Keys
}

func newHouse(t domaintest.T, w *domaintest.World) house {
	t.Helper()
	b, keys, _ := w.Business(t, now)
	return house{b, keys}
}

// newUser is an account that is connected to the houses, with n mappings and a
// visit.
func newUser(t domaintest.T, w *domaintest.World, n int, houses ...house) *vault.Account {
	t.Helper()
	a := vault.New(w.Ring)
	for _, h := range houses {
		consent.Connect(a, h.ID, "7KQ2M9")
	}
	update(t, w, a, func(tx store.Tx) error {
		for i := range n {
			if err := registration.Save(tx, a, registration.NewID(), mapping(now.Add(time.Duration(i)*time.Second))); err != nil {
				return err
			}
		}
		return registration.RecordVisit(tx, a, registration.NewVisit(now))
	})
	return a
}

func mapping(at time.Time) registration.Mapping {
	return registration.Mapping{Instrument: "phq9", Version: "1.0", Score: 11, Band: "moderate", At: at.Unix()}
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

func share(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time, categories ...string) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error {
		return consent.Share(tx, a, h.Business, consent.Service(a, h.ID), categories, at)
	})
}

func withdraw(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time, categories ...string) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error {
		return consent.Withdraw(tx, a, h.Business, consent.Service(a, h.ID), categories, at)
	})
}

func renew(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error { return consent.Renew(tx, consent.Service(a, h.ID), at) })
}

func settle(t domaintest.T, w *domaintest.World, a *vault.Account, at time.Time) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return consent.Settle(tx, a, at) })
}

// reseal runs one batch.
func reseal(t domaintest.T, w *domaintest.World, a *vault.Account) (more bool) {
	t.Helper()
	w.Update(t, func(tx store.Tx) (err error) {
		more, err = account.Reseal(tx, a)
		return err
	})
	return more
}

// opened returns the grants that a house can open.
func opened(t domaintest.T, w *domaintest.World, h house, at time.Time) (out []consent.Opened) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		out = nil
		for o, err := range consent.OpenAll(r, w.Ring, h.keys, at) {
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return nil
	})
	return out
}

// only returns the one grant that a house can open.
func only(t domaintest.T, w *domaintest.World, h house, at time.Time) consent.Opened {
	t.Helper()
	all := opened(t, w, h, at)
	if len(all) != 1 {
		t.Fatal("the house opens another number of grants than one:", len(all))
	}
	return all[0]
}

// reads returns how many mappings and visits a scope opens.
func reads(t domaintest.T, w *domaintest.World, s vault.Scope) (mappings, visits int) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		m, err := registration.List(r, s, false)
		if err != nil {
			return err
		}
		v, err := registration.ListVisits(r, s)
		mappings, visits = len(m), len(v)
		return err
	})
	return mappings, visits
}

func look(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time) (st consent.State) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		st, err = consent.Look(r, consent.Service(a, h.ID), at)
		return err
	})
	return st
}

// due returns the deadlines up to a day.
func due(t domaintest.T, w *domaintest.World, day deadline.Day) (out []deadline.Entry) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		out = nil
		for e, err := range deadline.Due(r, day) {
			if err != nil {
				return err
			}
			if e.Kind == deadline.SharingEnds {
				out = append(out, e)
			}
		}
		return nil
	})
	return out
}

// sweep does what the nightly job does.
func sweep(t domaintest.T, w *domaintest.World, at time.Time) {
	t.Helper()
	for _, e := range due(t, w, deadline.DayOf(at)) {
		w.Update(t, func(tx store.Tx) error { return consent.Expire(tx, e.Target, at) })
	}
}
