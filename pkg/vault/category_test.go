package vault_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
)

func TestACategoryGetsItsKeyAtTheFirstUse(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	if a.Versions(vault.Mapping) != nil || a.Rotating() != nil {
		t.Error("a category has a key before it is used")
	}
	first, version := a.CategoryKey(vault.Mapping)
	again, _ := a.CategoryKey(vault.Mapping)
	other, _ := a.CategoryKey(vault.Activity)
	if version != 1 || !bytes.Equal(first.Bytes(), again.Bytes()) || bytes.Equal(first.Bytes(), other.Bytes()) {
		t.Error("the key is not the category's own and lasting one")
	}
}

func TestRotatingGivesANewKeyAndKeepsTheOldOneUntilForgotten(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	old := a.Current(vault.Mapping)
	a.Current(vault.Activity)
	a.Rotate(vault.Mapping)
	a.Rotate(vault.Mapping)
	var versions []int
	for _, o := range a.Versions(vault.Mapping) {
		versions = append(versions, o.Version)
	}
	if cmp.Diff(versions, []int{3, 2, 1}) != "" || cmp.Diff(a.Rotating(), []string{vault.Mapping}) != "" {
		t.Errorf("versions %v, rotating %v", versions, a.Rotating())
	}
	if bytes.Equal(a.Current(vault.Mapping).Key.Bytes(), old.Key.Bytes()) {
		t.Error("the key did not change")
	}
	a.Forget(vault.Mapping)
	if len(a.Versions(vault.Mapping)) != 1 || a.Rotating() != nil {
		t.Error("an old key was not forgotten")
	}
}

func TestACategoryWithoutAKeyIsNotRotated(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	a.Rotate(vault.Mapping)
	a.Forget(vault.Mapping)
	if len(a.Data.Categories) != 0 {
		t.Error("rotating made a key")
	}
}

func TestARecordIsBoundToItsAccountCategoryVersionAndPlace(t *testing.T) {
	key, id, place := vault.NewKey(), vault.NewID(), []byte("place")
	o := vault.Opener{Category: vault.Mapping, Version: 1, Key: key}
	box := o.Seal("registration", []byte("x"), id, place)
	if plain, err := o.Open("registration", box, id, place); err != nil || string(plain) != "x" {
		t.Fatal(err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another account": func() ([]byte, error) { return o.Open("registration", box, vault.NewID(), place) },
		"another place":   func() ([]byte, error) { return o.Open("registration", box, id, []byte("elsewhere")) },
		"another category": func() ([]byte, error) {
			return vault.Opener{Category: vault.Activity, Version: 1, Key: key}.Open("registration", box, id, place)
		},
		"another version": func() ([]byte, error) {
			return vault.Opener{Category: vault.Mapping, Version: 2, Key: key}.Open("registration", box, id, place)
		},
		"another kind": func() ([]byte, error) { return o.Open("summary", box, id, place) },
	} {
		if _, err := try(); !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), " record ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAScopeIsNarrowedToOneCategoryWithoutTouchingTheWhole(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	a.Current(vault.Activity)
	a.Current(vault.Mapping)
	whole := a.Scope()
	part := whole.Of(vault.Activity)
	if len(part.Openers) != 1 || part.Openers[0].Category != vault.Activity || len(whole.Openers) != 2 {
		t.Errorf("%d of %d openers", len(part.Openers), len(whole.Openers))
	}
	if slices.ContainsFunc(whole.Openers, func(o vault.Opener) bool { return o.Key.IsZero() }) {
		t.Error("the whole scope lost a key")
	}
	for _, category := range []string{vault.Activity, vault.Mapping, vault.Programme} {
		if alone, narrowed := a.ScopeOf(category), whole.Of(category); !slices.Equal(alone.Openers, narrowed.Openers) || alone.Account != narrowed.Account {
			t.Errorf("%s alone has %d openers, narrowed %d", category, len(alone.Openers), len(narrowed.Openers))
		}
	}
}
