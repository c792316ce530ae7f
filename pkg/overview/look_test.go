package overview_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func (c *clinic) log() []audit.Entry {
	c.t.Helper()
	var out []audit.Entry
	c.View(c.t, func(r store.Reader) error {
		out = nil
		for e, err := range audit.For(c.Ring, c.viewer.Business.ID[:]).Entries(r, 0) {
			if err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out
}

func TestLookingIsWrittenDownOnceADay(t *testing.T) {
	c := build(t)
	for _, at := range []time.Time{now, now.Add(time.Hour), now.AddDate(0, 0, 1)} {
		c.announce(at)
	}
	today, who := deadline.DayOf(now), c.viewer.Professional.ID
	want := []audit.Entry{
		{Number: 1, Day: today, Who: who[:], Role: "super user", What: audit.Overview},
		{Number: 2, Day: today + 1, Who: who[:], Role: "super user", What: audit.Overview},
	}
	if diff := cmp.Diff(want, c.log()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryProfessionalsLookIsTheirOwn(t *testing.T) {
	c := build(t)
	colleague := c.viewer.Professional
	colleague.ID, colleague.Super = organization.NewID(), false
	c.Update(t, func(tx store.Tx) error { return organization.SaveProfessional(tx, colleague) })
	c.announce(now)
	c.viewer.Professional = colleague
	c.announce(now)
	if log := c.log(); len(log) != 2 || log[0].Role != "super user" || log[1].Role != "professional" {
		t.Errorf("%d entries for two professionals", len(log))
	}
}

// TestAnEntryThatFailsIsNoLook: the day stays unannounced and is tried again.
func TestAnEntryThatFailsIsNoLook(t *testing.T) {
	c := build(t)
	failed := errors.New("the disk")
	err := c.Store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(c.viewer.Announce(tx, now), failed)
	})
	if !errors.Is(err, failed) || len(c.log()) != 0 {
		t.Fatalf("%d entries after %v", len(c.log()), err)
	}
	c.announce(now)
	if len(c.log()) != 1 {
		t.Error("the second try writes no entry")
	}
}

func TestNewIsWhatCameSinceTheLastLook(t *testing.T) {
	c := build(t)
	early, late := c.sharer("EARYYY", vault.Mapping), c.sharer("LATEYY", vault.Mapping)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	c.save(early, now, 5)
	check := func(when string, at time.Time, wantEarly, wantLate bool) {
		t.Helper()
		c.announce(at)
		rows, _ := c.rows(at)
		if rows["EARYYY"].New != wantEarly || rows["LATEYY"].New != wantLate {
			t.Errorf("%s: new is %t and %t", when, rows["EARYYY"].New, rows["LATEYY"].New)
		}
	}
	check("the first look", day(1), true, false)
	check("the second look", day(5), false, false)
	c.save(late, day(5), 7)
	check("the same day again", day(5), false, true)
	check("the next day", day(6), false, true)
	check("the same day once more", day(6).Add(time.Hour), false, true)
	check("a day later", day(7), false, false)
}

func TestTheLogNamesGrantsAndNoAccounts(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping)
	c.announce(now)
	var grant []byte
	c.Update(t, func(tx store.Tx) error {
		_, o, err := c.viewer.Find(tx, "SHARED", now)
		if err != nil {
			return err
		}
		grant = o.ID
		return c.viewer.Record(tx, audit.Person, o, now)
	})
	log := c.log()
	if len(log) != 2 || log[1].What != audit.Person || !bytes.Equal(log[1].Grant, grant) {
		t.Fatal("opening a person is not in the log")
	}
	id := u.ref.ID
	c.View(t, func(r store.Reader) error {
		for e, err := range r.Range("audit", []byte{0}, nil) {
			if err != nil {
				return err
			}
			for _, form := range [][]byte{id[:], []byte(hex.EncodeToString(id[:])), []byte(base64.StdEncoding.EncodeToString(id[:]))} {
				if bytes.Contains(e.Value, form) || bytes.Contains(log[1].Grant, form) {
					t.Error("an account's id is in the log")
				}
			}
		}
		return nil
	})
}

// TestAUserSeesWhoLooked: at them by name of the grant, and at all on the days
// on which their sharing was in force; nothing from before, after or of others.
func TestAUserSeesWhoLooked(t *testing.T) {
	c := build(t)
	c.announce(now.AddDate(0, 0, -1))
	u, other := c.sharer("SHARED", vault.Mapping), c.sharer("0THERS", vault.Mapping)
	c.announce(now)
	for _, ref := range []string{"SHARED", "0THERS", "SHARED"} {
		c.Update(t, func(tx store.Tx) error {
			_, o, err := c.viewer.Find(tx, ref, now)
			if err != nil {
				return err
			}
			return c.viewer.Record(tx, audit.Person, o, now)
		})
	}
	c.withdraw(u, now)
	c.announce(now.AddDate(0, 0, 1))
	day, b, who := deadline.DayOf(now), c.viewer.Business.Name, c.viewer.Professional.Name
	all, one := overview.Look{Day: day, Business: b, Who: who, What: audit.Overview}, overview.Look{Day: day, Business: b, Who: who, What: audit.Person}
	later := all
	later.Day++
	for name, test := range map[string]struct {
		user user
		want []overview.Look
	}{"who has withdrawn": {u, []overview.Look{all, one, one}}, "who shares": {other, []overview.Look{later, all, one}}} {
		c.in(test.user, now, func(tx store.Tx, a *vault.Account) error {
			got, err := overview.Looked(tx, a, now.AddDate(0, 0, 1))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
			return err
		})
	}
}

// TestWhoLookedIsShownForTwoYears, whether or not a night has removed the entries.
func TestWhoLookedIsShownForTwoYears(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping)
	c.Update(t, func(tx store.Tx) error { return c.viewer.Announce(tx, now) })
	for days, want := range map[int]int{0: 1, 1: 0} {
		at := now.AddDate(2, 0, days)
		c.in(u, at, func(tx store.Tx, a *vault.Account) error {
			looks, err := overview.Looked(tx, a, at)
			if len(looks) != want {
				t.Errorf("two years and %d days later %d looks are shown, want %d", days, len(looks), want)
			}
			return err
		})
	}
}

// TestNobodyLookedAfterTheClockHadRunOut though the account was not used for
// weeks and nobody noticed the end.
func TestNobodyLookedAfterTheClockHadRunOut(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping)
	for _, days := range []int{10, consent.EndDays - 1, consent.EndDays, consent.EndDays + 20} {
		at := now.AddDate(0, 0, days)
		c.Update(t, func(tx store.Tx) error { return c.viewer.Announce(tx, at) })
	}
	at := now.AddDate(0, 0, consent.EndDays+30)
	check := func(r store.Reader, a *vault.Account) error {
		looks, err := overview.Looked(r, a, at)
		if err == nil && len(looks) != 2 {
			t.Errorf("%d looks, want the two while it was shared", len(looks))
		}
		return err
	}
	c.View(t, func(r store.Reader) error {
		a, err := account.Resume(r, c.Ring, u.ref)
		if err != nil {
			return err
		}
		return check(r, a)
	})
	c.in(u, at, func(tx store.Tx, a *vault.Account) error { return check(tx, a) }) // settled
}
