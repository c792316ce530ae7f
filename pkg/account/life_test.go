package account_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// touch is a login's part in the life of an account.
func (w town) touch(t domaintest.T, a *vault.Account, lookup []byte, at time.Time) (changed bool) {
	t.Helper()
	w.Update(t, func(tx store.Tx) (err error) {
		if changed, err = account.Touch(tx, a, lookup, at); err != nil {
			return err
		}
		return a.Save(tx)
	})
	return changed
}

func TestLastUseIsKeptOnceACalendarMonth(t *testing.T) {
	w := newTown(t)
	_, a, ref := w.own(t, now)
	for _, c := range []struct {
		at   time.Time
		want bool
	}{
		{now, false},
		{time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC).Add(-1), false},
		{time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), true},
		{time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC), false},
		{time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC), true},
		{now, false}, // a clock that was set back takes nothing away
	} {
		if due := account.TouchDue(a, c.at); due != c.want || w.touch(t, a, ref.Lookup, c.at) != c.want {
			t.Errorf("%v: due %v, want %v", c.at, due, c.want)
		}
	}
	due := w.dueOf(t, deadline.Retirement)
	if len(due) != 1 || !bytes.Equal(due[0].Target, ref.Lookup) || !bytes.Equal(due[0].Key, a.Data.Retirement) {
		t.Errorf("%d retirements, or another's", len(due))
	}
}

func TestRetirementIsNeverEarlyAndWithinTheFollowingMonth(t *testing.T) {
	w := newTown(t)
	rapid.Check(t, func(t *rapid.T) {
		year, month := rapid.IntRange(2025, 2060).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		length := first.AddDate(0, 1, 0).Sub(first)
		at := first.Add(time.Duration(rapid.Int64Range(0, int64(length)-1).Draw(t, "within")))
		code, a, _ := w.own(t, at)
		retires := deadline.KeyDay(a.Data.Retirement).Start()
		lastUse := first.Add(length - 1) // the month is all that is kept of it
		early, late := lastUse.AddDate(5, 0, 0), time.Date(year+5, month+2, 1, 0, 0, 0, 0, time.UTC)
		if month == time.February {
			early = time.Date(year+5, time.March, 1, 0, 0, 0, -1, time.UTC)
		}
		if !retires.After(early) || !retires.Before(late) {
			t.Fatalf("last use in %d-%d, retired on %v", year, month, retires)
		}
		w.must(t, code, retires.Add(-1))
		if _, err := w.find(code, retires); !errors.Is(err, account.ErrUnknown) {
			t.Fatalf("on the day itself: %v", err)
		}
	})
}

func TestRetirementSpreadsOverTheMonth(t *testing.T) {
	w := newTown(t)
	days := map[int]bool{}
	for range 200 {
		_, a, _ := w.own(t, now)
		days[deadline.KeyDay(a.Data.Retirement).Start().Day()] = true
	}
	if len(days) < 25 { // of 30
		t.Errorf("200 accounts retire on %d days", len(days))
	}
}

// live gives an account one of everything.
func (w town) live(t *testing.T, a *vault.Account) {
	t.Helper()
	s := consent.Connect(a, w.business.ID, reference)
	w.Update(t, func(tx store.Tx) error {
		id := registration.NewID()
		return errors.Join(
			consent.Share(tx, a, w.business, s, []string{vault.Mapping, vault.Activity}, now),
			registration.Save(tx, a, id, registration.Mapping{Instrument: "phq9", At: now.Unix()}),
			registration.Correct(tx, a, registration.Mapping{ID: id}, now),
			registration.SaveDraft(tx, a, registration.Draft{Instrument: "gad7"}, now),
			registration.RecordVisit(tx, a, registration.NewVisit(now)),
			a.Save(tx))
	})
}

