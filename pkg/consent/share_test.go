package consent_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestNothingIsSharedUntilTheUserSaysSo(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	if len(opened(t, w, h, now)) != 0 || look(t, w, a, h, now).Shared || w.Count(t, "grant") != 0 {
		t.Error("a connection shares something")
	}
}

func TestNothingIsSharedWithTheOperator(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	h.Operator = true
	err := w.Store.Update(t.Context(), func(tx store.Tx) error {
		return consent.Share(tx, a, h.Business, a.Data.Services[0], account.Categories, now)
	})
	if !errors.Is(err, organization.ErrForbidden) || w.Count(t, "grant") != 0 {
		t.Errorf("sharing with the operator: %v", err)
	}
}

func TestSharingCoversWhatIsRegisteredAlreadyAndLater(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	o := only(t, w, h, now)
	if m, v := reads(t, w, o.Scope); m != 2 || v != 1 {
		t.Errorf("reads %d mappings and %d visits", m, v)
	}
	write(t, w, a, after(1, 0))
	if m, _ := reads(t, w, only(t, w, h, now).Scope); m != 3 {
		t.Errorf("reads %d mappings", m)
	}
	day := deadline.DayOf(now)
	if o.Reference != "7KQ2M9" || o.From != day || o.LastDay != day+181 || !o.Stale() {
		t.Errorf("opened %q from %v to %v", o.Reference, o.From, o.LastDay)
	}
}

func TestOnlyTheChosenCategoriesAreShared(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	for category, want := range map[string][2]int{vault.Mapping: {2, 0}, vault.Activity: {0, 1}} {
		a := newUser(t, w, 2, h)
		share(t, w, a, h, now, category)
		o := only(t, w, h, now)
		m, v := reads(t, w, o.Scope)
		if [2]int{m, v} != want || cmp.Diff(o.Categories, []string{category}) != "" {
			t.Errorf("sharing %s reads %d mappings and %d visits", category, m, v)
		}
		withdraw(t, w, a, h, now)
	}
}

func TestSharingMoreDoesNotRestartTheClock(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	share(t, w, a, h, after(100, 0), vault.Activity)
	st := look(t, w, a, h, after(100, 0))
	if st.From != deadline.DayOf(now) || !slices.Equal(st.Categories, []string{vault.Activity, vault.Mapping}) {
		t.Errorf("from %v, shares %v", st.From, st.Categories)
	}
	if m, v := reads(t, w, only(t, w, h, after(100, 0)).Scope); m != 1 || v != 1 {
		t.Errorf("reads %d mappings and %d visits", m, v)
	}
	if n := len(due(t, w, 30000)); n != 1 {
		t.Errorf("%d deadlines", n)
	}
}

func TestOnlyItsOwnBusinessOpensAGrant(t *testing.T) {
	w := domaintest.Open(t)
	h, other := newHouse(t, w), newHouse(t, w)
	share(t, w, newUser(t, w, 1, h, other), h, now, vault.Mapping)
	if len(opened(t, w, other, now)) != 0 {
		t.Error("another business finds the grant")
	}
	impostor := *other.keys
	impostor.Business = h.ID
	w.View(t, func(r store.Reader) error {
		n := 0
		for _, err := range consent.OpenAll(r, w.Ring, &impostor, now) {
			if n++; !errors.Is(err, vault.ErrOpen) {
				t.Errorf("another business's keys: %v", err)
			}
		}
		if n != 1 {
			t.Errorf("%d answers", n)
		}
		return nil
	})
}

// adopt keeps the grants that a house has opened.
func adopt(t *testing.T, w *domaintest.World, h house, opened ...consent.Opened) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error { return consent.Adopt(tx, h.keys, opened) })
}

func TestAnAdoptedGrantOpensAsBefore(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	before := only(t, w, h, now)
	for range 2 {
		adopt(t, w, h, before)
		o := only(t, w, h, now)
		if m, _ := reads(t, w, o.Scope); o.Stale() || o.Reference != before.Reference || m != 2 {
			t.Errorf("reads %d mappings, stale %v", m, o.Stale())
		}
	}
	renew(t, w, a, h, after(10, 0))
	if o := only(t, w, h, after(10, 0)); o.Stale() {
		t.Error("a renewal undid the adoption")
	}
}

func TestAdoptingNeverUndoesAWithdrawal(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	before := only(t, w, h, now)
	withdraw(t, w, a, h, now, vault.Mapping)
	adopt(t, w, h, before)
	o := only(t, w, h, now)
	if m, v := reads(t, w, o.Scope); m != 0 || v != 1 || !o.Stale() {
		t.Errorf("reads %d mappings and %d visits, stale %v", m, v, o.Stale())
	}
	withdraw(t, w, a, h, now)
	adopt(t, w, h, o)
	if len(opened(t, w, h, now)) != 0 || w.Count(t, "grant") != 0 {
		t.Error("adopting brought a grant back")
	}
}

func TestGrantsOutliveANewIdentityOfTheBusiness(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	fresh, adopted := newUser(t, w, 1, h), newUser(t, w, 1, h)
	share(t, w, adopted, h, now, vault.Mapping)
	adopt(t, w, h, only(t, w, h, now))
	share(t, w, fresh, h, now, vault.Mapping)
	h = secondIdentity(t, w, h)
	list := opened(t, w, h, now)
	if len(list) != 2 || !list[0].Stale() || !list[1].Stale() {
		t.Fatalf("opens %d grants", len(list))
	}
	adopt(t, w, h, list...)
	for _, o := range opened(t, w, h, now) {
		if m, _ := reads(t, w, o.Scope); m != 1 || o.Stale() {
			t.Errorf("reads %d mappings, stale %v", m, o.Stale())
		}
	}
}

// secondIdentity lets a colleague in and takes them out again.
func secondIdentity(t *testing.T, w *domaintest.World, h house) house {
	t.Helper()
	const email = "ola@example.org"
	w.Update(t, func(tx store.Tx) error {
		token, err := organization.Invite(tx, w.Ring, organization.Link{Business: h.ID, Email: email}, now)
		if err != nil {
			return err
		}
		second, err := organization.Accept(tx, w.Ring, token, organization.Applicant{
			ID: organization.NewID(), Name: "Ola Testesen", Email: email, Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP()}, now)
		if err != nil {
			return err
		}
		keys, err := organization.Deactivate(tx, w.Ring, h.keys, second.Professional.ID)
		if err != nil {
			return err
		}
		h.keys = keys
		h.Business, err = organization.BusinessByID(tx, h.ID)
		return err
	})
	return h
}

func TestAnExpiredGrantIsNotExtendedBySharingMore(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	end := after(consent.EndDays, time.Hour)
	share(t, w, a, h, end, vault.Activity) // the page was opened the day before
	o := only(t, w, h, end)
	if m, v := reads(t, w, o.Scope); m != 0 || v != 1 || o.From != deadline.DayOf(end) {
		t.Errorf("reads %d mappings and %d visits from %v", m, v, o.From)
	}
}

func TestSharingAfterASweepStartsFromNothing(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 2, h)
	share(t, w, a, h, now, vault.Mapping)
	sweep(t, w, after(200, 0))
	share(t, w, a, h, after(200, 0), vault.Activity)
	if m, v := reads(t, w, only(t, w, h, after(200, 0)).Scope); m != 0 || v != 1 {
		t.Errorf("reads %d mappings and %d visits", m, v)
	}
}
