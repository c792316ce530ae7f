package overview_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// everyReason fills a clinic with references that are not shared now, each for
// another reason.
func everyReason(c *clinic, at time.Time) []string {
	c.t.Helper()
	c.issue("NEVER0")  // taken into use
	c.sharer("UNSHRD") // anything
	out := c.sharer("RUN0VT", vault.Mapping, vault.Activity)
	swept := c.sharer("SWEPT0", vault.Mapping)
	gone, ended := c.sharer("WTHDRN", vault.Mapping), c.sharer("DELETD", vault.Mapping)
	c.issue("REVKED")
	for _, u := range []user{out, swept, gone, ended} {
		c.save(u, now, 12)
	}
	c.withdraw(gone, now)
	c.remove(ended, now)
	c.revoke("REVKED")
	c.Update(c.t, func(tx store.Tx) error {
		a, err := account.Resume(tx, c.Ring, swept.ref)
		if err != nil {
			return err
		}
		return consent.Expire(tx, a.Data.Services[0].Grant, at)
	})
	return []string{"NEVER0", "UNSHRD", "RUN0VT", "SWEPT0", "WTHDRN", "DELETD", "REVKED"}
}

func (c *clinic) revoke(reference string) {
	c.t.Helper()
	c.Update(c.t, func(tx store.Tx) error {
		i, err := organization.IssuedByReference(tx, c.Ring, c.viewer.Keys, reference)
		if err != nil {
			return err
		}
		return account.Revoke(tx, i.Open)
	})
}

func TestNotSharedLooksTheSameWhateverTheReason(t *testing.T) {
	c := build(t)
	at := now.AddDate(0, 0, consent.EndDays)
	references := everyReason(c, at)
	c.announce(at)
	rows, stale := c.rows(at)
	if len(rows) != len(references) || len(stale) != 0 {
		t.Errorf("%d rows and %d grants to adopt for %d references", len(rows), len(stale), len(references))
	}
	for _, ref := range references {
		row := rows[ref]
		if row.Issued.Reference != ref {
			t.Errorf("%s has no row", ref)
		}
		row.Issued = organization.Issued{}
		if diff := cmp.Diff(overview.Row{}, row); diff != "" {
			t.Errorf("%s: the row tells why:\n%s", ref, diff)
		}
		p, err := c.person(ref, at)
		p.Issued = organization.Issued{}
		if diff := cmp.Diff(overview.Person{}, p); diff != "" || err != overview.ErrNotShared {
			t.Errorf("%s: %v, want ErrNotShared and nothing else:\n%s", ref, err, diff)
		}
	}
}

func TestTheDayAfterTheClockNothingShows(t *testing.T) {
	c := build(t)
	c.save(c.sharer("SHARED", vault.Mapping), now, 12)
	last := (deadline.DayOf(now) + consent.EndDays).Start().Add(-time.Nanosecond)
	for _, test := range []struct {
		at   time.Time
		want bool
	}{{now, true}, {last, true}, {last.Add(time.Nanosecond), false}, {last.AddDate(1, 0, 0), false}} {
		rows, _ := c.rows(test.at)
		if row := rows["SHARED"]; row.Shared != test.want || (len(row.Summary.Courses) > 0) != test.want {
			t.Errorf("%s: shared is %t", test.at, row.Shared)
		}
		if test.want && rows["SHARED"].LastDay != deadline.DayOf(last) {
			t.Errorf("the last day is %s, want %s", rows["SHARED"].LastDay, deadline.DayOf(last))
		}
		if _, err := c.person("SHARED", test.at); (err == nil) != test.want {
			t.Errorf("%s: the person opens with %v", test.at, err)
		}
	}
}

func TestOnlySharedCategoriesShow(t *testing.T) {
	c := build(t)
	mappings, visits := c.sharer("MAPPED", vault.Mapping), c.sharer("VISITS", vault.Activity)
	for _, u := range []user{mappings, visits} {
		c.save(u, now, 12)
		c.visit(u, now)
	}
	rows, _ := c.rows(now)
	if row := rows["MAPPED"]; row.Summary.Courses["phq9"] == nil || row.Active != 0 {
		t.Error("who shares mappings shows no mappings, or visits")
	}
	if row := rows["VISITS"]; row.Active != deadline.DayOf(now) || len(row.Summary.Courses) != 0 {
		t.Error("who shares visits shows none, or mappings")
	}
	p, err := c.person("MAPPED", now)
	if err != nil || len(p.Mappings) != 1 || len(p.Visits) != 0 || !slices.Equal(p.Categories, []string{vault.Mapping}) {
		t.Errorf("the person who shares mappings: %d mappings, %d visits, %v", len(p.Mappings), len(p.Visits), err)
	}
	p, err = c.person("VISITS", now)
	if err != nil || len(p.Mappings) != 0 || len(p.Visits) != 1 || !slices.Equal(p.Categories, []string{vault.Activity}) {
		t.Errorf("the person who shares visits: %d mappings, %d visits, %v", len(p.Mappings), len(p.Visits), err)
	}
}

