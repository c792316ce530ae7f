package registration_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestWhatWasBegunIsTheSameInOneGoAsOneByOne(t *testing.T) {
	w := domaintest.Open(t)
	a, other := newUser(t, w), newUser(t, w)
	for _, user := range []*vault.Account{a, other} {
		update(t, w, user, func(tx store.Tx) error {
			place := registration.Place{Program: "sleep", Seen: map[string]int{"begin": 20500}, Page: "next", OpenAll: true}
			draft := registration.Draft{Instrument: "phq9", Version: "1", Answers: map[string]int{"q1": 1}}
			return errors.Join(registration.SaveDraft(tx, user, draft, now), registration.SavePlace(tx, user, place, now))
		})
	}
	update(t, w, other, func(tx store.Tx) error { return registration.DropDraft(tx, other, "phq9") })
	for _, user := range []*vault.Account{a, other, newUser(t, w)} {
		w.View(t, func(r store.Reader) error {
			begun, err := registration.LoadBegun(r, user)
			for _, name := range []string{"phq9", "gad7", "sleep", "anxiety"} {
				draft, err2 := registration.LoadDraft(r, user, name)
				place, err3 := registration.LoadPlace(r, user, name)
				err = errors.Join(err, err2, err3)
				if diff := cmp.Diff(draft, begun.Draft(name), cmpopts.EquateEmpty()) + cmp.Diff(place, begun.Place(name)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			return err
		})
	}
}

func TestWhatWasBegunNeedsTheMasterKey(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	update(t, w, a, func(tx store.Tx) error {
		return registration.SaveDraft(tx, a, registration.Draft{Instrument: "phq9"}, now)
	})
	impostor := *a
	impostor.Master = vault.NewKey()
	w.View(t, func(r store.Reader) error {
		if _, err := registration.LoadBegun(r, &impostor); !errors.Is(err, vault.ErrOpen) {
			t.Errorf("under another master key: %v", err)
		}
		return nil
	})
}
