package closing_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/retention"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestSharingEndsWithTheFirstTransaction(t *testing.T) {
	c := build(t)
	if c.reads(t, c.keys) != 1 || c.reads(t, c.otherKeys) != 1 {
		t.Fatal("nothing is shared to begin with")
	}
	c.begin(t)
	if c.Count(t, "grant") != 2 {
		t.Fatal("a grant is deleted already: the mark is not what is tested")
	}
	if n := c.reads(t, c.keys); n != 0 {
		t.Errorf("%d grants can still be opened", n)
	}
	if c.reads(t, c.otherKeys) != 1 {
		t.Error("sharing with another business ended too")
	}
	c.account(t, func(tx store.Tx, a *vault.Account) error {
		st, err := consent.Look(tx, a.Data.Services[0], now)
		if st.Shared || err != nil {
			t.Errorf("the user is told that it is shared, %v", err)
		}
		if err := consent.Renew(tx, a.Data.Services[0], now); !errors.Is(err, consent.ErrNothing) {
			t.Errorf("renewing: %v", err)
		}
		b, err := organization.BusinessByID(tx, c.ID)
		if err != nil {
			return err
		}
		if err := consent.Share(tx, a, b, a.Data.Services[0], []string{vault.Mapping}, now); !errors.Is(err, organization.ErrClosed) {
			t.Errorf("sharing anew: %v", err)
		}
		return consent.Settle(tx, a, now)
	})
	c.account(t, func(tx store.Tx, a *vault.Account) error {
		if s := a.Data.Services[0]; s.Grant != nil || len(s.Past) != 1 || !a.Unsettled() {
			t.Error("the account has not given the category a new key")
		}
		return nil
	})
}

func TestWhatWouldGoIsCounted(t *testing.T) {
	c := build(t)
	c.Update(t, func(tx store.Tx) error { // codes that do not count: revoked, another's
		open, err := account.Issue(tx, c.Ring, accesscode.New(), c.ID, "BBBBBB", deadline.DayOf(now)+365)
		if err != nil {
			return err
		}
		_, err = account.Issue(tx, c.Ring, accesscode.New(), c.other.ID, "CCCCCC", deadline.DayOf(now)+365)
		return errors.Join(err, account.Revoke(tx, open))
	})
	c.View(t, func(r store.Reader) error {
		got, err := closing.Count(r, c.Ring, c.ID, now)
		if diff := cmp.Diff(closing.Counts{Professionals: 1, Grants: 1, Unused: 1}, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	err := c.Store.Update(t.Context(), func(tx store.Tx) error {
		_, err := closing.Step(tx, c.Ring, c.ID)
		return err
	})
	if !errors.Is(err, organization.ErrForbidden) || c.reads(t, c.keys) != 1 {
		t.Errorf("a business that is not closed: %v", err)
	}
}

// done checks that nothing is left of the business but its name, the day and
// the hashes of its log, and that the other one is whole.
func (c *clinic) done(t *testing.T) {
	t.Helper()
	for bucket, want := range map[string]int{"grant": 1, "staff": 1, "mail": 1, "member": 2, "ident": 0, "link": 0, "issued": 0} {
		if n := c.Count(t, bucket); n != want {
			t.Errorf("%d records in %s, want %d", n, bucket, want)
		}
	}
	c.View(t, func(r store.Reader) error {
		b, err := organization.BusinessByID(r, c.ID)
		if diff := cmp.Diff(organization.Business{ID: c.ID, Name: c.Name, Closed: deadline.DayOf(now)}, b); diff != "" {
			t.Error(diff)
		}
		log := audit.For(c.Ring, c.ID[:])
		for e, err := range log.Entries(r, 0) {
			if err != nil || e.What != "" {
				t.Errorf("an audit entry is left: %v", err)
			}
		}
		for e, err := range deadline.Due(r, deadline.DayOf(now)) {
			if err != nil || e.Kind == deadline.Closing {
				t.Errorf("the deadline stands: %v", err)
			}
		}
		return errors.Join(err, log.Verify(r, c.checkpoint))
	})
}

// TestAClosingThatIsKilledAnywhereIsFinished by the next night, or by running
// the command again.
func TestAClosingThatIsKilledAnywhereIsFinished(t *testing.T) {
	for steps := range 6 {
		for name, goOn := range map[string]func(c *clinic){
			"the night": func(c *clinic) {
				if _, err := (retention.Sweeper{Store: c.Store, Ring: c.Ring}).Sweep(t.Context(), now, true); err != nil {
					t.Error(err)
				}
			},
			"the command": func(c *clinic) {
				c.begin(t)
				c.finish(t)
			},
		} {
			c := build(t)
			c.begin(t)
			for range steps {
				c.step(t)
			}
			goOn(c)
			c.done(t)
			if t.Failed() {
				t.Fatalf("killed after %d batches, %s goes on", steps, name)
			}
		}
	}
}

// TestCodesNotUsedYetStartAnAccountWithoutAService also when they are kept.
func TestCodesNotUsedYetStartAnAccountWithoutAService(t *testing.T) {
	c := build(t)
	c.begin(t)
	c.finish(t)
	c.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, c.Ring, c.unused, now)
		if err != nil {
			return err
		}
		a, _, err := account.Create(tx, c.Ring, account.Start{Code: c.unused, Pending: found.Pending}, now)
		if err != nil {
			return err
		}
		if len(a.Data.Services) != 0 {
			t.Error("the account is connected to the closed business")
		}
		if organization.ID(a.Data.KnownTo) != c.ID {
			t.Error("it is forgotten that somebody there may know the code")
		}
		return a.Save(tx)
	})
}

func TestManyGrantsEndInSmallTransactions(t *testing.T) {
	c := build(t)
	const many = 600
	for range many / 100 {
		c.Update(t, func(tx store.Tx) error {
			for range 100 {
				a := vault.New(c.Ring)
				if err := consent.Share(tx, a, c.Business, consent.Connect(a, c.ID, "7KQ2M9"), []string{vault.Mapping}, now); err != nil {
					return err
				}
			}
			return nil
		})
	}
	c.begin(t)
	for left := many + 2; left > 1; left = c.Count(t, "grant") {
		c.step(t)
		if gone := left - c.Count(t, "grant"); gone > 256 || gone == 0 {
			t.Fatalf("one transaction ended %d grants", gone)
		}
	}
	c.finish(t)
	c.done(t)
}

func TestAUserRemovesAClosedBusinessAndNoOther(t *testing.T) {
	c := build(t)
	c.account(t, func(tx store.Tx, a *vault.Account) error {
		if err := consent.Disconnect(tx, a, a.Data.Services[0]); !errors.Is(err, consent.ErrNothing) {
			t.Errorf("a business that goes on: %v", err)
		}
		return nil
	})
	c.begin(t)
	c.finish(t)
	c.account(t, func(tx store.Tx, a *vault.Account) error {
		return errors.Join(consent.Settle(tx, a, now), consent.Disconnect(tx, a, a.Data.Services[0]))
	})
	c.account(t, func(_ store.Tx, a *vault.Account) error {
		if len(a.Data.Services) != 1 || consent.Service(a, c.other.ID) == nil {
			t.Error("not exactly the closed one was removed")
		}
		return nil
	})
}
