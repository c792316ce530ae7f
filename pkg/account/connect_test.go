package account_test

import (
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// connect types a code into the account of a session.
func (w town) connect(t *testing.T, ref account.Ref, code accesscode.Code, at time.Time) error {
	t.Helper()
	return w.Store.Update(t.Context(), func(tx store.Tx) error {
		a, err := account.Resume(tx, w.Ring, ref)
		if err != nil {
			return err
		}
		if _, err := account.Connect(tx, a, code, at); err != nil {
			return err
		}
		return a.Save(tx)
	})
}

func TestACodeThatIsConnectedDiesAsALoginAndSharesNothing(t *testing.T) {
	w := newTown(t)
	_, _, ref := w.own(t, now)
	code, _ := w.issue(t)
	if err := w.connect(t, ref, code, now); err != nil {
		t.Fatal(err)
	}
	a, err := w.resume(ref)
	if err != nil {
		t.Fatal(err)
	}
	if s := a.Data.Services; len(s) != 1 || s[0].Reference != reference || s[0].Grant != nil || s[0].Moving || a.Data.KnownTo != nil {
		t.Error("the connection is not what the code was for, or shares, or the business is said to know the code")
	}
	if len(w.stored(t, "code")) != 1 || len(w.stored(t, "open")) != 0 || len(w.dueOf(t, deadline.CodeLapses)) != 0 || len(w.stored(t, "grant")) != 0 {
		t.Error("something of the code is left, or something is shared")
	}
	if _, err := w.find(code, now); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the code as a login: %v", err)
	}
}

func TestEveryCodeThatIsNotToBeTakenIntoUseIsOneAnswer(t *testing.T) {
	w := newTown(t)
	own, _, ref := w.own(t, now)
	other, _, _ := w.own(t, now)
	used, _ := w.issue(t)
	revoked, open := w.issue(t)
	lapsed, _ := w.issue(t)
	if err := w.connect(t, ref, used, now); err != nil {
		t.Fatal(err)
	}
	w.Update(t, func(tx store.Tx) error { return account.Revoke(tx, open) })
	before := len(w.stored(t, "code"))
	for name, code := range map[string]accesscode.Code{"never issued": accesscode.New(), "used": used, "revoked": revoked,
		"lapsed": lapsed, "the account's own": own, "another account's": other} {
		at := now
		if name == "lapsed" {
			at = now.AddDate(1, 0, 0)
		}
		if err := w.connect(t, ref, code, at); err != account.ErrUnknown {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, err := w.resume(ref); err != nil || len(a.Data.Services) != 1 || len(w.stored(t, "code")) != before {
		t.Error("a refused code changed something")
	}
	if w.must(t, other, now).Account == nil || w.must(t, own, now).Account == nil {
		t.Error("a code was taken from its account")
	}
}

func TestAConnectionThatFailsHalfWayHasNotHappened(t *testing.T) {
	w := newTown(t)
	_, _, ref := w.own(t, now)
	code, _ := w.issue(t)
	crash := errors.New("crash")
	err := w.Store.Update(t.Context(), func(tx store.Tx) error {
		a, err := account.Resume(tx, w.Ring, ref)
		if err != nil {
			return err
		}
		_, err = account.Connect(tx, a, code, now)
		return errors.Join(err, a.Save(tx), crash)
	})
	a, resumed := w.resume(ref)
	if !errors.Is(err, crash) || resumed != nil || len(a.Data.Services) != 0 || w.must(t, code, now).Pending == nil {
		t.Error("half a connection is left")
	}
}

func TestAnAccountKnowsItsRowAtTheBusinessFromTheFirstLoginOn(t *testing.T) {
	w := newTown(t)
	code, open := w.issue(t)
	a, _ := w.create(t, account.Start{Code: accesscode.New(), Pending: w.must(t, code, now).Pending}, now)
	s := a.Data.Services[0]
	if len(s.Openings) != 1 || string(s.Openings[0]) != string(open) {
		t.Error("the connection does not know which code it came from")
	}
}
