package registration_test

import (
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// withMany is an account with n mappings and a visit.
func withMany(t *testing.T, w *domaintest.World, n int) *vault.Account {
	t.Helper()
	a := newUser(t, w)
	update(t, w, a, func(tx store.Tx) error {
		for i := range n {
			m := mapping("phq9", i%28, now.Add(time.Duration(i)*time.Second))
			if err := registration.Save(tx, a, registration.NewID(), m); err != nil {
				return err
			}
		}
		return registration.RecordVisit(tx, a, registration.NewVisit(now))
	})
	return a
}

// reopen reads the account again, as the next login does.
func reopen(t *testing.T, w *domaintest.World, a *vault.Account) (b *vault.Account) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		b, err = vault.Open(r, w.Ring, a.ID, a.Master)
		return err
	})
	return b
}

// reseal runs one batch and saves the account.
func reseal(t *testing.T, w *domaintest.World, a *vault.Account) (more bool) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) (err error) {
		more, err = registration.Reseal(tx, a)
		return err
	})
	return more
}

func TestResealingGoesInBatchesAndSurvivesACrashBetween(t *testing.T) {
	const n = 2*registration.Batch + 40
	w := domaintest.Open(t)
	a := withMany(t, w, n)
	old := a.Scope()
	update(t, w, a, func(store.Tx) error { a.Rotate(vault.Mapping); return nil })

	for batch, left := range []int{n - registration.Batch, n - 2*registration.Batch} {
		if !reseal(t, w, a) || len(list(t, w, old, false)) != left {
			t.Fatalf("batch %d left %d under the old key, not %d", batch+1, len(list(t, w, old, false)), left)
		}
		crash := errors.New("crash")
		err := w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, err := registration.Reseal(tx, a)
			return errors.Join(err, crash)
		})
		if !errors.Is(err, crash) {
			t.Fatal(err)
		}
		a = reopen(t, w, a)
		if len(list(t, w, a.Scope(), true)) != n {
			t.Fatal("the owner lost something between the batches")
		}
	}
	if reseal(t, w, a) || len(a.Rotating()) != 0 || len(list(t, w, old, false)) != 0 {
		t.Error("the last batch left something under the old key")
	}
	if a = reopen(t, w, a); len(list(t, w, a.Scope(), true)) != n {
		t.Error("the owner lost something")
	}
}

func TestExactlyOneBatchNeedsNoOther(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, registration.Batch)
	a.Rotate(vault.Mapping)
	if reseal(t, w, a) || len(a.Rotating()) != 0 {
		t.Error("one batch was not enough for itself")
	}
}

func TestOldKeysOpenNothingOnceResealingIsDone(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, 3)
	old := a.Scope()
	for range 2 { // twice before a batch has run
		update(t, w, a, func(store.Tx) error { a.Rotate(vault.Mapping); return nil })
	}
	middle := a.Scope()
	middle.Openers = middle.Of(vault.Mapping).Openers[1:]
	reseal(t, w, a)
	opensNothing(t, w, old.Of(vault.Mapping))
	opensNothing(t, w, middle)
	if sum := summary(t, w, a.Scope()); sum.Courses["phq9"].Count != 3 {
		t.Error("the owner's summary is gone")
	}
	if v := list(t, w, old, false); len(v) != 0 {
		t.Error("old keys list something")
	}
}

// opensNothing tries the keys of a scope on every record there is.
func opensNothing(t *testing.T, w *domaintest.World, s vault.Scope) {
	t.Helper()
	if len(s.Openers) == 0 {
		t.Fatal("there is no key to try")
	}
	for bucket, kind := range map[string]string{"reg": "registration", "sum": "summary", "hist": "history", "draft": "draft"} {
		for _, e := range values(t, w, bucket) {
			for _, o := range s.Openers {
				if _, err := o.Open(kind, e.Value[1:], s.Account, e.Key); err == nil {
					t.Errorf("version %d of %s still opens a %s record", o.Version, o.Category, kind)
				}
			}
		}
	}
}

func TestOtherCategoriesKeepTheirKeys(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, 3)
	visits := a.Scope().Of(vault.Activity)
	a.Rotate(vault.Mapping)
	reseal(t, w, a)
	w.View(t, func(r store.Reader) error {
		got, err := registration.ListVisits(r, visits)
		if len(got) != 1 {
			t.Error("the visits moved to another key")
		}
		return err
	})
}

func TestWhatIsSavedDuringResealingIsUnderTheNewKey(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, registration.Batch+1)
	old := a.Scope()
	update(t, w, a, func(store.Tx) error { a.Rotate(vault.Mapping); return nil })
	reseal(t, w, a)
	id := save(t, w, a, mapping("phq9", 1, now.AddDate(0, 0, 1)))
	w.View(t, func(r store.Reader) error {
		if _, err := registration.Get(r, old, id); !errors.Is(err, registration.ErrNotFound) {
			t.Errorf("the old key opens what was saved later: %v", err)
		}
		_, err := registration.Get(r, a.Scope(), id)
		return err
	})
}

func TestResealingWithNothingToDoDoesNothing(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, 2)
	before := stored(t, w, "reg")
	if reseal(t, w, a) || len(stored(t, w, "reg")) != len(before) || string(stored(t, w, "reg")[0].Value) != string(before[0].Value) {
		t.Error("a record was written anew")
	}
}

func TestErasingNeedsNoKeyOfTheAccountAndLeavesOthersAlone(t *testing.T) {
	w := domaintest.Open(t)
	a, other := withMany(t, w, registration.Batch+5), withEverything(t, w)
	id := list(t, w, a.Scope(), true)[0].ID
	w.Update(t, func(tx store.Tx) error {
		return errors.Join(
			registration.Correct(tx, a, registration.Mapping{ID: id}, now),
			registration.SaveDraft(tx, a, registration.Draft{Instrument: "phq9"}, now))
	})
	keyless := vault.NewScope(w.Ring, a.ID, nil)
	for calls, more := 0, true; more; calls++ {
		w.Update(t, func(tx store.Tx) (err error) {
			more, err = registration.Erase(tx, keyless, []string{vault.Activity, vault.Mapping})
			return err
		})
		if calls > 3 {
			t.Fatal("erasing does not end")
		}
	}
	w.View(t, func(r store.Reader) error {
		left, err := registration.Count(r, keyless)
		if (left != registration.Counts{}) {
			t.Errorf("left: %+v", left)
		}
		return err
	})
	for bucket, want := range map[string]int{"reg": 1, "sum": 1, "draft": 1, "hist": 1} {
		if n := len(stored(t, w, bucket)); n != want {
			t.Errorf("%d records are left in %s", n, bucket)
		}
	}
	if len(list(t, w, other.Scope(), true)) != 1 {
		t.Error("another account lost something")
	}
}

func TestCountingNeedsNoKey(t *testing.T) {
	w := domaintest.Open(t)
	a := withEverything(t, w)
	w.View(t, func(r store.Reader) error {
		got, err := registration.Count(r, vault.NewScope(w.Ring, a.ID, nil))
		if (got != registration.Counts{Registrations: 1, Drafts: 1, Replaced: 1}) {
			t.Errorf("got %+v", got)
		}
		return err
	})
}
