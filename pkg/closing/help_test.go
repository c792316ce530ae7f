package closing_test

import (
	"errors"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

// clinic is a business with all that one can have, beside another.
type clinic struct {
	*domaintest.World
	organization.Business
	keys       *organization.Keys
	other      organization.Business
	otherKeys  *organization.Keys
	shared     accesscode.Code // of an account that shares with both
	unused     accesscode.Code
	invitation string
	checkpoint audit.Head
	super      organization.Professional
}

func build(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{World: domaintest.Open(t), shared: accesscode.New(), unused: accesscode.New()}
	c.Business, c.keys, c.super = c.World.Business(t, now)
	c.other, c.otherKeys, _ = c.World.Business(t, now)
	c.Update(t, func(tx store.Tx) error {
		return errors.Join(c.issue(tx, c.shared, "7KQ2M9"), c.issue(tx, c.unused, "4XW9TH"), c.takeIntoUse(tx))
	})
	c.Update(t, func(tx store.Tx) (err error) {
		log := audit.For(c.Ring, c.ID[:])
		for range 3 {
			err = errors.Join(err, log.Record(tx, audit.Entry{Day: deadline.DayOf(now), Who: c.super.ID[:], Role: "super user", What: audit.Overview}))
		}
		c.invitation, _ = organization.Invite(tx, c.Ring, organization.Link{Business: c.ID, Name: "Nils Nyansatt", Email: "nils.nyansatt@example.org"}, now)
		return err
	})
	c.View(t, func(r store.Reader) (err error) {
		c.checkpoint, err = audit.For(c.Ring, c.ID[:]).Head(r)
		return err
	})
	return c
}

func (c *clinic) issue(tx store.Tx, code accesscode.Code, reference string) error {
	open, err := account.Issue(tx, c.Ring, code, c.ID, reference, deadline.DayOf(now)+365)
	if err != nil {
		return err
	}
	return organization.SaveIssued(tx, c.Ring, c.keys, organization.Issued{Reference: reference, By: c.super.ID, Day: deadline.DayOf(now), Open: open})
}

// takeIntoUse makes the account that shares with both businesses.
func (c *clinic) takeIntoUse(tx store.Tx) error {
	found, err := account.Find(tx, c.Ring, c.shared, now)
	if err != nil {
		return err
	}
	a, _, err := account.Create(tx, c.Ring, account.Start{Code: c.shared, Pending: found.Pending}, now)
	if err != nil {
		return err
	}
	consent.Connect(a, c.other.ID, "AAAAAA")
	return errors.Join(
		registration.Save(tx, a, registration.NewID(), registration.Mapping{Instrument: "phq9", Version: "1.0", Score: 11, Band: "moderate", At: now.Unix()}),
		consent.Share(tx, a, c.Business, a.Data.Services[0], []string{vault.Mapping}, now),
		consent.Share(tx, a, c.other, a.Data.Services[1], []string{vault.Mapping}, now),
		a.Save(tx))
}

// account opens the account that shares.
func (c *clinic) account(t *testing.T, fn func(tx store.Tx, a *vault.Account) error) {
	t.Helper()
	c.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, c.Ring, c.shared, now)
		if err != nil {
			return err
		}
		return errors.Join(fn(tx, found.Account), found.Account.Save(tx))
	})
}

// reads counts the grants that somebody who holds a business's keys can open.
func (c *clinic) reads(t *testing.T, keys *organization.Keys) (n int) {
	t.Helper()
	c.View(t, func(r store.Reader) error {
		n = 0
		for _, err := range consent.OpenAll(r, c.Ring, keys, now) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

func (c *clinic) begin(t *testing.T) {
	t.Helper()
	c.Update(t, func(tx store.Tx) error { return closing.Begin(tx, c.Ring, c.ID, "kari", now) })
}

// step does one batch.
func (c *clinic) step(t *testing.T) (more bool) {
	t.Helper()
	c.Update(t, func(tx store.Tx) (err error) {
		more, err = closing.Step(tx, c.Ring, c.ID)
		return err
	})
	return more
}

func (c *clinic) finish(t *testing.T) {
	t.Helper()
	for c.step(t) {
	}
}
