package organization_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestASecondProfessionalWaitsUntilAColleagueLetsThemIn(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	if keys := h.enter(bo, now); keys != nil {
		t.Fatal("he has the business's keys before anybody let him in")
	}
	h.letIn(anna.Keys, bo)
	wrap := h.wrap("shared")
	h.View(t, func(r store.Reader) error {
		keys, err := organization.Admitted(r, h.Ring, bo.Professional, bo.Login.Identity())
		if err != nil || !opens(keys, wrap, "shared") {
			t.Errorf("the session that waited has no keys: %v", err)
		}
		return nil
	})
	if keys := h.enter(bo, now.AddDate(0, 0, 1)); !opens(keys, wrap, "shared") {
		t.Error("a new login has no keys")
	}
}

// TestWhoIsDeactivatedOpensNothingThatFollows, not with the keys kept from
// before; what was shared before stays readable to the others.
func TestWhoIsDeactivatedOpensNothingThatFollows(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	kept, before := h.enter(bo, now), h.wrap("before")
	keys := h.deactivate(anna.Keys, bo)
	after := h.wrap("after")

	if opens(kept, after, "after") {
		t.Error("keys kept from before open what was shared after")
	}
	if !opens(keys, before, "before") || !opens(keys, after, "after") {
		t.Error("the session that did it cannot read both")
	}
	if keys := h.enter(anna, now); !opens(keys, before, "before") || !opens(keys, after, "after") {
		t.Error("a new login of a colleague cannot read both")
	}
	if got := h.professional(bo); got.Version <= bo.Professional.Version || !got.Inactive {
		t.Error("the sessions of the deactivated professional do not end")
	}
	h.View(t, func(r store.Reader) error {
		if keys, err := organization.Admitted(r, h.Ring, bo.Professional, bo.Login.Identity()); keys != nil || err != nil {
			t.Errorf("a copy of the business's identity is left: %v", err)
		}
		return nil
	})
	if err := h.try(func(tx store.Tx) error { return organization.LetIn(tx, h.Ring, keys, bo.Professional.ID) }); !errors.Is(err, organization.ErrForbidden) {
		t.Errorf("letting a deactivated professional in: %v, want ErrForbidden", err)
	}
}

func TestTenIdentitiesLaterTheFirstStaysReadable(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	keys, first := anna.Keys, h.wrap("first")
	secret := keys.Current()
	for range 9 {
		bo := h.join("bo"+strings.Repeat("o", keys.Generation), false)
		keys = h.deactivate(keys, bo)
	}
	again := h.enter(anna, now)
	if again.Generation != 10 || !opens(again, first, "first") {
		t.Error("what was wrapped to the first identity cannot be read under the tenth")
	}
	plain, err := again.Open("row", 1, secret.Seal("row", []byte("x")))
	if err != nil || string(plain) != "x" {
		t.Errorf("what was sealed under the first key: %v", err)
	}
	if _, err := again.Open("row", 11, nil); !errors.Is(err, vault.ErrOpen) {
		t.Errorf("a generation to come: %v, want vault.ErrOpen", err)
	}
}

// TestKeysThatSomebodyElseHasReplacedChangeNothing: two super users work at
// the same time. Without this the identity between would be lost, and with it
// what was shared under it.
func TestKeysThatSomebodyElseHasReplacedChangeNothing(t *testing.T) {
	h := build(t)
	anna, bo, cato, dina := h.join("anna", true), h.join("bo", true), h.join("cato", false), h.join("dina", false)
	h.letIn(anna.Keys, bo)
	stale := h.enter(bo, now)
	h.deactivate(anna.Keys, cato)
	between := h.wrap("between")

	for name, change := range map[string]func(store.Tx) error{
		"Deactivate": func(tx store.Tx) error {
			_, err := organization.Deactivate(tx, h.Ring, stale, dina.Professional.ID)
			return err
		},
		"PrepareReset": func(tx store.Tx) error {
			_, err := organization.PrepareReset(tx, h.Ring, stale, dina.Professional.ID)
			return err
		},
		"LetIn": func(tx store.Tx) error { return organization.LetIn(tx, h.Ring, stale, dina.Professional.ID) },
	} {
		if err := h.try(change); !errors.Is(err, organization.ErrStale) {
			t.Errorf("%s with replaced keys: %v, want ErrStale", name, err)
		}
	}
	if keys := h.enter(bo, now.AddDate(0, 0, 1)); !opens(keys, between, "between") {
		t.Error("what was shared in between is lost")
	}
}

