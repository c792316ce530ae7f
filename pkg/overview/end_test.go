package overview_test

import (
	"slices"
	"testing"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestNobodyLookedAfterAProfessionalEndedIt though the account learns of it
// weeks later: the user is told who ended it and when, and of no look after.
func TestNobodyLookedAfterAProfessionalEndedIt(t *testing.T) {
	c := build(t)
	u, other := c.sharer("SHARED", vault.Mapping), c.sharer("0THERS", vault.Mapping)
	c.announce(now)
	ended := now.AddDate(0, 0, 5)
	c.Update(t, func(tx store.Tx) error {
		_, o, err := c.viewer.Find(tx, "SHARED", ended)
		if err != nil {
			return err
		}
		if err := c.viewer.Record(tx, audit.End, o, ended); err != nil {
			return err
		}
		return consent.End(tx, o.ID)
	})
	late := now.AddDate(0, 0, 20)
	c.announce(now.AddDate(0, 0, 6))
	c.announce(late)
	looks := func(r store.Reader, a *vault.Account) (what []string) {
		t.Helper()
		list, err := overview.Looked(r, a, late)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			what = append(what, l.Day.String()+" "+l.What)
		}
		return what
	}
	want := []string{"2026-03-07 end", "2026-03-02 overview"}
	c.View(t, func(r store.Reader) error { // before the account has settled it
		a, err := account.Resume(r, c.Ring, u.ref)
		if err == nil && !slices.Equal(looks(r, a), want) {
			t.Errorf("the user sees %v, want %v", looks(r, a), want)
		}
		return err
	})
	c.in(u, late, func(tx store.Tx, a *vault.Account) error {
		if got := looks(tx, a); !slices.Equal(got, want) {
			t.Errorf("settled, the user sees %v, want %v", got, want)
		}
		return nil
	})
	c.in(other, late, func(tx store.Tx, a *vault.Account) error {
		if got := looks(tx, a); len(got) != 3 {
			t.Errorf("who goes on sharing sees %v, want three overviews", got)
		}
		return nil
	})
}
