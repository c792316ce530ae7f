package consent_test

import (
	"testing"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestSharingIsEndedForWhoLostTheCode at once and with no key of the account;
// the account settles it when the code turns up, and no key from before opens
// what is there then.
func TestSharingIsEndedForWhoLostTheCode(t *testing.T) {
	w := domaintest.Open(t)
	h, other := newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, 2, h, other)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	share(t, w, a, other, now, vault.Mapping)
	held := only(t, w, h, now)
	for range 2 { // a second time changes nothing
		w.Update(t, func(tx store.Tx) error { return consent.End(tx, held.ID) })
	}
	if len(opened(t, w, h, now)) != 0 {
		t.Error("the business reads on")
	}
	if len(opened(t, w, other, now)) != 1 || w.Count(t, "grant") != 1 || len(due(t, w, 30000)) != 1 {
		t.Error("the sharing with another business has ended too, or a deadline is left")
	}
	write(t, w, a, after(3, 0))
	for reseal(t, w, a) {
	}
	opensNothing(t, w, held.Scope)
	s := consent.Service(a, h.ID)
	if s.Grant != nil || len(s.Past) != 1 {
		t.Error("the account does not know that the sharing has ended")
	}
	if m, _ := reads(t, w, only(t, w, other, after(3, 0)).Scope); m != 3 {
		t.Errorf("the other business reads %d mappings, want 3", m)
	}
	share(t, w, a, h, after(3, 0), vault.Mapping)
	if m, _ := reads(t, w, only(t, w, h, after(3, 0)).Scope); m != 3 {
		t.Errorf("shared again, the business reads %d mappings, want 3", m)
	}
}
