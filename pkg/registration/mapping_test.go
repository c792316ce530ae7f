package registration_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestASavedMappingComesBackWhole(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	m := mapping("phq9", 11, now)
	m.ID = save(t, w, a, m)
	later := mapping("gad7", 3, now.Add(time.Hour))
	later.ID = save(t, w, a, later)
	if diff := cmp.Diff([]registration.Mapping{m, later}, list(t, w, a.Scope(), true)); diff != "" {
		t.Error(diff)
	}
	w.View(t, func(r store.Reader) error {
		got, err := registration.Get(r, a.Scope(), m.ID)
		if diff := cmp.Diff(m, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

func TestAFormSentTwiceGivesOneRegistration(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	id := registration.NewID()
	for _, score := range []int{11, 4} {
		update(t, w, a, func(tx store.Tx) error { return registration.Save(tx, a, id, mapping("phq9", score, now)) })
	}
	got := list(t, w, a.Scope(), true)
	if len(got) != 1 || got[0].Score != 11 || summary(t, w, a.Scope()).Courses["phq9"].Count != 1 {
		t.Errorf("%d registrations", len(got))
	}
}

func TestSavingDropsTheDraftItCameFromAndNoOther(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	for _, instrument := range []string{"phq9", "gad7"} {
		w.Update(t, func(tx store.Tx) error {
			return registration.SaveDraft(tx, a, registration.Draft{Instrument: instrument}, now)
		})
	}
	save(t, w, a, mapping("phq9", 1, now))
	w.View(t, func(r store.Reader) error {
		left, err := registration.Drafts(r, a)
		if len(left) != 1 || left[0].Instrument != "gad7" {
			t.Errorf("%d drafts left", len(left))
		}
		return err
	})
}

func TestACorrectionKeepsWhatItReplacesWhereNoBusinessCanRead(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	first := mapping("phq9", 11, now)
	first.ID = save(t, w, a, first)
	at := now.Add(time.Hour)
	better := mapping("gad7", 4, at) // instrument and time are not corrected
	better.ID = first.ID
	update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, better, at) })

	want := mapping("phq9", 4, now)
	want.ID, want.Corrected = first.ID, at.Unix()
	if diff := cmp.Diff([]registration.Mapping{want}, list(t, w, a.Scope(), true)); diff != "" {
		t.Error(diff)
	}
	kept := first
	kept.ID = registration.ID{} // Replaced.ID says it
	if diff := cmp.Diff([]registration.Replaced{{ID: first.ID, Of: first.ID[:], Mapping: kept, At: at.Unix()}}, history(t, w, a)); diff != "" {
		t.Error(diff)
	}
	opensWithNoCategoryKey(t, w, a, "hist", "history")
}

// opensWithNoCategoryKey tries every category key on every record of a bucket.
func opensWithNoCategoryKey(t *testing.T, w *domaintest.World, a *vault.Account, bucket, kind string) {
	t.Helper()
	n := 0
	w.View(t, func(r store.Reader) error {
		n = 0
		for e, err := range r.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			n++
			for _, o := range a.Openers() {
				_, err1 := o.Open(kind, e.Value[1:], a.ID, e.Key)
				_, err2 := o.Key.Open(kind, e.Value[1:], a.ID[:], e.Key)
				if err1 == nil || err2 == nil {
					t.Errorf("the key of %s opens a %s record", o.Category, kind)
				}
			}
		}
		return nil
	})
	if n == 0 || len(a.Openers()) == 0 {
		t.Error("nothing was tried")
	}
}

func TestDraftsAreUnderTheMasterKeyAlone(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	save(t, w, a, mapping("phq9", 1, now))
	d := registration.Draft{Instrument: "phq9", Version: "1.0", Answers: map[string]int{"q1": 2}}
	w.Update(t, func(tx store.Tx) error { return registration.SaveDraft(tx, a, d, now) })
	opensWithNoCategoryKey(t, w, a, "draft", "draft")
}

func TestADraftGoesOnWhereItWasLeft(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	for i, at := range []time.Time{now, now.Add(time.Hour)} {
		w.Update(t, func(tx store.Tx) error {
			d, err := registration.LoadDraft(tx, a, "phq9")
			if err != nil {
				return err
			}
			d.Answers["q1"] = i
			return registration.SaveDraft(tx, a, d, at)
		})
	}
	w.View(t, func(r store.Reader) error {
		d, err := registration.LoadDraft(r, a, "phq9")
		want := registration.Draft{Instrument: "phq9", Answers: map[string]int{"q1": 1}, Started: now.Unix(), Changed: now.Add(time.Hour).Unix()}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

func TestDeletingRemovesARegistrationItsHistoryAndItsPartOfTheSummary(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	gone, stays := mapping("phq9", 11, now), mapping("phq9", 4, now.Add(time.Hour))
	gone.ID, stays.ID = save(t, w, a, gone), save(t, w, a, stays)
	for _, m := range []registration.Mapping{gone, stays, gone} {
		update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, m, now) })
	}
	update(t, w, a, func(tx store.Tx) error { return registration.Delete(tx, a, gone.ID) })

	left, kept := list(t, w, a.Scope(), true), history(t, w, a)
	if len(left) != 1 || left[0].ID != stays.ID || len(kept) != 1 || kept[0].ID != stays.ID {
		t.Errorf("%d registrations and %d replaced ones are left", len(left), len(kept))
	}
	if c := summary(t, w, a.Scope()).Courses["phq9"]; c.Count != 1 || c.Last.Score != 4 {
		t.Errorf("the summary counts %d", c.Count)
	}
	if n := len(stored(t, w, "reg")); n != 1 {
		t.Errorf("%d records rest in the file", n)
	}
}

func TestWhatTheScopeDoesNotCoverIsNotFound(t *testing.T) {
	w := domaintest.Open(t)
	a, other := newUser(t, w), newUser(t, w)
	id := save(t, w, a, mapping("phq9", 11, now))
	save(t, w, other, mapping("phq9", 3, now))
	visit(t, w, a, now)
	stranger := vault.NewScope(w.Ring, a.ID, other.Openers())
	for name, s := range map[string]vault.Scope{"another account": other.Scope(), "another's keys": stranger, "another category": a.Scope().Of(vault.Activity), "no key": stranger.Of("diary")} {
		w.View(t, func(r store.Reader) error {
			if _, err := registration.Get(r, s, id); !errors.Is(err, registration.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
	}
	for name, change := range map[string]func(store.Tx) error{
		"correcting": func(tx store.Tx) error { return registration.Correct(tx, other, registration.Mapping{ID: id}, now) },
		"deleting":   func(tx store.Tx) error { return registration.Delete(tx, other, id) },
	} {
		if err := w.Store.Update(context.Background(), change); !errors.Is(err, registration.ErrNotFound) {
			t.Errorf("%s another's registration: %v", name, err)
		}
	}
}

func TestAnIDComesBackFromItsTextAndNothingElseDoes(t *testing.T) {
	id := registration.NewID()
	if got, err := registration.ParseID(id.String()); err != nil || got != id {
		t.Error(err)
	}
	for _, s := range []string{"", "x", id.String()[:30], id.String() + "00", id.String()[:30] + "zz", id.String()[:31] + "\n"} {
		if _, err := registration.ParseID(s); !errors.Is(err, registration.ErrNotFound) {
			t.Errorf("%d symbols: %v", len(s), err)
		}
	}
}
