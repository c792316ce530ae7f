package overview_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// adopt does what the web does with grants that are seen for the first time.
func (c *clinic) adopt(stale []consent.Opened) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error { return consent.Adopt(tx, c.viewer.Keys, stale) })
}

var ignoreKeys = cmpopts.IgnoreFields(overview.Row{}, "Issued")

func TestAdoptedGrantsOpenEqually(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping, vault.Activity)
	c.save(u, now, 12)
	c.visit(u, now)
	before, stale := c.rows(now)
	if len(stale) != 1 {
		t.Fatalf("%d grants to adopt, want 1", len(stale))
	}
	personBefore, _ := c.person("SHARED", now)
	c.adopt(stale)
	after, stale := c.rows(now)
	personAfter, err := c.person("SHARED", now)
	if len(stale) != 0 || err != nil {
		t.Errorf("%d grants to adopt again, %v", len(stale), err)
	}
	if diff := cmp.Diff(before, after, ignoreKeys) + cmp.Diff(personBefore, personAfter); diff != "" {
		t.Error(diff)
	}
	c.save(u, now.Add(time.Hour), 4)
	if rows, _ := c.rows(now); rows["SHARED"].Summary.Courses["phq9"].Count != 2 {
		t.Error("what is recorded after the adoption does not show")
	}
}

// TestGrantsOfAnOlderIdentityAreAdoptedAgain so that who was taken out opens
// nothing of the database from then on.
func TestGrantsOfAnOlderIdentityAreAdoptedAgain(t *testing.T) {
	c := build(t)
	for _, ref := range []string{"AD0PTD", "WRAPPD"} {
		c.save(c.sharer(ref, vault.Mapping), now, 12)
		if ref == "AD0PTD" {
			_, stale := c.rows(now)
			c.adopt(stale)
		}
	}
	old, colleague := c.viewer.Keys, c.colleague()
	c.Update(t, func(tx store.Tx) (err error) {
		c.viewer.Keys, err = organization.Deactivate(tx, c.Ring, old, colleague)
		return err
	})
	_, stale := c.rows(now)
	if len(stale) != 2 {
		t.Fatalf("%d grants to adopt, want both", len(stale))
	}
	c.adopt(stale)
	rows, stale := c.rows(now)
	if len(stale) != 0 || !rows["AD0PTD"].Shared || !rows["WRAPPD"].Shared {
		t.Errorf("%d grants to adopt once more", len(stale))
	}
	c.View(t, func(r store.Reader) error {
		for _, err := range consent.OpenAll(r, c.Ring, old, now) {
			if !errors.Is(err, vault.ErrOpen) {
				t.Errorf("the keys from before open an adopted grant: %v", err)
			}
		}
		return nil
	})
}

// colleague invites somebody who can be taken out again.
func (c *clinic) colleague() (id organization.ID) {
	c.t.Helper()
	id = organization.NewID()
	c.Update(c.t, func(tx store.Tx) error {
		token, err := organization.Invite(tx, c.Ring, organization.Link{Business: c.viewer.Business.ID}, now)
		if err != nil {
			return err
		}
		_, err = organization.Accept(tx, c.Ring, token, organization.Applicant{ID: id, Email: "bo@example.org",
			Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP()}, now)
		return err
	})
	return id
}

func TestAdoptingDoesNotBringBackWhatWasWithdrawn(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping)
	c.save(u, now, 12)
	_, stale := c.rows(now)
	c.withdraw(u, now)
	c.adopt(stale)
	if rows, _ := c.rows(now); rows["SHARED"].Shared {
		t.Error("a withdrawn grant is back")
	}
}

// TestAdoptingLeavesAGrantThatChangedMeanwhileAlone: it has another key now.
func TestAdoptingLeavesAGrantThatChangedMeanwhileAlone(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping, vault.Activity)
	c.save(u, now, 12)
	c.visit(u, now)
	_, stale := c.rows(now)
	c.withdraw(u, now, vault.Activity)
	c.adopt(stale)
	rows, _ := c.rows(now)
	if row := rows["SHARED"]; !row.Shared || row.Summary.Courses["phq9"] == nil || row.Active != 0 {
		t.Error("the mappings are not read any more, or the visits still are")
	}
}
