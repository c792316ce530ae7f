package overview_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// refer gives a user another reference.
func (c *clinic) refer(u user, reference string, at time.Time) {
	c.t.Helper()
	c.in(u, at, func(tx store.Tx, a *vault.Account) error {
		return consent.Refer(tx, a, c.viewer.Business, a.Data.Services[0], reference, at)
	})
}

// look opens the overview as the web does: what is new is adopted, and then the
// rows are read.
func (c *clinic) look(at time.Time) map[string]overview.Row {
	c.t.Helper()
	_, stale := c.rows(at)
	c.adopt(stale)
	rows, _ := c.rows(at)
	return rows
}

// service is a user's connection.
func (c *clinic) service(u user) (s *vault.Service, st consent.State) {
	c.t.Helper()
	c.View(c.t, func(r store.Reader) error {
		a, err := account.Resume(r, c.Ring, u.ref)
		if err != nil {
			return err
		}
		s = a.Data.Services[0]
		st, err = consent.Look(r, s, now)
		return err
	})
	return s, st
}

func TestANewReferenceTakesOverTheRowWithItsCaseloadAndCover(t *testing.T) {
	c := build(t)
	u := c.sharer("BEF0RE", vault.Mapping)
	c.save(u, now, 12)
	colleague := organization.NewID()
	c.change("BEF0RE", func(i *organization.Issued) { i.Cover, i.CoverTo = colleague, deadline.DayOf(now)+9 })
	before := c.look(now)["BEF0RE"]
	key, _ := c.service(u)

	c.refer(u, "AFTER1", now)
	rows, stale := c.rows(now)
	if len(stale) != 1 || !stale[0].Moves() || stale[0].Reference != "" || rows["BEF0RE"].Shared || len(rows) != 1 {
		t.Error("before the row has moved something is shown")
	}
	c.adopt(stale)
	after, stale := c.rows(now)
	if len(after) != 1 || !after["AFTER1"].Shared || after["AFTER1"].Summary.Courses["phq9"] == nil || len(stale) != 0 {
		t.Fatalf("%d rows, %d to adopt", len(after), len(stale))
	}
	got := after["AFTER1"].Issued
	got.Reference = "BEF0RE"
	if got.By != before.Issued.By || got.Cover != colleague || got.CoverTo != before.Issued.CoverTo || !bytes.Equal(got.Open, before.Issued.Open) {
		t.Error("the row lost its caseload or cover")
	}
	if _, err := c.person("BEF0RE", now); !errors.Is(err, organization.ErrNotFound) {
		t.Errorf("the old reference: %v", err)
	}
	if p, err := c.person("AFTER1", now); err != nil || len(p.Mappings) != 1 {
		t.Errorf("the new reference: %v", err)
	}
	if s, _ := c.service(u); bytes.Equal(s.Key, key.Key) || !bytes.Equal(s.Grant, key.Grant) {
		t.Error("the grant has its old key, or is another grant")
	}
}

// TestAReferenceThatIsSomebodyElsesIsNeverUsed: the draw hits one that the
// business has given out. Neither sees or loses anything of the other.
func TestAReferenceThatIsSomebodyElsesIsNeverUsed(t *testing.T) {
	c := build(t)
	anna, bo := c.sharer("ANNA00", vault.Mapping), c.sharer("B00000", vault.Mapping)
	c.save(anna, now, 20)
	c.save(bo, now, 3)
	c.look(now)
	c.refer(anna, "B00000", now)
	for range 2 {
		rows := c.look(now)
		if r := rows["B00000"]; !r.Shared || r.Summary.Courses["phq9"].Last.Score != 3 {
			t.Fatal("under the reference stands another person, or nobody")
		}
		if r, ok := rows["ANNA00"]; !ok || r.Shared {
			t.Error("the row of the old reference is gone, or shared")
		}
	}
	if p, err := c.person("B00000", now); err != nil || len(p.Mappings) != 1 || p.Mappings[0].Score != 3 {
		t.Errorf("the person's page: %v", err)
	}
	if _, st := c.service(anna); !st.Taken {
		t.Error("the user is not told")
	}
	if _, st := c.service(bo); st.Taken {
		t.Error("the other user is told")
	}
	c.refer(anna, "ANNA11", now)
	rows := c.look(now)
	if rows["ANNA11"].Summary.Courses["phq9"].Last.Score != 20 || rows["B00000"].Summary.Courses["phq9"].Last.Score != 3 || len(rows) != 2 {
		t.Error("another draw does not mend it")
	}
	if _, st := c.service(anna); st.Taken {
		t.Error("the user is still told")
	}
}

