package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/overview"
)

// TestUseIsAddedUpByTheDaysOnTheWall: by weeks from Monday and by days of the
// operator's time zone, also where summer time begins.
func TestUseIsAddedUpByTheDaysOnTheWall(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, oslo)
	}
	now := at(time.April, 1, 12, 0) // a Wednesday; summer time began on Sunday
	visits := []overview.Use{
		{At: at(time.January, 11, 23, 59), Minutes: 1000}, // the Sunday before the first week
		{At: at(time.January, 12, 0, 0), Minutes: 1},
		{At: at(time.March, 4, 23, 59), Minutes: 100}, // 29 days with today
		{At: at(time.March, 5, 0, 0), Minutes: 2},
		{At: at(time.March, 25, 23, 59), Minutes: 3},
		{At: at(time.March, 26, 0, 0), Minutes: 4},
		{At: at(time.March, 29, 23, 59), Minutes: 5},
		{At: at(time.March, 30, 0, 0), Minutes: 6},
		{At: at(time.April, 1, 12, 0), Minutes: 7},
	}
	u := newUse(Page{location: oslo}, visits, now)
	if diff := cmp.Diff([]UseSpan{{7, 4, 22}, {28, 6, 27}}, u.Spans); diff != "" {
		t.Error(diff)
	}
	weeks := map[string][2]int{"2026-01-12": {1, 1}, "2026-03-02": {2, 102}, "2026-03-23": {3, 12}, "2026-03-30": {2, 13}}
	if len(u.Weeks) != useWeeks || u.First().Monday.String() != "2026-01-12" || u.This().Monday.String() != "2026-03-30" {
		t.Errorf("%d weeks from %s to %s", len(u.Weeks), u.First().Monday, u.This().Monday)
	}
	for _, w := range u.Weeks {
		if want := weeks[w.Monday.String()]; want != [2]int{w.Visits, w.Minutes} {
			t.Errorf("week of %s: %d visits, %d minutes, want %v", w.Monday, w.Visits, w.Minutes, want)
		}
		if w.Y+w.H != u.Base() || w.Y < useTop || w.X < u.Left() || w.X+u.Bar() > u.Right() {
			t.Errorf("the bar of %s leaves the chart: %+v", w.Monday, w)
		}
	}
	if !u.Last.Equal(now) || len(u.Visits) != len(visits) || u.Visits[0].Minutes != 7 {
		t.Errorf("the last visit is at %v", u.Last)
	}
}
