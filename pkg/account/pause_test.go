package account_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func (w town) pause(t *testing.T, ref account.Ref) {
	t.Helper()
	w.in(t, ref, func(tx store.Tx, a *vault.Account) error { return account.Pause(tx, a, now) })
}

// leave asks for the deletion and returns its day.
func (w town) leave(t *testing.T, ref account.Ref) (day deadline.Day) {
	t.Helper()
	w.in(t, ref, func(tx store.Tx, a *vault.Account) (err error) {
		day, err = account.Leave(tx, a, ref.Lookup, now)
		return err
	})
	return day
}

func TestAPauseEndsAllSharingAtOnceAndHasNoEnd(t *testing.T) {
	w := newTown(t)
	code, ref := w.busy(t, 1)
	retired := w.dueOf(t, deadline.Retirement)
	w.pause(t, ref)
	if len(w.stored(t, "grant")) != 0 || len(w.dueOf(t, deadline.SharingEnds)) != 0 {
		t.Error("something is still shared")
	}
	a := w.must(t, code, now.AddDate(4, 11, 0)).Account
	if account.Writable(a) != account.ErrPaused || a.Data.Frozen != int(deadline.DayOf(now)) {
		t.Error("the pause has ended by itself")
	}
	if due := w.dueOf(t, deadline.Retirement); len(due) != 1 || !bytes.Equal(due[0].Key, retired[0].Key) {
		t.Error("the pause moved the retirement")
	}
	if a.Rotating() == nil {
		t.Error("what was shared keeps the key that was handed out")
	}
	if _, err := w.find(code, now.AddDate(5, 2, 0)); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("after five years: %v", err)
	}
}

func TestAPauseThatIsTakenTwiceBeganTheFirstTime(t *testing.T) {
	w := newTown(t)
	code, ref := w.busy(t, 0)
	w.pause(t, ref)
	w.in(t, ref, func(tx store.Tx, a *vault.Account) error { return account.Pause(tx, a, now.AddDate(0, 1, 0)) })
	if a := w.must(t, code, now).Account; a.Data.Frozen != int(deadline.DayOf(now)) {
		t.Error("the pause began anew")
	}
}

func TestGoingOnIsAUseAndSharesNothing(t *testing.T) {
	w := newTown(t)
	code, ref := w.busy(t, 0)
	w.pause(t, ref)
	later := now.AddDate(2, 0, 0)
	w.in(t, ref, func(tx store.Tx, a *vault.Account) error { return account.GoOn(tx, a, ref.Lookup, later) })
	a := w.must(t, code, now.AddDate(6, 0, 0)).Account
	if account.Writable(a) != nil || len(w.stored(t, "grant")) != 0 || a.Data.Services[0].Grant != nil {
		t.Error("the account is not open, or shares again by itself")
	}
	if len(w.dueOf(t, deadline.Retirement)) != 1 {
		t.Error("there is not one retirement")
	}
}

func TestFromTheDayOnACodeOpensNothingWithoutAnyJob(t *testing.T) {
	w := newTown(t)
	code, ref := w.busy(t, 0)
	day := w.leave(t, ref)
	if day != deadline.DayOf(now)+7 || len(w.stored(t, "grant")) != 0 {
		t.Errorf("day %v, or something is still shared", day)
	}
	if _, err := w.resume(ref); !errors.Is(err, account.ErrEnded) {
		t.Errorf("a session: %v", err)
	}
	if !w.must(t, code, day.Start().Add(-time.Nanosecond)).Account.Data.Leaving {
		t.Error("the account does not know that it is going to be deleted")
	}
	if _, err := w.find(code, day.Start()); err != account.ErrUnknown {
		t.Errorf("on the day: %v", err)
	}
	due := w.dueOf(t, deadline.Deletion)
	if len(due) != 1 || deadline.KeyDay(due[0].Key) != day || !bytes.Equal(due[0].Target, ref.Lookup) || len(w.dueOf(t, deadline.Retirement)) != 0 {
		t.Error("the deadlines are not the deletion alone")
	}
}

func TestALoginCallsADeletionOffAndSharingStaysOff(t *testing.T) {
	w := newTown(t)
	code, ref := w.busy(t, 0)
	w.pause(t, ref)
	w.leave(t, ref)
	at := now.AddDate(0, 0, 6)
	found := w.must(t, code, at)
	for range 2 {
		w.Update(t, func(tx store.Tx) error { return account.CallOff(tx, w.Ring, found.Ref, at) })
	}
	a, err := w.resume(found.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if a.Data.Leaving || len(w.dueOf(t, deadline.Deletion)) != 0 || len(w.dueOf(t, deadline.Retirement)) != 1 || len(w.stored(t, "grant")) != 0 {
		t.Error("the deletion stands, or sharing is back")
	}
	if account.Writable(a) != account.ErrPaused {
		t.Error("the pause from before has ended")
	}
	w.must(t, code, now.AddDate(4, 11, 0))
}
