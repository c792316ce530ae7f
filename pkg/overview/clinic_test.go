package overview_test

import (
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// now is the moment at which the stories begin.
var now = domaintest.Now

// clinic is a business with a professional who looks, and users.
type clinic struct {
	*domaintest.World
	t      testing.TB
	viewer overview.Viewer
}

// user is somebody who uses the service, with the session that they hold.
type user struct {
	ref  account.Ref
	code accesscode.Code
}

func build(t testing.TB) *clinic {
	t.Helper()
	w := domaintest.Open(t)
	b, keys, p := w.Business(t, now)
	return &clinic{w, t, overview.Viewer{Professional: p, Business: b, Keys: keys, Ring: w.Ring}}
}

// issue gives out a code for a reference of the viewer's caseload.
func (c *clinic) issue(reference string) accesscode.Code {
	c.t.Helper()
	code := accesscode.New()
	c.Update(c.t, func(tx store.Tx) error {
		open, err := account.Issue(tx, c.Ring, code, c.viewer.Business.ID, reference, deadline.DayOf(now)+365)
		if err != nil {
			return err
		}
		return organization.SaveIssued(tx, c.Ring, c.viewer.Keys, organization.Issued{
			Reference: reference, By: c.viewer.Professional.ID, Day: deadline.DayOf(now), Open: open})
	})
	return code
}

// change edits a row of the business's list.
func (c *clinic) change(reference string, edit func(*organization.Issued)) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error {
		i, err := organization.IssuedByReference(tx, c.Ring, c.viewer.Keys, reference)
		if err != nil {
			return err
		}
		edit(&i)
		return organization.SaveIssued(tx, c.Ring, c.viewer.Keys, i)
	})
}

// welcome takes an issued code into use under an own code and shares.
func (c *clinic) welcome(issued accesscode.Code, categories ...string) user {
	c.t.Helper()
	u := user{code: accesscode.New()}
	c.Update(c.t, func(tx store.Tx) error {
		found, err := account.Find(tx, c.Ring, issued, now)
		if err != nil {
			return err
		}
		a, ref, err := account.Create(tx, c.Ring, account.Start{Code: u.code, Pending: found.Pending, Language: "nb"}, now)
		if err != nil {
			return err
		}
		u.ref = ref
		if len(categories) > 0 {
			if err := consent.Share(tx, a, c.viewer.Business, a.Data.Services[0], categories, now); err != nil {
				return err
			}
		}
		return a.Save(tx)
	})
	return u
}

// sharer is a user who shares from the beginning.
func (c *clinic) sharer(reference string, categories ...string) user {
	c.t.Helper()
	return c.welcome(c.issue(reference), categories...)
}

// in does something in a user's session.
func (c *clinic) in(u user, at time.Time, do func(tx store.Tx, a *vault.Account) error) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error {
		a, err := account.Resume(tx, c.Ring, u.ref)
		if err != nil {
			return err
		}
		if err := consent.Settle(tx, a, at); err != nil {
			return err
		}
		if err := do(tx, a); err != nil {
			return err
		}
		return a.Save(tx)
	})
}

// save records a mapping with a score.
func (c *clinic) save(u user, at time.Time, score int) registration.Mapping {
	c.t.Helper()
	m := registration.Mapping{ID: registration.NewID(), Instrument: "phq9", Version: "1", Language: "nb",
		Answers: map[string]int{"1": score}, Score: score, Band: "mild", At: at.Unix()}
	c.in(u, at, func(tx store.Tx, a *vault.Account) error { return registration.Save(tx, a, m.ID, m) })
	return m
}

func (c *clinic) visit(u user, at time.Time) {
	c.t.Helper()
	c.in(u, at, func(tx store.Tx, a *vault.Account) error {
		return registration.RecordVisit(tx, a, registration.NewVisit(at))
	})
}

// withdraw ends the sharing of categories, of all when none is named, and
// reseals what was shared.
func (c *clinic) withdraw(u user, at time.Time, categories ...string) {
	c.t.Helper()
	c.in(u, at, func(tx store.Tx, a *vault.Account) error {
		if err := consent.Withdraw(tx, a, c.viewer.Business, a.Data.Services[0], categories, at); err != nil {
			return err
		}
		_, err := account.Reseal(tx, a)
		return err
	})
}

func (c *clinic) remove(u user, at time.Time) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error {
		a, err := account.Resume(tx, c.Ring, u.ref)
		if err != nil {
			return err
		}
		_, err = account.Delete(tx, a, u.ref.Lookup, at)
		return err
	})
}

// announce lets the viewer open the overview as the web does.
func (c *clinic) announce(at time.Time) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error { return c.viewer.Announce(tx, at) })
}

// rows are what the viewer sees, by reference.
func (c *clinic) rows(at time.Time) (map[string]overview.Row, []consent.Opened) {
	c.t.Helper()
	out := map[string]overview.Row{}
	var stale []consent.Opened
	c.View(c.t, func(r store.Reader) error {
		list, s, err := c.viewer.Open(r, at)
		for _, row := range list {
			out[row.Issued.Reference] = row
		}
		stale = s
		return err
	})
	return out, stale
}

// person is what the viewer reads of one user, and the error as it is.
func (c *clinic) person(reference string, at time.Time) (p overview.Person, err error) {
	c.t.Helper()
	c.View(c.t, func(r store.Reader) error {
		var o consent.Opened
		if _, o, err = c.viewer.Find(r, reference, at); err == nil {
			p, err = c.viewer.Person(r, o, at)
		}
		return nil
	})
	return p, err
}