// TestHoweverOftenAReferenceChangesOneRowStands: nobody looked in between, or
// somebody did, the clock ran out, nothing was shared.
func TestHoweverOftenAReferenceChangesOneRowStands(t *testing.T) {
	c := build(t)
	u := c.sharer("AAAAAA", vault.Mapping)
	c.sharer("0THER0", vault.Mapping)
	c.save(u, now, 9)
	share := func(at time.Time) {
		c.in(u, at, func(tx store.Tx, a *vault.Account) error {
			return consent.Share(tx, a, c.viewer.Business, a.Data.Services[0], []string{vault.Mapping}, at)
		})
	}
	c.refer(u, "BBBBBB", now)
	c.refer(u, "CCCCCC", now)
	c.look(now)
	c.refer(u, "DDDDDD", now)
	c.withdraw(u, now)
	c.refer(u, "EEEEEE", now)
	share(now)
	c.look(now)
	c.withdraw(u, now)
	share(now)
	c.refer(u, "FFFFFF", now)
	c.look(now)
	s, _ := c.service(u)
	late := now.AddDate(0, 0, consent.EndDays)
	c.Update(t, func(tx store.Tx) error { return consent.Expire(tx, s.Grant, late) })
	c.refer(u, "GGGGGG", late)
	share(late)
	rows := c.look(late)
	if len(rows) != 2 || !rows["GGGGGG"].Shared {
		t.Errorf("%d rows", len(rows))
	}
	if s, _ := c.service(u); len(s.Openings) != 1 {
		t.Error("the account keeps more than it needs")
	}
}

func TestAnAdoptionThatComesTooLateMovesNothing(t *testing.T) {
	c := build(t)
	u := c.sharer("AAAAAA", vault.Mapping)
	c.refer(u, "BBBBBB", now)
	_, stale := c.rows(now)
	c.refer(u, "CCCCCC", now)
	c.adopt(stale)
	if rows := c.look(now); len(rows) != 1 || !rows["CCCCCC"].Shared {
		t.Errorf("%d rows", len(rows))
	}
}

// TestASecondCodeOfTheSameBusinessBringsItsOwnRow and the first one's goes.
func TestASecondCodeOfTheSameBusinessBringsItsOwnRow(t *testing.T) {
	c := build(t)
	u := c.sharer("F1RST0", vault.Mapping)
	c.save(u, now, 9)
	c.look(now)
	second := c.issue("SEC0ND")
	other := organization.NewID()
	c.change("SEC0ND", func(i *organization.Issued) { i.Cover, i.CoverTo = other, deadline.DayOf(now) })
	c.in(u, now, func(tx store.Tx, a *vault.Account) error {
		_, err := account.Connect(tx, a, second, now)
		return err
	})
	rows := c.look(now)
	if r := rows["SEC0ND"]; len(rows) != 1 || !r.Shared || r.Issued.Cover != other {
		t.Errorf("%d rows, or the row is not that of the second code", len(rows))
	}
	c.refer(u, "DRAWN0", now)
	if rows := c.look(now); len(rows) != 1 || !rows["DRAWN0"].Shared || rows["DRAWN0"].Issued.Cover != other {
		t.Error("the row of the second code does not move on")
	}
}

func TestAConnectionThatDoesNotKnowItsRowKeepsItsReference(t *testing.T) {
	c := build(t)
	u := c.sharer("AAAAAA", vault.Mapping)
	c.in(u, now, func(_ store.Tx, a *vault.Account) error {
		a.Data.Services[0].Openings = nil // as connections were before
		return nil
	})
	err := c.Store.Update(t.Context(), func(tx store.Tx) error {
		a, err := account.Resume(tx, c.Ring, u.ref)
		if err != nil {
			return err
		}
		return consent.Refer(tx, a, c.viewer.Business, a.Data.Services[0], "BBBBBB", now)
	})
	if !errors.Is(err, consent.ErrOldConnection) {
		t.Errorf("the reference was replaced: %v", err)
	}
	if rows := c.look(now); !rows["AAAAAA"].Shared {
		t.Error("the sharing does not go on")
	}
}
