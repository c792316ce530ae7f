package registration_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestOneVisitADayIsKept(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	midnight := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{now, now.Add(time.Minute), midnight.Add(-time.Nanosecond), midnight, midnight.Add(time.Hour), now} {
		visit(t, w, a, at)
	}
	w.View(t, func(r store.Reader) error {
		got, err := registration.ListVisits(r, a.Scope())
		if diff := cmp.Diff([]time.Time{now, midnight}, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	w.View(t, func(r store.Reader) error {
		v, err := registration.VisitSummary(r, a.Scope())
		if v.Count != 2 || !v.Time().Equal(midnight) {
			t.Errorf("%d visits, the last at %v", v.Count, v.Time())
		}
		return err
	})
}

func TestAVisitIsDueOnAnotherDayThanTheLast(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	due := func(at time.Time) (due bool) {
		w.View(t, func(r store.Reader) (err error) {
			due, err = registration.VisitDue(r, a.Scope(), at)
			return err
		})
		return due
	}
	if !due(now) {
		t.Error("the first visit is not due")
	}
	visit(t, w, a, now)
	if due(now.Add(13*time.Hour)) || !due(now.Add(14*time.Hour)) {
		t.Error("the day ends elsewhere than at midnight UTC")
	}
}

func TestVisitsAreNotAmongTheMappings(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	save(t, w, a, mapping("phq9", 1, now))
	if n := len(list(t, w, a.Scope(), true)); n != 1 {
		t.Errorf("%d mappings", n)
	}
	w.View(t, func(r store.Reader) error {
		got, err := registration.ListVisits(r, a.Scope().Of(vault.Mapping))
		if len(got) != 0 {
			t.Error("visits show without their key")
		}
		return err
	})
}
