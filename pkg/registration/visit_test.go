package registration_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// visits are those that the account's owner sees.
func visits(t *testing.T, w *domaintest.World, a *vault.Account) (out []registration.Visit) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		out, err = registration.ListVisits(r, a.Scope())
		return err
	})
	return out
}

// visitSum is the summary, which must agree with the visits themselves.
func visitSum(t *testing.T, w *domaintest.World, a *vault.Account) (sum registration.Visits) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		sum, err = registration.VisitSummary(r, a.Scope())
		return err
	})
	list := visits(t, w, a)
	want := registration.Visits{Count: len(list)}
	if n := len(list); n > 0 {
		last := list[n-1]
		want = registration.Visits{Count: n, Last: last.At, ID: last.ID[:], Minutes: last.Minutes, System: last.System, Browser: last.Browser}
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Errorf("the summary is not that of the visits: %s", diff)
	}
	return sum
}

// from is a visit from a machine.
func from(at time.Time, system, browser string) registration.Visit {
	v := registration.NewVisit(at)
	v.System, v.Browser = system, browser
	return v
}

func record(t *testing.T, w *domaintest.World, a *vault.Account, v registration.Visit) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.RecordVisit(tx, a, v) })
}

func stretch(t *testing.T, w *domaintest.World, a *vault.Account, id registration.ID, at time.Time) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.StretchVisit(tx, a, id, at) })
}

func TestAVisitIsKeptWithItsMinutesAndFamilies(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	first, second := from(now, "windows", "firefox"), from(now.Add(3*time.Hour), "ios", "safari")
	record(t, w, a, first)
	record(t, w, a, first) // sent again
	stretch(t, w, a, first.ID, now.Add(12*time.Minute+59*time.Second))
	stretch(t, w, a, first.ID, now.Add(7*time.Minute)) // of a request that was slow
	record(t, w, a, second)
	stretch(t, w, a, first.ID, now.Add(12*time.Minute))
	first.Minutes = 12
	if diff := cmp.Diff([]registration.Visit{first, second}, visits(t, w, a)); diff != "" {
		t.Error(diff)
	}
	if sum := visitSum(t, w, a); sum.Count != 2 || !sum.Time().Equal(second.Time()) {
		t.Errorf("%d visits, the last at %v", sum.Count, sum.Time())
	}
	stretch(t, w, a, second.ID, now.Add(4*time.Hour))
	if sum := visitSum(t, w, a); sum.Minutes != 60 {
		t.Errorf("the last visit has %d minutes in the summary", sum.Minutes)
	}
}

func TestAVisitGoesOnUntilThereIsAGapOrAnotherMachine(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	goesOn := func(v registration.Visit) (id registration.ID, on bool) {
		w.View(t, func(r store.Reader) (err error) {
			v, on, err = registration.GoingOn(r, a.Scope(), v)
			return err
		})
		return v.ID, on
	}
	if _, on := goesOn(from(now, "windows", "firefox")); on {
		t.Error("the first visit goes on from nothing")
	}
	v := from(now, "windows", "firefox")
	record(t, w, a, v)
	stretch(t, w, a, v.ID, now.Add(10*time.Minute))
	end := now.Add(10*time.Minute + registration.VisitGap)
	for _, c := range []struct {
		next registration.Visit
		want bool
	}{
		{from(end.Add(-time.Second), "windows", "firefox"), true},
		{from(end, "windows", "firefox"), false},
		{from(now.Add(time.Minute), "windows", "edge"), false},
		{from(now.Add(time.Minute), "linux", "firefox"), false},
		{from(now.Add(-time.Minute), "windows", "firefox"), false},
	} {
		id, on := goesOn(c.next)
		if on != c.want || on != (id == v.ID) || !on && id != c.next.ID {
			t.Errorf("a visit at %v by %s, %s goes on: %v", c.next.Time(), c.next.System, c.next.Browser, on)
		}
	}
}

func TestADeletedVisitIsGoneAndDoesNotComeBack(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	var list []registration.Visit
	for n := range 3 {
		list = append(list, from(now.AddDate(0, 0, n), "linux", "chrome"))
		record(t, w, a, list[n])
	}
	last := list[2].ID
	update(t, w, a, func(tx store.Tx) error { return registration.DeleteVisit(tx, a, last) })
	if got := visits(t, w, a); len(got) != 2 || got[1].ID != list[1].ID || w.Count(t, "reg") != 2 {
		t.Errorf("%d visits are left", len(got))
	}
	visitSum(t, w, a)
	for name, again := range map[string]func(tx store.Tx) error{
		"stretching": func(tx store.Tx) error { return registration.StretchVisit(tx, a, last, now.AddDate(0, 0, 3)) },
		"deleting":   func(tx store.Tx) error { return registration.DeleteVisit(tx, a, last) },
	} {
		err := w.Store.Update(t.Context(), again)
		if !errors.Is(err, registration.ErrNotFound) || w.Count(t, "reg") != 2 {
			t.Errorf("%s it: %v", name, err)
		}
	}
}

func TestAMappingIsNoVisitAndIsNotDeletedAsOne(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	id := save(t, w, a, mapping("phq9", 1, now))
	err := w.Store.Update(t.Context(), func(tx store.Tx) error { return registration.DeleteVisit(tx, a, id) })
	if !errors.Is(err, registration.ErrNotFound) || len(list(t, w, a.Scope(), true)) != 1 {
		t.Errorf("a mapping was deleted as a visit: %v", err)
	}
	w.View(t, func(r store.Reader) error {
		got, err := registration.ListVisits(r, a.Scope().Of(vault.Mapping))
		if len(got) != 0 {
			t.Error("visits show without their key")
		}
		return err
	})
}

func TestAllVisitsAreDeletedInBatchesAndNothingElse(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	save(t, w, a, mapping("phq9", 1, now))
	const n = registration.Batch + 3
	update(t, w, a, func(tx store.Tx) error {
		for i := range n {
			if err := registration.RecordVisit(tx, a, registration.NewVisit(now.AddDate(0, 0, i))); err != nil {
				return err
			}
		}
		return nil
	})
	for _, left := range []int{3, 0} {
		var more bool
		update(t, w, a, func(tx store.Tx) (err error) {
			more, err = registration.DeleteVisits(tx, a)
			return err
		})
		if got := visitSum(t, w, a); got.Count != left || more != (left > 0) {
			t.Errorf("%d visits are left, want %d; more: %v", got.Count, left, more)
		}
	}
	if w.Count(t, "reg") != 1 || len(list(t, w, a.Scope(), true)) != 1 {
		t.Error("the mapping is gone too")
	}
}

// TestAVisitIsStretchedUnderTheKeyOfTheDay: what a withdrawal has left under the
// old key is found, and written under the new one.
func TestAVisitIsStretchedUnderTheKeyOfTheDay(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	v := from(now, "android", "samsung")
	record(t, w, a, v)
	old := a.Scope()
	update(t, w, a, func(store.Tx) error { a.Rotate(vault.Activity); return nil })
	stretch(t, w, a, v.ID, now.Add(5*time.Minute))
	if got := visits(t, w, a); len(got) != 1 || got[0].Minutes != 5 {
		t.Errorf("%+v", got)
	}
	w.View(t, func(r store.Reader) error {
		got, err := registration.ListVisits(r, old)
		if len(got) != 0 {
			t.Error("the old key opens what was written after it")
		}
		return err
	})
}
