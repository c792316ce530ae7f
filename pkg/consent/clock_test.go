package consent_test

import (
	"testing"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// write saves a mapping the way every writer does: the clock first.
func write(t domaintest.T, w *domaintest.World, a *vault.Account, at time.Time) registration.ID {
	t.Helper()
	id := registration.NewID()
	update(t, w, a, func(tx store.Tx) error {
		if err := consent.Settle(tx, a, at); err != nil {
			return err
		}
		return registration.Save(tx, a, id, mapping(at))
	})
	return id
}

func TestTheQuestionAndTheEndComeOnTheirDaysToTheNanosecond(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	for _, c := range []struct {
		day                 int
		more                time.Duration
		ask, insist, shared bool
	}{
		{0, 0, false, false, true},
		{153, 24*time.Hour - 1, false, false, true},
		{154, 0, true, false, true},
		{154, 1, true, false, true},
		{174, 24*time.Hour - 1, true, false, true},
		{175, 0, true, true, true},
		{181, 24*time.Hour - 1, true, true, true},
		{182, 0, false, false, false},
		{182, 1, false, false, false},
		{280, 0, false, false, false},
	} {
		st := look(t, w, a, h, after(c.day, c.more))
		if st.Ask != c.ask || st.Insist != c.insist || st.Shared != c.shared {
			t.Errorf("day %d and %v: ask %v, insist %v, shared %v", c.day, c.more, st.Ask, st.Insist, st.Shared)
		}
		if st.From != deadline.DayOf(now) || st.LastDay != deadline.DayOf(now)+181 {
			t.Errorf("day %d: from %v to %v", c.day, st.From, st.LastDay)
		}
		if n := len(opened(t, w, h, after(c.day, c.more))); n != map[bool]int{true: 1}[c.shared] {
			t.Errorf("day %d and %v: the business opens %d grants", c.day, c.more, n)
		}
	}
}

func TestTheHourOfTheGrantDoesNotCount(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	for _, at := range []time.Time{after(0, 0), after(1, -1)} {
		a := newUser(t, w, 1, h)
		share(t, w, a, h, at, vault.Mapping)
		if !look(t, w, a, h, after(182, -1)).Shared || look(t, w, a, h, after(182, 0)).Shared {
			t.Errorf("a grant at %v ends at another moment", at)
		}
	}
}

func TestSharingEndsByItself(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	if len(opened(t, w, h, after(182, 0))) != 0 || w.Count(t, "grant") != 1 {
		t.Error("no job has run, and the business reads on")
	}
}

func TestASessionThatIsOpenWhenTheClockRunsOutWritesUnderANewKey(t *testing.T) {
	for name, swept := range map[string]bool{"no job has run": false, "a job has run": true} {
		t.Run(name, func(t *testing.T) {
			w := domaintest.Open(t)
			h := newHouse(t, w)
			a := newUser(t, w, 2, h)
			share(t, w, a, h, now, vault.Mapping)
			held := only(t, w, h, after(182, -1)).Scope
			before := write(t, w, a, after(182, -1))
			if swept {
				sweep(t, w, after(182, 0))
			}
			write(t, w, a, after(182, 0))
			w.View(t, func(r store.Reader) error { _, err := registration.Get(r, held, before); return err })
			if m, _ := reads(t, w, held); m != 3 {
				t.Errorf("the business's keys read %d mappings, not the 3 from before", m)
			}
			for reseal(t, w, a) {
			}
			opensNothing(t, w, held)
			if w.Count(t, "grant") != 0 || len(due(t, w, 30000)) != 0 {
				t.Error("something of the grant is left")
			}
		})
	}
}

func TestSettlingChangesNothingWhileSharingIsInForce(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	key := a.Current(vault.Mapping).Version
	settle(t, w, a, after(182, -1))
	if a.Current(vault.Mapping).Version != key || !look(t, w, a, h, after(182, -1)).Shared {
		t.Error("settling ended what is in force")
	}
	for range 2 {
		settle(t, w, a, after(182, 0))
		if a.Current(vault.Mapping).Version != key+1 || len(consent.Service(a, h.ID).Past) != 1 {
			t.Error("settling twice is not settling once")
		}
	}
	if past := consent.Service(a, h.ID).Past[0]; past.To-past.From != 181 {
		t.Errorf("the grant is remembered as %d days long", past.To-past.From)
	}
}

func TestSomethingIsPendingFromTheEndUntilItIsSettledAndResealed(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	pending := func(at time.Time) (yes bool) {
		w.View(t, func(r store.Reader) (err error) { yes, err = consent.Pending(r, a, at); return err })
		return yes
	}
	if pending(after(182, -1)) || !pending(after(182, 0)) {
		t.Error("pending at another moment")
	}
	settle(t, w, a, after(182, 0))
	if !pending(after(182, 0)) {
		t.Error("resealing is not pending")
	}
	for reseal(t, w, a) {
	}
	if pending(after(182, 0)) {
		t.Error("still pending")
	}
}

func TestASweepIsNeverEarlyAndMayRunTwice(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := consent.Service(a, h.ID).Grant
	sweep(t, w, after(182, -1))
	w.Update(t, func(tx store.Tx) error { return consent.Expire(tx, grant, after(182, -1)) })
	if !look(t, w, a, h, after(182, -1)).Shared {
		t.Error("the sweep was early")
	}
	for range 2 {
		w.Update(t, func(tx store.Tx) error { return consent.Expire(tx, grant, after(182, 0)) })
		if w.Count(t, "grant") != 0 || len(due(t, w, 30000)) != 0 {
			t.Error("something of the grant is left")
		}
	}
}

func TestASweepLeavesARenewedGrantAlone(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	stale := due(t, w, deadline.DayOf(after(182, 0))) // a sweep has read its list
	renew(t, w, a, h, after(181, 0))
	w.Update(t, func(tx store.Tx) error { return consent.Expire(tx, stale[0].Target, after(182, 0)) })
	sweep(t, w, after(182, 0))
	if m, _ := reads(t, w, only(t, w, h, after(182, 0)).Scope); m != 2 {
		t.Errorf("the business reads %d mappings", m)
	}
	all := due(t, w, 30000)
	if len(all) != 1 || deadline.KeyDay(all[0].Key) != deadline.DayOf(after(181+182, 0)) {
		t.Errorf("%d deadlines", len(all))
	}
}

func TestAYesOnTheLastDayStartsTheClockAnewAndOneDayLaterDoesNot(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	renew(t, w, a, h, after(182, -1))
	if !look(t, w, a, h, after(181+182, -1)).Shared || look(t, w, a, h, after(181+182, 0)).Shared {
		t.Error("the clock did not start on the day of the answer")
	}
	if st := look(t, w, a, h, after(181+153, 0)); st.Ask {
		t.Error("the question is asked too early after a yes")
	}
}
