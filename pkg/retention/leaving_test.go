package retention

import (
	"testing"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// leave asks for the deletion of the account under the code that was kept.
func (h *house) leave(t *testing.T) (day deadline.Day) {
	t.Helper()
	h.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, h.World.Ring, h.shared, now)
		if err != nil {
			return err
		}
		if day, err = account.Leave(tx, found.Account, found.Ref.Lookup, now); err != nil {
			return err
		}
		return found.Account.Save(tx)
	})
	return day
}

func TestADeletionInAWeekIsCarriedOutOnItsDay(t *testing.T) {
	h := build(t)
	day := h.leave(t)
	if done := h.sweep(t, day.Start().Add(-time.Nanosecond)); done[deadline.Deletion] != 0 || h.Count(t, "own") != 2 {
		t.Errorf("a day early: %v", done)
	}
	done := h.sweep(t, day.Start())
	if done[deadline.Deletion] != 1 || done[deadline.Erasure] != 1 || done[deadline.Retirement] != 0 {
		t.Errorf("done: %v", done)
	}
	if h.Count(t, "own") != 1 || h.Count(t, "reg") != 1 || h.Count(t, "grant") != 0 {
		t.Error("something of the account is left, or of another's gone")
	}
	if again := h.sweep(t, day.Start()); len(again) != 0 {
		t.Errorf("a second run found %v", again)
	}
}

func TestADeletionThatWasCalledOffIsNotCarriedOut(t *testing.T) {
	h := build(t)
	day := h.leave(t)
	h.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, h.World.Ring, h.shared, now)
		if err != nil {
			return err
		}
		return account.CallOff(tx, h.World.Ring, found.Ref, now)
	})
	if done := h.sweep(t, day.Start().AddDate(0, 0, 30)); done[deadline.Deletion] != 0 || h.Count(t, "own") != 2 {
		t.Errorf("done: %v", done)
	}
}
