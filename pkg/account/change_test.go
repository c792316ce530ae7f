package account_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// in runs do with the account of a session and saves it.
func (w town) in(t *testing.T, ref account.Ref, do func(tx store.Tx, a *vault.Account) error) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		a, err := account.Resume(tx, w.Ring, ref)
		if err != nil {
			return err
		}
		if err := do(tx, a); err != nil {
			return err
		}
		return a.Save(tx)
	})
}

// busy is an account that shares, with registrations, corrections and a draft.
func (w town) busy(t *testing.T, corrections int) (accesscode.Code, account.Ref) {
	t.Helper()
	code, _ := w.issue(t)
	_, ref := w.create(t, account.Start{Code: code, Pending: w.must(t, code, now).Pending}, now)
	m := registration.Mapping{Instrument: "phq9", Version: "1", Answers: map[string]int{"q1": 1}, Score: 1, Band: "minimal", At: now.Unix()}
	id := registration.NewID()
	w.in(t, ref, func(tx store.Tx, a *vault.Account) error {
		return errors.Join(
			consent.Share(tx, a, w.business, a.Data.Services[0], []string{vault.Mapping}, now),
			registration.Save(tx, a, id, m),
			registration.RecordVisit(tx, a, registration.NewVisit(now)),
			registration.SaveDraft(tx, a, registration.Draft{Instrument: "gad7", Answers: map[string]int{"q1": 2}}, now))
	})
	for range corrections {
		w.in(t, ref, func(tx store.Tx, a *vault.Account) error {
			m.ID = id
			return registration.Correct(tx, a, m, now)
		})
	}
	return code, ref
}

// change changes the code and moves everything.
func (w town) change(t *testing.T, ref account.Ref) (accesscode.Code, account.Ref) {
	t.Helper()
	code := accesscode.New()
	var after account.Ref
	w.in(t, ref, func(tx store.Tx, a *vault.Account) (err error) {
		after, err = account.ChangeCode(tx, a, ref, code)
		return err
	})
	for more := true; more; {
		w.in(t, after, func(tx store.Tx, a *vault.Account) (err error) {
			more, err = account.Reseal(tx, a)
			return err
		})
	}
	return code, after
}

// keysOf are all keys that an account's code opened.
func keysOf(a *vault.Account) (openers []vault.Opener, keys []vault.Key) {
	keys = append(keys, a.Masters()...)
	for _, s := range a.Data.Services {
		if k, err := vault.KeyFrom(s.Key); err == nil {
			keys = append(keys, k)
		}
	}
	for _, o := range a.Openers() {
		keys = append(keys, o.Key)
	}
	return a.Openers(), keys
}

// TestTheOldCodeWithAnOldCopyOpensNothing: who kept the old code, a copy of the
// files from before and all keys of the server opens no record of today.
func TestTheOldCodeWithAnOldCopyOpensNothing(t *testing.T) {
	w := newTown(t)
	old, ref := w.busy(t, 3)
	openers, keys := keysOf(w.must(t, old, now).Account) // what the copy yields
	_, after := w.change(t, ref)

	opened := 0
	try := func(bucket string, kinds ...string) {
		w.View(t, func(r store.Reader) error {
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				sealed := e.Value[1:] // behind the version byte
				if bucket == "grant" {
					var g struct {
						Keys []byte `json:"k"`
					}
					if err := json.Unmarshal(sealed, &g); err != nil {
						return err
					}
					sealed = g.Keys
				}
				for _, kind := range kinds {
					for _, k := range keys {
						for _, context := range [][][]byte{{ref.ID[:]}, {ref.ID[:], e.Key}, {e.Key}} {
							if _, err := k.Open(kind, sealed, context...); err == nil {
								opened++
							}
						}
					}
					for _, o := range openers {
						if _, err := o.Open(kind, sealed, ref.ID, e.Key); err == nil {
							opened++
						}
					}
				}
			}
			return nil
		})
	}
	all := func() int {
		opened = 0
		try("own", "account data")
		try("reg", "registration")
		try("sum", "summary")
		try("draft", "draft")
		try("hist", "history")
		try("grant", "grant")
		return opened
	}
	if n := all(); n != 0 {
		t.Errorf("%d records of today open with what the old code opened", n)
	}
	a, err := w.resume(after)
	if err != nil {
		t.Fatal(err)
	}
	openers, keys = keysOf(a)
	if n := all(); n != 10 { // own, 2 registrations, 2 summaries, 1 draft, 3 in the history, 1 grant
		t.Errorf("%d records open with today's keys, want 10: the search does not find what it should", n)
	}
}

