package organization_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// leave lets a person delete the own profile.
func (h *house) leave(keys *organization.Keys, p person) (*organization.Keys, error) {
	var after *organization.Keys
	err := h.try(func(tx store.Tx) error {
		stored, err := organization.ProfessionalByID(tx, p.Professional.ID)
		if err != nil {
			return err
		}
		after, err = organization.Leave(tx, h.Ring, keys, stored, now)
		return err
	})
	return after, err
}

// keeps reports whether any record holds a text, which must be long: among keys
// and seals, four letters are there by chance once in a while.
func (h *house) keeps(text string) bool {
	return slices.ContainsFunc(h.values(), func(v string) bool { return strings.Contains(v, text) })
}

// TestWhoIsLetInWhileLeavingTakesNoKeyAlong: the request began without keys,
// and a colleague came in between.
func TestWhoIsLetInWhileLeavingTakesNoKeyAlong(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	shared := h.wrap("shared by a user")
	h.letIn(anna.Keys, bo)
	if _, err := h.leave(nil, bo); !errors.Is(err, organization.ErrStale) {
		t.Errorf("leaving without the keys: %v", err)
	}
	if !opens(h.enter(anna, now), shared, "shared by a user") {
		t.Error("what was shared with the business is lost")
	}
}

func TestWhoLeavesOpensNothingAndLeavesTheNameAlone(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	kept, before := h.enter(bo, now), h.wrap("before")
	h.Update(t, func(tx store.Tx) error {
		p, err := organization.ProfessionalByID(tx, bo.Professional.ID)
		p.Workplace, p.Position, p.Marks = "Vossevangen", "psykolog", map[string]int{"marked-by-bo": 17}
		return errors.Join(err, organization.SaveProfessional(tx, p))
	})
	keys, err := h.leave(kept, bo)
	if err != nil {
		t.Fatal(err)
	}
	after := h.wrap("after")
	if opens(kept, after, "after") {
		t.Error("keys kept from before open what was shared after")
	}
	if !opens(keys, before, "before") || !opens(keys, after, "after") || !opens(h.enter(anna, now), after, "after") {
		t.Error("the business cannot read on")
	}
	if _, _, err := h.login(bo, bo.code(t, now.Add(time.Hour)), now.Add(time.Hour)); err != organization.ErrLogin {
		t.Errorf("a login: %v, want ErrLogin", err)
	}
	for _, gone := range []string{"bo@example.org", "Vossevangen", "psykolog", "marked-by-bo", bo.Professional.Recipient} {
		if h.keeps(gone) {
			t.Errorf("%s is still kept", gone)
		}
	}
	if p := h.professional(bo); p.Name != "bo" || !p.Left() || !p.Inactive || p.Version <= bo.Professional.Version {
		t.Error("the name is gone, or the sessions do not end")
	}
	if again := h.join("bo", false); again.Professional.ID == bo.Professional.ID { // the address is free
		t.Error("an invitation brings back who left")
	}
}

func TestWhoHasLeftCannotBeBroughtBack(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	keys, err := h.leave(nil, bo) // who was not let in brings no keys
	if keys != nil || err != nil {
		t.Fatalf("who waits cannot leave: %v", err)
	}
	id := bo.Professional.ID
	for name, change := range map[string]func(store.Tx) error{
		"LetIn":    func(tx store.Tx) error { return organization.LetIn(tx, h.Ring, anna.Keys, id) },
		"SetSuper": func(tx store.Tx) error { return organization.SetSuper(tx, h.Ring, h.id, id, true) },
		"PrepareReset": func(tx store.Tx) error {
			_, err := organization.PrepareReset(tx, h.Ring, anna.Keys, id)
			return err
		},
		"Deactivate": func(tx store.Tx) error {
			_, err := organization.Deactivate(tx, h.Ring, anna.Keys, id)
			return err
		},
	} {
		if err := h.try(change); !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
}

func TestTheLastSuperUserCannotLeave(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	if _, err := h.leave(anna.Keys, anna); !errors.Is(err, organization.ErrLastSuper) || !h.keeps("anna@example.org") {
		t.Errorf("%v, want ErrLastSuper and nothing changed", err)
	}
	h.Update(t, func(tx store.Tx) error { return organization.SetSuper(tx, h.Ring, h.id, bo.Professional.ID, true) })
	if _, err := h.leave(anna.Keys, anna); err != nil {
		t.Errorf("with another super user: %v", err)
	}
}

func TestLeavingWithKeysThatWereReplacedChangesNothing(t *testing.T) {
	h := build(t)
	anna, bo, cato := h.join("anna", true), h.join("bo", false), h.join("cato", false)
	h.letIn(anna.Keys, bo)
	stale := h.enter(bo, now)
	h.deactivate(anna.Keys, cato)
	if _, err := h.leave(stale, bo); !errors.Is(err, organization.ErrStale) || !h.keeps("bo@example.org") {
		t.Errorf("%v, want ErrStale and nothing changed", err)
	}
}

// TestTheNameGoesAfterTwoYears together with the last trace of the person.
func TestTheNameGoesAfterTwoYears(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	if _, err := h.leave(h.enter(bo, now), bo); err != nil {
		t.Fatal(err)
	}
	var due []deadline.Entry
	h.View(t, func(r store.Reader) error {
		due = nil
		for e, err := range deadline.Due(r, 40000) {
			if err != nil {
				return err
			}
			if e.Kind == deadline.NameLapses {
				due = append(due, e)
			}
		}
		return nil
	})
	if len(due) != 1 || deadline.KeyDay(due[0].Key).String() != "2028-03-03" {
		t.Fatalf("%d deadlines, want one after two years", len(due))
	}
	for range 2 {
		h.Update(t, func(tx store.Tx) error {
			id := anna.Professional.ID // an active professional's name stays whatever a deadline says
			return errors.Join(organization.Forget(tx, h.Ring, due[0].Target), organization.Forget(tx, h.Ring, id[:]))
		})
	}
	if h.Count(t, "staff") != 1 || h.Count(t, "member") != 2 || h.professional(anna).Name != "anna" {
		t.Error("something of who left is kept, or something of who stays is gone")
	}
}
