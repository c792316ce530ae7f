package consent_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const many = 2*registration.Batch + 40 // three batches

// opensNothing tries the keys of a scope on every record of the account.
func opensNothing(t *testing.T, w *domaintest.World, s vault.Scope) {
	t.Helper()
	tried := 0
	w.View(t, func(r store.Reader) error {
		for bucket, kind := range map[string]string{"reg": "registration", "sum": "summary"} {
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				for _, o := range s.Openers {
					tried++
					if _, err := o.Open(kind, e.Value[1:], s.Account, e.Key); err == nil {
						t.Errorf("a withdrawn key of %s still opens a %s record", o.Category, kind)
					}
				}
			}
		}
		return nil
	})
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

func TestWithdrawnSharingIsInvisibleAtOnceAndItsKeysOpenNothingInTheEnd(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, many, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	held := only(t, w, h, now).Scope
	withdraw(t, w, a, h, now)
	if len(opened(t, w, h, now)) != 0 || look(t, w, a, h, now).Shared || w.Count(t, "grant") != 0 || len(due(t, w, 30000)) != 0 {
		t.Error("something of the grant is left")
	}
	for reseal(t, w, a) {
	}
	opensNothing(t, w, held)
	if m, v := reads(t, w, a.Scope()); m != many || v != 1 {
		t.Errorf("the owner reads %d mappings and %d visits", m, v)
	}
}

func TestWhatIsWrittenAfterAWithdrawalIsClosedBeforeResealing(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 3, h)
	share(t, w, a, h, now, vault.Mapping)
	held := only(t, w, h, now).Scope
	withdraw(t, w, a, h, now)
	write(t, w, a, now)
	if m, _ := reads(t, w, held); m != 3 {
		t.Errorf("the withdrawn key reads %d mappings", m)
	}
}

func TestWithdrawingFromOneBusinessLeavesTheOtherReadingThroughout(t *testing.T) {
	w := domaintest.Open(t)
	leaves, stays := newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, many, leaves, stays)
	share(t, w, a, leaves, now, vault.Mapping)
	share(t, w, a, stays, now, vault.Mapping, vault.Activity)
	held := only(t, w, leaves, now).Scope
	all := func(when string) {
		t.Helper()
		if m, v := reads(t, w, only(t, w, stays, now).Scope); m != many || v != 1 {
			t.Errorf("%s: the other reads %d mappings and %d visits", when, m, v)
		}
	}
	all("before")
	withdraw(t, w, a, leaves, now)
	all("right after")
	for reseal(t, w, a) {
		all("between two batches")
	}
	all("when it is done")
	opensNothing(t, w, held)
	if s := only(t, w, stays, now).Scope; len(s.Of(vault.Mapping).Openers) != 1 {
		t.Error("the other still holds the old key")
	}
}

func TestAPartialWithdrawalLeavesTheRest(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 3, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	held := only(t, w, h, now)
	adopt(t, w, h, held)
	renew(t, w, a, h, after(20, 0))
	key := consent.Service(a, h.ID).Key
	withdraw(t, w, a, h, after(30, 0), vault.Mapping)
	if bytes.Equal(consent.Service(a, h.ID).Key, key) {
		t.Error("the grant's key is the one the business had before")
	}
	o := only(t, w, h, after(30, 0))
	if m, v := reads(t, w, o.Scope); m != 0 || v != 1 {
		t.Errorf("reads %d mappings and %d visits", m, v)
	}
	if st := look(t, w, a, h, after(30, 0)); !st.Shared || st.From != held.From+20 || o.Reference != held.Reference {
		t.Errorf("shared %v from %v", st.Shared, st.From)
	}
	for reseal(t, w, a) {
	}
	opensNothing(t, w, held.Scope.Of(vault.Mapping))
	if m, v := reads(t, w, only(t, w, h, after(30, 0)).Scope); m != 0 || v != 1 {
		t.Errorf("after resealing: reads %d mappings and %d visits", m, v)
	}
}

func TestWithdrawingTheLastCategoryEndsTheGrant(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := consent.Service(a, h.ID).Grant
	withdraw(t, w, a, h, after(3, 0), vault.Mapping)
	s := consent.Service(a, h.ID)
	if s.Grant != nil || s.Key != nil || s.Categories != nil || s.Reference != "7KQ2M9" || w.Count(t, "grant") != 0 {
		t.Error("something of the grant is left, or the reference is not")
	}
	if len(s.Past) != 1 || string(s.Past[0].Grant) != string(grant) || s.Past[0].To-s.Past[0].From != 3 {
		t.Error("the account does not remember the grant")
	}
}

func TestThereIsNothingToWithdrawOrContinueOnceSharingHasEnded(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	end := after(consent.EndDays, 0)
	for name, prepare := range map[string]func(a *vault.Account){
		"never shared": func(*vault.Account) {},
		"withdrawn":    func(a *vault.Account) { share(t, w, a, h, now, vault.Mapping); withdraw(t, w, a, h, now) },
		"run out":      func(a *vault.Account) { share(t, w, a, h, now, vault.Mapping) },
		"swept":        func(a *vault.Account) { share(t, w, a, h, now, vault.Mapping); sweep(t, w, end) },
		"settled":      func(a *vault.Account) { share(t, w, a, h, now, vault.Mapping); settle(t, w, a, end) },
	} {
		a := newUser(t, w, 1, h)
		prepare(a)
		s := consent.Service(a, h.ID)
		err1 := w.Store.Update(context.Background(), func(tx store.Tx) error { return consent.Renew(tx, s, end) })
		err2 := w.Store.Update(context.Background(), func(tx store.Tx) error { return consent.Withdraw(tx, a, h.Business, s, nil, end) })
		if !errors.Is(err1, consent.ErrNothing) || !errors.Is(err2, consent.ErrNothing) {
			t.Errorf("%s: yes gives %v, withdrawing gives %v", name, err1, err2)
		}
		if len(opened(t, w, h, end)) != 0 {
			t.Errorf("%s: sharing is back", name)
		}
	}
}

func TestDroppingLeavesNoGrantAndNoDeadline(t *testing.T) {
	w := domaintest.Open(t)
	one, two := newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, 1, one, two)
	share(t, w, a, one, now, vault.Mapping)
	share(t, w, a, two, now, vault.Mapping, vault.Activity)
	update(t, w, a, func(tx store.Tx) error { return consent.Drop(tx, a, now) })
	if w.Count(t, "grant") != 0 || len(due(t, w, 30000)) != 0 {
		t.Error("something of the grants is left")
	}
}