// TestACorrectionIsShown with what it says now, not with what it replaced.
func TestACorrectionIsShown(t *testing.T) {
	c := build(t)
	u := c.sharer("SHARED", vault.Mapping)
	m := c.save(u, now, 12)
	later := now.AddDate(0, 0, 3)
	m.Score, m.Answers = 8, map[string]int{"1": 8}
	c.in(u, later, func(tx store.Tx, a *vault.Account) error { return registration.Correct(tx, a, m, later) })
	rows, _ := c.rows(later)
	p, err := c.person("SHARED", later)
	if err != nil || len(p.Mappings) != 1 || p.Mappings[0].Corrected != later.Unix() || p.Mappings[0].Answers["1"] != 8 {
		t.Errorf("the page does not show the correction: %v", err)
	}
	if last := rows["SHARED"].Summary.Courses["phq9"].Last; last.Score != 8 || last.Corrected != later.Unix() {
		t.Error("the overview does not show the correction")
	}
}

func TestACaseloadIsWhatAProfessionalSees(t *testing.T) {
	c := build(t)
	today, colleague := deadline.DayOf(now), organization.NewID()
	for _, ref := range []string{"MYOWN0", "THEIRS", "CVRED0", "CVRD0N", "ARCHVD"} {
		c.save(c.sharer(ref, vault.Mapping), now, 3)
	}
	cover := func(until deadline.Day) func(*organization.Issued) {
		return func(i *organization.Issued) {
			i.By, i.Cover, i.CoverTo = colleague, c.viewer.Professional.ID, until
		}
	}
	c.change("THEIRS", func(i *organization.Issued) { i.By = colleague })
	c.change("CVRED0", cover(today))
	c.change("CVRD0N", cover(today-1))
	c.change("ARCHVD", func(i *organization.Issued) { i.Archived = true })

	see := func(want ...string) {
		t.Helper()
		rows, _ := c.rows(now)
		for _, ref := range []string{"MYOWN0", "THEIRS", "CVRED0", "CVRD0N", "ARCHVD"} {
			if rows[ref].Shared != slices.Contains(want, ref) {
				t.Errorf("%s: seen is %t", ref, rows[ref].Shared)
			}
		}
	}
	see("MYOWN0", "CVRED0")
	for _, ref := range []string{"THEIRS", "CVRD0N", "NEVERX"} {
		if p, err := c.person(ref, now); err != organization.ErrNotFound || len(p.Mappings) > 0 {
			t.Errorf("%s: %v, want organization.ErrNotFound and nothing else", ref, err)
		}
	}
}

// TestATeamSeesWhatWasSharedWithATeam: switching a business to team does not
// widen what users agreed to before.
func TestATeamSeesWhatWasSharedWithATeam(t *testing.T) {
	c := build(t)
	colleague := organization.NewID()
	theirs := func(i *organization.Issued) { i.By = colleague }
	c.save(c.sharer("BEFORE", vault.Mapping), now, 3)
	c.change("BEFORE", theirs)
	c.viewer.Business.Team = true
	c.save(c.sharer("AFTERX", vault.Mapping), now, 3)
	c.change("AFTERX", theirs)
	rows, _ := c.rows(now)
	if rows["BEFORE"].Shared || !rows["AFTERX"].Shared {
		t.Errorf("shared before the team: seen %t; after: seen %t", rows["BEFORE"].Shared, rows["AFTERX"].Shared)
	}
	if _, err := c.person("BEFORE", now); err != overview.ErrNotShared {
		t.Errorf("shared before the team: %v", err)
	}
	if _, err := c.person("AFTERX", now); err != nil {
		t.Errorf("shared with the team: %v", err)
	}
	c.viewer.Business.Team = false
	if rows, _ := c.rows(now); rows["AFTERX"].Shared {
		t.Error("it is no team any more, and a colleague still reads")
	}
}

// TestAnotherBusinessSeesNothing of what is shared with this one.
func TestAnotherBusinessSeesNothing(t *testing.T) {
	c := build(t)
	c.save(c.sharer("SHARED", vault.Mapping), now, 12)
	b, keys, p := c.Business(t, now)
	other := &clinic{c.World, t, overview.Viewer{Professional: p, Business: b, Keys: keys, Ring: c.Ring}}
	if rows, _ := other.rows(now); len(rows) != 0 {
		t.Errorf("%d rows of another business", len(rows))
	}
	if _, err := other.person("SHARED", now); !errors.Is(err, organization.ErrNotFound) {
		t.Errorf("a reference of another business: %v, want organization.ErrNotFound", err)
	}
}
