package retention

import (
	"errors"
	"testing"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/statistics"
	"selvhjelp/store"
)

// TestCountsGoWithTheSweep once their days are due; a wrong clock leaves them.
func TestCountsGoWithTheSweep(t *testing.T) {
	h := build(t)
	day := deadline.DayOf(now)
	cells := []statistics.Cell{{Route: "GET /me", Class: 2, Count: statistics.Least}}
	h.Update(t, func(tx store.Tx) error { return statistics.Keep(tx, []statistics.Day{{Day: day, Cells: cells}}, day) })
	last := (day + statistics.KeptDays).Start()
	if h.sweep(t, last); h.Count(t, "stat") != 1 {
		t.Error("the counts of a day went early")
	}
	if _, err := h.Sweep(t.Context(), last.AddDate(1, 0, 0), false); !errors.Is(err, ErrClock) || h.Count(t, "stat") != 1 {
		t.Errorf("a wrong clock: %v", err)
	}
	report, err := h.Sweep(t.Context(), last.AddDate(0, 0, 1), true)
	if err != nil || report.Also[Counts] != 1 || h.Count(t, "stat") != 0 {
		t.Errorf("after 400 days: %+v, %v; %d days are left", report, err, h.Count(t, "stat"))
	}
}
