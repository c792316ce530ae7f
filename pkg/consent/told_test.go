package consent_test

import (
	"testing"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// untold is why an end has come that the user has not been told of; empty for
// none.
func untold(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time) (p vault.Past, why string) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		past, yes, err := consent.Untold(r, consent.Service(a, h.ID), at)
		p, why = past, ""
		if yes {
			why = past.Why
		}
		return err
	})
	return p, why
}

func understood(t domaintest.T, w *domaintest.World, a *vault.Account, h house, through deadline.Day, at time.Time) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error {
		return consent.Understood(tx, a, consent.Service(a, h.ID), through, at)
	})
}

func TestAnEndByTheClockIsToldOnceWhetherAJobRanOrNot(t *testing.T) {
	for name, before := range map[string]func(*domaintest.World, *vault.Account){
		"nothing has run":        func(*domaintest.World, *vault.Account) {},
		"a job has run":          func(w *domaintest.World, _ *vault.Account) { sweep(t, w, after(190, 0)) },
		"a write has settled it": func(w *domaintest.World, a *vault.Account) { settle(t, w, a, after(190, 0)) },
		"a job, and then a write": func(w *domaintest.World, a *vault.Account) {
			sweep(t, w, after(190, 0))
			settle(t, w, a, after(190, 0))
		},
		"two writes, and then one": func(w *domaintest.World, a *vault.Account) {
			settle(t, w, a, after(182, 0))
			write(t, w, a, after(183, 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := domaintest.Open(t)
			h := newHouse(t, w)
			a := newUser(t, w, 1, h)
			share(t, w, a, h, now, vault.Mapping)
			if _, why := untold(t, w, a, h, after(182, -1)); why != "" {
				t.Errorf("told before the end: %s", why)
			}
			before(w, a)
			p, why := untold(t, w, a, h, after(200, 0))
			if why != consent.Unanswered || deadline.Day(p.To) != deadline.DayOf(now)+181 || len(p.Categories) != 1 {
				t.Errorf("told %q, the last day %v, categories %v", why, p.To, p.Categories)
			}
			understood(t, w, a, h, deadline.Day(p.To), after(200, 0))
			if _, why := untold(t, w, a, h, after(201, 0)); why != "" {
				t.Errorf("told again: %s", why)
			}
			if n := len(consent.Service(a, h.ID).Past); n != 1 {
				t.Errorf("the end is kept %d times", n)
			}
		})
	}
}

// remove deletes a grant with its deadline, as a service that ends it does.
func remove(t domaintest.T, w *domaintest.World, a *vault.Account, h house) {
	t.Helper()
	grant := consent.Service(a, h.ID).Grant
	w.Update(t, func(tx store.Tx) error { return tx.Delete("grant", grant) })
}

func TestAGrantThatVanishesBeforeItsEndWasEndedByTheService(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	remove(t, w, a, h)
	for _, c := range []struct {
		at   time.Time
		why  string
		last deadline.Day
	}{
		{after(30, 0), consent.ByService, deadline.DayOf(now) + 30},
		{after(182, -1), consent.ByService, deadline.DayOf(now) + 181},
		{after(182, 0), consent.Unanswered, deadline.DayOf(now) + 181}, // its clock has run out too
	} {
		if p, why := untold(t, w, a, h, c.at); why != c.why || deadline.Day(p.To) != c.last {
			t.Errorf("%v: told %q through %v", c.at, why, p.To)
		}
	}
	settle(t, w, a, after(30, 0))
	if _, why := untold(t, w, a, h, after(300, 0)); why != consent.ByService {
		t.Errorf("later the reason is %q", why)
	}
}

func TestAUserIsToldNothingOfWhatTheyEndedThemselves(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	withdraw(t, w, a, h, after(1, 0), vault.Activity)
	withdraw(t, w, a, h, after(2, 0))
	if _, why := untold(t, w, a, h, after(300, 0)); why != "" {
		t.Errorf("told %q", why)
	}
}

func TestSharingAgainEndsTheNoticeAndLeavesTheNextEndToBeTold(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	share(t, w, a, h, after(200, 0), vault.Mapping)
	if _, why := untold(t, w, a, h, after(200, 0)); why != "" {
		t.Errorf("told %q beside the new sharing", why)
	}
	withdraw(t, w, a, h, after(201, 0))
	if _, why := untold(t, w, a, h, after(201, 0)); why != "" {
		t.Errorf("told %q of what was ended by its user", why)
	}
	share(t, w, a, h, after(202, 0), vault.Mapping)
	understood(t, w, a, h, deadline.DayOf(after(202, 0)), after(202, 0))
	if _, why := untold(t, w, a, h, after(202+182, 0)); why != consent.Unanswered {
		t.Errorf("the next end is told as %q", why)
	}
}

func TestAFormAboutAnEarlierEndDoesNotHideALaterOne(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	first, _ := untold(t, w, a, h, after(182, 0))
	share(t, w, a, h, after(190, 0), vault.Mapping)
	understood(t, w, a, h, deadline.Day(first.To), after(190+182, 0))
	if _, why := untold(t, w, a, h, after(190+182, 0)); why != consent.Unanswered {
		t.Errorf("the later end is told as %q", why)
	}
}

func TestEachServiceTellsItsOwnEnd(t *testing.T) {
	w := domaintest.Open(t)
	h, other := newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, 1, h, other)
	share(t, w, a, h, now, vault.Mapping)
	share(t, w, a, other, now, vault.Mapping)
	understood(t, w, a, h, deadline.DayOf(after(182, 0)), after(182, 0))
	if _, why := untold(t, w, a, h, after(182, 0)); why != "" {
		t.Errorf("told again: %q", why)
	}
	if _, why := untold(t, w, a, other, after(182, 0)); why != consent.Unanswered {
		t.Errorf("the other service's end is told as %q", why)
	}
}

func TestAFullStoreSettlesWhatHasEnded(t *testing.T) {
	w := domaintest.OpenLimited(t, 1<<20)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	w.Fill(t)
	settle(t, w, a, after(182, 0))
	if _, why := untold(t, w, a, h, after(182, 0)); why != consent.Unanswered || w.Count(t, "grant") != 0 {
		t.Errorf("told %q, and the grant is there: %v", why, w.Count(t, "grant") != 0)
	}
}