// TestASessionsKeysOutliveItsMarshalling, and are found again when a colleague
// has replaced the identity meanwhile.
func TestASessionsKeysOutliveItsMarshalling(t *testing.T) {
	h := build(t)
	anna, bo, cato := h.join("anna", true), h.join("bo", false), h.join("cato", false)
	h.letIn(anna.Keys, bo)
	session, wrap := h.enter(bo, now).Marshal(), h.wrap("x")
	reopen := func() (keys *organization.Keys, err error) {
		h.View(t, func(r store.Reader) error {
			keys, err = organization.OpenKeys(r, h.Ring, h.id, session)
			return nil
		})
		return keys, err
	}
	if keys, err := reopen(); err != nil || !opens(keys, wrap, "x") {
		t.Errorf("the keys of a session: %v", err)
	}
	h.deactivate(anna.Keys, cato)
	if _, err := reopen(); !errors.Is(err, vault.ErrOpen) {
		t.Errorf("the keys of a session after a colleague replaced the identity: %v, want vault.ErrOpen", err)
	}
	h.View(t, func(r store.Reader) error {
		keys, err := organization.Admitted(r, h.Ring, bo.Professional, bo.Login.Identity())
		if err != nil || !opens(keys, wrap, "x") {
			t.Errorf("the session's own identity does not find the new keys: %v", err)
		}
		return nil
	})
}

func TestTheLastSuperUserStays(t *testing.T) {
	h := build(t)
	anna, bo, cato := h.join("anna", true), h.join("bo", true), h.join("cato", false)
	h.letIn(anna.Keys, cato)
	refused := func(when string) {
		t.Helper()
		for name, change := range map[string]func(store.Tx) error{
			"deactivated": func(tx store.Tx) error {
				_, err := organization.Deactivate(tx, h.Ring, anna.Keys, anna.Professional.ID)
				return err
			},
			"made an ordinary professional": func(tx store.Tx) error {
				return organization.SetSuper(tx, h.Ring, h.id, anna.Professional.ID, false)
			},
		} {
			if err := h.try(change); !errors.Is(err, organization.ErrLastSuper) {
				t.Errorf("%s, the last one is %s: %v, want ErrLastSuper", when, name, err)
			}
		}
	}
	refused("with a super user who waits")
	keys := h.deactivate(anna.Keys, bo) // one who waits is not the last one
	anna.Keys = keys
	refused("with a super user who is out")
	h.Update(t, func(tx store.Tx) error {
		return errors.Join(organization.SetSuper(tx, h.Ring, h.id, cato.Professional.ID, true),
			organization.SetSuper(tx, h.Ring, h.id, anna.Professional.ID, false))
	})
	if h.professional(anna).Super || h.professional(anna).Version <= anna.Professional.Version {
		t.Error("with another super user she is still one, or her sessions go on")
	}
}

func TestNobodyManagesAnotherBusiness(t *testing.T) {
	h, other := build(t), build(t)
	anna, olga := h.join("anna", true), h.join("olga", false)
	other.World = h.World
	h.Update(t, func(tx store.Tx) (err error) {
		other.id, err = organization.Create(tx, organization.Business{Name: "Annet sted"})
		return err
	})
	berit := other.join("berit", true)
	for name, change := range map[string]func(store.Tx) error{
		"LetIn": func(tx store.Tx) error { return organization.LetIn(tx, h.Ring, berit.Keys, olga.Professional.ID) },
		"SetSuper": func(tx store.Tx) error {
			return organization.SetSuper(tx, h.Ring, other.id, olga.Professional.ID, true)
		},
		"Deactivate": func(tx store.Tx) error {
			_, err := organization.Deactivate(tx, h.Ring, berit.Keys, anna.Professional.ID)
			return err
		},
	} {
		if err := h.try(change); !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("%s at another business: %v, want ErrNotFound", name, err)
		}
	}
}