func TestDeletingLeavesNothingOfTheAccountButItsErasure(t *testing.T) {
	w := newTown(t)
	code, a, ref := w.own(t, now)
	w.live(t, a)
	w.Update(t, func(tx store.Tx) error { _, err := account.Delete(tx, a, ref.Lookup, now); return err })
	for _, bucket := range []string{"code", "own", "grant"} {
		if n := len(w.stored(t, bucket)); n != 0 {
			t.Errorf("at once: %d records are left in %s", n, bucket)
		}
	}
	w.erase(t, a.ID)
	for _, bucket := range []string{"code", "open", "own", "grant", "reg", "sum", "hist", "draft"} {
		if n := len(w.stored(t, bucket)); n != 0 {
			t.Errorf("in the end: %d records are left in %s", n, bucket)
		}
	}
	erasures := w.dueOf(t, deadline.Erasure)
	if len(erasures) != 1 || !bytes.Equal(erasures[0].Target, a.ID[:]) || len(w.dueOf(t, deadline.SharingEnds))+len(w.dueOf(t, deadline.Retirement)) != 0 {
		t.Error("the deadlines that are left are not the erasure's alone")
	}
	if _, err := w.find(code, now); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the code: %v", err)
	}
}

// erase goes on until done.
func (w town) erase(t *testing.T, id vault.ID) {
	t.Helper()
	for more := true; more; {
		w.Update(t, func(tx store.Tx) (err error) {
			more, err = account.Erase(tx, w.Ring, id, nil)
			return err
		})
	}
}

func TestDeletingOneAccountLeavesTheOthersWhole(t *testing.T) {
	w := newTown(t)
	_, gone, ref := w.own(t, now)
	code, stays, _ := w.own(t, now)
	w.live(t, gone)
	w.live(t, stays)
	w.Update(t, func(tx store.Tx) error { _, err := account.Delete(tx, gone, ref.Lookup, now); return err })
	w.erase(t, gone.ID)
	a := w.must(t, code, now).Account
	w.View(t, func(r store.Reader) error {
		left, err := registration.Count(r, a.Scope())
		if (left != registration.Counts{Registrations: 2, Drafts: 1, Replaced: 1}) || len(w.stored(t, "grant")) != 1 {
			t.Errorf("left: %+v", left)
		}
		return err
	})
}

func TestADeletionThatFailsHalfWayHasNotHappened(t *testing.T) {
	w := newTown(t)
	code, a, ref := w.own(t, now)
	w.live(t, a)
	crash := errors.New("crash")
	err := w.Store.Update(t.Context(), func(tx store.Tx) error {
		_, err := account.Delete(tx, a, ref.Lookup, now)
		return errors.Join(err, crash)
	})
	if !errors.Is(err, crash) || w.must(t, code, now).Account == nil || len(w.stored(t, "grant")) != 1 {
		t.Error("half an account is left")
	}
}

func TestOneTransactionDeletesEvenAnAccountWhoseGrantWasSwept(t *testing.T) {
	w := newTown(t)
	_, a, ref := w.own(t, now)
	w.live(t, a)
	late := now.AddDate(0, 0, 200)
	w.Update(t, func(tx store.Tx) error { return consent.Expire(tx, a.Data.Services[0].Grant, late) })
	w.Update(t, func(tx store.Tx) error { _, err := account.Delete(tx, a, ref.Lookup, late); return err })
	if len(w.stored(t, "own"))+len(w.stored(t, "code")) != 0 {
		t.Error("the account is still there")
	}
}

func TestACodeLapsesAfterItsLastDayAndNeverWhenItIsInUse(t *testing.T) {
	w := newTown(t)
	waiting, _ := w.issue(t)
	taken, _ := w.issue(t)
	w.create(t, account.Start{Code: taken, Pending: w.must(t, taken, now).Pending}, now)
	last := now.AddDate(0, 0, 364)
	lapse := func(code accesscode.Code, at time.Time) {
		w.Update(t, func(tx store.Tx) error { return account.Lapse(tx, w.Ring.Lookup(code), at) })
	}
	lapse(waiting, last)
	lapse(taken, last.AddDate(1, 0, 0))
	if w.must(t, waiting, last).Pending == nil || w.must(t, taken, last).Account == nil {
		t.Error("a code lapsed too early, or in use")
	}
	lapse(waiting, last.AddDate(0, 0, 1))
	if len(w.stored(t, "code")) != 1 || len(w.stored(t, "open")) != 0 {
		t.Error("a code that has lapsed is still there")
	}
}
