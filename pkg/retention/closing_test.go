package retention

import (
	"errors"
	"testing"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// entries counts the audit entries that can still be read, and verifies the
// chain against a head that was kept.
func (h *house) entries(t *testing.T, business []byte, kept audit.Head) (n int) {
	t.Helper()
	h.View(t, func(r store.Reader) error {
		log := audit.For(h.World.Ring, business)
		n = 0
		for e, err := range log.Entries(r, 0) {
			if err != nil {
				return err
			}
			if e.What != "" {
				n++
			}
		}
		return log.Verify(r, kept)
	})
	return n
}

func TestTheNightForgetsAuditEntriesAfterTwoYears(t *testing.T) {
	h := build(t)
	id := []byte("a chain of any owner")
	var kept audit.Head
	h.Update(t, func(tx store.Tx) (err error) {
		log := audit.For(h.World.Ring, id)
		for range batch + 1 {
			err = errors.Join(err, log.Record(tx, audit.Entry{Day: deadline.DayOf(now), Role: "operator", What: audit.Operator, Name: "kari"}))
		}
		kept, _ = log.Head(tx)
		return err
	})
	h.sweep(t, now.AddDate(2, 0, 0))
	if n := h.entries(t, id, kept); n != batch+1 {
		t.Errorf("two years later %d entries are left", n)
	}
	report, err := h.Sweep(t.Context(), now.AddDate(2, 0, 1), true)
	if n := h.entries(t, id, kept); n != 0 || err != nil || report.Also[AuditEntries] != batch+1 {
		t.Errorf("after two years and a day %d entries are left: %+v, %v", n, report, err)
	}
}

// TestTheNightFinishesAClosing and counts it once.
func TestTheNightFinishesAClosing(t *testing.T) {
	h := build(t)
	h.Update(t, func(tx store.Tx) error {
		list, err := organization.Businesses(tx)
		if err != nil {
			return err
		}
		return closing.Begin(tx, h.World.Ring, list[0].ID, "kari", now)
	})
	if done := h.sweep(t, now); done[deadline.Closing] != 1 {
		t.Errorf("done: %v", done)
	}
	if left := h.Count(t, "grant") + h.Count(t, "staff") + h.Count(t, "member") + h.Count(t, "link"); left != 0 {
		t.Errorf("%d records are left", left)
	}
	if again := h.sweep(t, now); len(again) != 0 {
		t.Errorf("a second run found %v", again)
	}
	if n := h.Count(t, "own"); n != 2 {
		t.Errorf("%d accounts are left, want both", n)
	}
}
