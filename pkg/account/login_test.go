package account_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestACodeOpensItsAccount(t *testing.T) {
	w := newTown(t)
	code, a, ref := w.own(t, now)
	w.own(t, now)
	found := w.must(t, code, now)
	if found.Account == nil || found.Pending != nil || found.Account.ID != a.ID || found.Account.Data.Language != "nb" {
		t.Error("the code opens something else")
	}
	if !bytes.Equal(found.Ref.Lookup, ref.Lookup) || found.Ref.ID != ref.ID || found.Ref.Generation != ref.Generation || !bytes.Equal(found.Ref.Master.Bytes(), ref.Master.Bytes()) {
		t.Error("a later session is of something else")
	}
}

func TestAnIssuedCodeOpensItsReferenceAndNoAccount(t *testing.T) {
	w := newTown(t)
	code, _ := w.issue(t)
	found := w.must(t, code, now)
	if found.Account != nil || found.Pending == nil || found.Pending.Reference != reference || !bytes.Equal(found.Pending.Business, w.business.ID[:]) {
		t.Error("the issued code opens something else")
	}
}

// dead are codes that open nothing, each for another reason.
func (w town) dead(t *testing.T) map[string]accesscode.Code {
	t.Helper()
	revoked, open := w.issue(t)
	w.Update(t, func(tx store.Tx) error { return account.Revoke(tx, open) })
	lapsed := accesscode.New()
	w.Update(t, func(tx store.Tx) error {
		_, err := account.Issue(tx, w.Ring, lapsed, w.business.ID, reference, deadline.DayOf(now)-1)
		return err
	})
	retired, _, _ := w.own(t, now.AddDate(-6, 0, 0))
	deleted, a, ref := w.own(t, now)
	w.Update(t, func(tx store.Tx) error { _, err := account.Delete(tx, a, ref.Lookup, now); return err })
	replaced, _ := w.issue(t)
	w.create(t, account.Start{Code: accesscode.New(), Pending: w.must(t, replaced, now).Pending}, now)
	return map[string]accesscode.Code{"unknown": accesscode.New(), "revoked": revoked, "lapsed": lapsed, "retired": retired, "deleted": deleted, "replaced": replaced}
}

func TestUnknownLapsedRevokedRetiredAndDeletedCodesAreOneAnswer(t *testing.T) {
	w := newTown(t)
	for name, code := range w.dead(t) {
		found, err := w.find(code, now)
		if err != account.ErrUnknown || found.Account != nil || found.Pending != nil || found.Ref.Lookup != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIssuedCodeIsGoodThroughItsLastDay(t *testing.T) {
	w := newTown(t)
	code, _ := w.issue(t)
	end := (deadline.DayOf(now) + 365).Start()
	w.must(t, code, end.Add(-1))
	if _, err := w.find(code, end); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the day after: %v", err)
	}
	due := w.dueOf(t, deadline.CodeLapses)
	if len(due) != 1 || deadline.KeyDay(due[0].Key) != deadline.DayOf(end) || !bytes.Equal(due[0].Target, w.Ring.Lookup(code)) {
		t.Error("the deadline of the code is another")
	}
}

func TestRevokingACodeInUseDoesNothing(t *testing.T) {
	w := newTown(t)
	code, open := w.issue(t)
	w.create(t, account.Start{Code: code, Pending: w.must(t, code, now).Pending}, now)
	for range 2 {
		w.Update(t, func(tx store.Tx) error { return account.Revoke(tx, open) })
	}
	if w.must(t, code, now).Account == nil {
		t.Error("the business has shut a user out")
	}
}

func TestIssuedCodesAndAccountsHaveOneSizeAtRest(t *testing.T) {
	w := newTown(t)
	code, _ := w.issue(t)
	w.issue(t)
	w.own(t, now)
	w.create(t, account.Start{Code: code, Pending: w.must(t, code, now).Pending}, now)
	sizes := map[int]int{}
	for _, value := range w.stored(t, "code") {
		sizes[len(value)]++
	}
	if len(sizes) != 1 {
		t.Errorf("sizes %v tell which codes are in use", sizes)
	}
}

func TestNeitherTheCodeNorTheReferenceRestsAnywhere(t *testing.T) {
	w := newTown(t)
	code, _ := w.issue(t)
	_, a, _ := w.own(t, now)
	for _, bucket := range []string{"code", "open", "own", "due"} {
		w.View(t, func(r store.Reader) error { // behind the store's own seal
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				for _, secret := range [][]byte{[]byte(code.Grouped()), code.Data(), []byte(reference), a.Master.Bytes()} {
					if bytes.Contains(append(e.Key, e.Value...), secret) {
						t.Errorf("a secret rests in %s", bucket)
					}
				}
			}
			return nil
		})
	}
}

func TestTwoSessionsOfOneAccountSeeWhatTheOtherDid(t *testing.T) {
	w := newTown(t)
	code, _, first := w.own(t, now)
	second := w.must(t, code, now.Add(time.Hour)).Ref
	w.Update(t, func(tx store.Tx) error {
		a, err := account.Resume(tx, w.Ring, first)
		if err != nil {
			return err
		}
		a.Data.Language = "nn"
		return a.Save(tx)
	})
	if a, err := w.resume(second); err != nil || a.Data.Language != "nn" {
		t.Error("the other session is behind", err)
	}
}

func TestASessionEndsWhenItsAccountIsDeletedAndNoOtherDoes(t *testing.T) {
	w := newTown(t)
	_, a, ref := w.own(t, now)
	_, _, other := w.own(t, now)
	w.Update(t, func(tx store.Tx) error { _, err := account.Delete(tx, a, ref.Lookup, now); return err })
	for name, r := range map[string]account.Ref{"deleted": ref, "never was": {}} {
		if a, err := w.resume(r); err != account.ErrEnded || a != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.resume(other); err != nil {
		t.Error("another account's session ended too:", err)
	}
}

func TestASessionEndsWhenSomethingElseIsUnderItsCode(t *testing.T) {
	w := newTown(t)
	_, _, ref := w.own(t, now)
	_, _, other := w.own(t, now)
	issued, _ := w.issue(t)
	for name, change := range map[string]func(*account.Ref){
		"a changed code":  func(r *account.Ref) { r.Generation-- },
		"another account": func(r *account.Ref) { r.Lookup = other.Lookup },
		"an issued code":  func(r *account.Ref) { r.Lookup = w.Ring.Lookup(issued) },
	} {
		r := ref
		change(&r)
		if a, err := w.resume(r); err != account.ErrEnded || a != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAccountNeedsTheServersKeys(t *testing.T) {
	w, elsewhere := newTown(t), domaintest.Open(t)
	code, _, _ := w.own(t, now)
	w.View(t, func(r store.Reader) error {
		if _, err := account.Find(r, elsewhere.Ring, code, now); !errors.Is(err, account.ErrUnknown) {
			t.Errorf("the database and the code alone: %v", err)
		}
		return nil
	})
}

func TestASessionWithAWrongKeyIsAnErrorThatNamesTheRecord(t *testing.T) {
	w := newTown(t)
	_, _, ref := w.own(t, now)
	ref.Master = vault.NewKey()
	if _, err := w.resume(ref); !errors.Is(err, vault.ErrOpen) {
		t.Errorf("got %v", err)
	}
}
