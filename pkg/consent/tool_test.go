package consent_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// split takes tools apart and lets houses read them.
func split(t domaintest.T, w *domaintest.World, a *vault.Account, keep []house, tools ...string) {
	t.Helper()
	var ids []organization.ID
	for _, h := range keep {
		ids = append(ids, h.ID)
	}
	update(t, w, a, func(tx store.Tx) error { return account.Split(tx, a, tools, ids, now) })
}

func TestATakenToolIsClosedAtOnceToWhomItIsNotShown(t *testing.T) {
	w := domaintest.Open(t)
	shown, other, third := newHouse(t, w), newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, 2, shown, other, third)
	for _, h := range []house{shown, other} {
		share(t, w, a, h, now, vault.Mapping, vault.Activity)
	}
	writeWith(t, w, a, "gad7", now)
	split(t, w, a, []house{shown, third}, "phq9")
	if n := readsWith(t, w, only(t, w, other, now).Scope, "phq9"); n != 0 {
		t.Errorf("before anything has moved %d mappings are read", n)
	}
	if opened(t, w, third, now) != nil {
		t.Error("sharing began with a business that nothing was shared with")
	}
	reseal(t, w, a)
	for h, want := range map[*house]int{&shown: 2, &other: 0} {
		scope := only(t, w, *h, now).Scope
		_, visits := reads(t, w, scope)
		if got := readsWith(t, w, scope, "phq9"); got != want || readsWith(t, w, scope, "gad7") != 1 || visits != 1 {
			t.Errorf("%d mappings with the tool are read, not %d, or the rest is not", got, want)
		}
		if c := summary(t, w, scope).Courses["phq9"]; (c != nil) != (want > 0) {
			t.Error("its summary is read, or is not, against what was chosen")
		}
	}
	update(t, w, a, func(tx store.Tx) error {
		return account.Split(tx, a, []string{"phq9"}, []organization.ID{other.ID}, now)
	})
	if readsWith(t, w, only(t, w, other, now).Scope, "phq9") != 0 {
		t.Error("splitting a tool that is apart shared it")
	}
}

func TestAJoinedToolIsReadByWhoReadsTheOthersAndNobodyElse(t *testing.T) {
	w := domaintest.Open(t)
	rest, alone := newHouse(t, w), newHouse(t, w)
	a := newUser(t, w, 2, rest, alone)
	share(t, w, a, rest, now, vault.Mapping)
	split(t, w, a, nil, "phq9")
	share(t, w, a, alone, now, vault.Tool("phq9"))
	reseal(t, w, a)
	held := only(t, w, alone, now).Scope
	update(t, w, a, func(tx store.Tx) error { return account.Join(tx, a, []string{"phq9", "gad7"}, now) })
	if len(opened(t, w, alone, now)) != 0 || consent.Service(a, alone.ID).Grant != nil {
		t.Error("a grant of nothing is left")
	}
	reseal(t, w, a)
	if n := readsWith(t, w, only(t, w, rest, now).Scope, "phq9"); n != 2 {
		t.Errorf("who reads the others reads %d of 2", n)
	}
	if n := readsWith(t, w, held, "phq9"); n != 0 {
		t.Errorf("the tool's own key opens %d mappings after it was joined", n)
	}
	if a.Unsettled() || a.Data.Categories[vault.Tool("phq9")] != nil {
		t.Error("keys are left")
	}
}

func TestAToolThatIsNotApartIsNotSharedByItself(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	w.Update(t, func(tx store.Tx) error {
		err := consent.Share(tx, a, h.Business, consent.Service(a, h.ID), []string{vault.Tool("phq9")}, now)
		if !errors.Is(err, consent.ErrJoined) {
			t.Error(err)
		}
		return nil
	})
	if a.Apart("phq9") || consent.Service(a, h.ID).Grant != nil {
		t.Error("it was taken apart, or shared")
	}
}

func TestAGrantTellsHowManyToolsItIsAboutAndNotWhich(t *testing.T) {
	w := domaintest.Open(t)
	sizes := map[int]bool{}
	for _, tool := range []string{"k6", strings.Repeat("l", 32)} {
		h := newHouse(t, w)
		a := newUser(t, w, 1, h)
		share(t, w, a, h, now, vault.Activity)
		split(t, w, a, []house{h}, tool)
		w.View(t, func(r store.Reader) error {
			record, err := r.Get("grant", consent.Service(a, h.ID).Grant)
			sizes[len(record)] = true
			return err
		})
	}
	if len(sizes) != 1 {
		t.Errorf("sizes %v", sizes)
	}
}