func TestChangingTheCodeEndsTheOldOneAndEveryOtherSession(t *testing.T) {
	w := newTown(t)
	old, ref := w.busy(t, 0)
	due := deadline.KeyDay(w.must(t, old, now).Account.Data.Retirement)
	code, after := w.change(t, ref)
	if _, err := w.find(old, now); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the old code: %v", err)
	}
	if _, err := w.resume(ref); !errors.Is(err, account.ErrEnded) {
		t.Errorf("another session: %v", err)
	}
	a := w.must(t, code, now).Account
	if a.ID != after.ID || a.Data.KnownTo != nil || a.Unsettled() {
		t.Error("it is another account, or a business is said to know the code, or something is left to move")
	}
	list := w.dueOf(t, deadline.Retirement)
	if len(list) != 1 || deadline.KeyDay(list[0].Key) != due || !slices.Equal(list[0].Target, after.Lookup) {
		t.Error("the retirement has not come along")
	}
}

func TestChangingTheCodeLosesNothingAndTheSharingGoesOn(t *testing.T) {
	w := newTown(t)
	_, ref := w.busy(t, 2)
	_, after := w.change(t, ref)
	w.View(t, func(r store.Reader) error {
		a, err := account.Resume(r, w.Ring, after)
		if err != nil {
			return err
		}
		list, err1 := registration.List(r, a.Scope(), true)
		draft, err2 := registration.LoadDraft(r, a, "gad7")
		history, err3 := registration.History(r, a)
		visits, err4 := registration.ListVisits(r, a.Scope())
		if len(list) != 1 || draft.Answers["q1"] != 2 || len(history) != 2 || len(visits) != 1 {
			t.Errorf("%d mappings, draft %v, %d in the history, %d visits", len(list), draft.Answers, len(history), len(visits))
		}
		return errors.Join(err1, err2, err3, err4)
	})
	if seen := w.seen(t, w.keys); seen != 1 {
		t.Errorf("the business reads %d mappings, want 1", seen)
	}
}

// seen counts the mappings that a business reads.
func (w town) seen(t *testing.T, keys *organization.Keys) (n int) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		n = 0
		for o, err := range consent.OpenAll(r, w.Ring, keys, now) {
			if err != nil {
				return err
			}
			list, err := registration.List(r, o.Scope, false)
			if err != nil {
				return err
			}
			n += len(list)
		}
		return nil
	})
	return n
}

// TestALongHistoryMovesInBatches, and a second change waits until it is moved.
func TestALongHistoryMovesInBatches(t *testing.T) {
	w := newTown(t)
	const corrections = 2*registration.Batch + 3
	_, ref := w.busy(t, corrections)
	code := accesscode.New()
	var after account.Ref
	w.in(t, ref, func(tx store.Tx, a *vault.Account) (err error) {
		after, err = account.ChangeCode(tx, a, ref, code)
		return err
	})
	batches := 0
	for more := true; more; batches++ {
		w.in(t, after, func(tx store.Tx, a *vault.Account) (err error) {
			if _, err := account.ChangeCode(tx, a, after, accesscode.New()); !errors.Is(err, account.ErrUnsettled) {
				t.Errorf("a second change before the first is done: %v", err)
			}
			if all, err := registration.History(tx, a); err != nil || len(all) != corrections {
				t.Errorf("half way %d of the history are there: %v", len(all), err)
			}
			more, err = account.Reseal(tx, a)
			return err
		})
	}
	if a, err := w.resume(after); err != nil || a.Unsettled() || batches != 3 {
		t.Errorf("%d batches, unsettled, %v", batches, err)
	}
}
