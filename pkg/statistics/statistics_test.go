package statistics_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/statistics"
	"selvhjelp/store"
)

var today = deadline.DayOf(domaintest.Now)

func cell(route string, system, browser string, n int) statistics.Cell {
	return statistics.Cell{Route: route, Class: 2, System: system, Browser: browser, Count: n}
}

func keep(t domaintest.T, w *domaintest.World, at deadline.Day, days ...statistics.Day) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error { return statistics.Keep(tx, days, at) })
}

func read(t domaintest.T, w *domaintest.World, from, to, at deadline.Day) (out []statistics.Day) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		out, err = statistics.Read(r, from, to, at)
		return err
	})
	return out
}

func TestSmallNumbersAreMergedAndDropped(t *testing.T) {
	w := domaintest.Open(t)
	keep(t, w, today, statistics.Day{Day: today, Cells: []statistics.Cell{
		cell("GET /me", "windows", "chrome", 40), cell("GET /me", "windows", "edge", 9), cell("GET /me", "ios", "safari", 1),
		cell("GET /a", "linux", "firefox", 7), cell("GET /b", "linux", "firefox", 6),
		{Route: "GET /a", Class: 5, System: "linux", Browser: "firefox", Count: 9},
	}})
	keep(t, w, today+1)
	want := []statistics.Day{{Day: today, Cells: []statistics.Cell{
		cell("GET /me", "other", "other", 10), cell("GET /me", "windows", "chrome", 40), cell("other", "other", "other", 13),
	}}}
	if diff := cmp.Diff(want, read(t, w, 0, today, today+1)); diff != "" {
		t.Error(diff)
	}
}

// cells draws a day with many small numbers.
func cells(t *rapid.T) []statistics.Cell {
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) statistics.Cell {
		return statistics.Cell{
			Route: rapid.SampledFrom([]string{"GET /a", "GET /b", "POST /c"}).Draw(t, "route"), Class: rapid.IntRange(2, 4).Draw(t, "class"),
			System: rapid.SampledFrom([]string{"windows", "ios", "other"}).Draw(t, "system"), Browser: rapid.SampledFrom([]string{"safari", "other"}).Draw(t, "browser"),
			Count: rapid.IntRange(1, 30).Draw(t, "count"),
		}
	})).Draw(t, "cells")
}

// sound says what is wrong with what is read of a day: a number below Least, one
// that stands by itself and is not the true one, or more than there was, so that
// something is counted twice and could be subtracted.
func sound(counted, read []statistics.Cell) error {
	exact, all, shown := map[string]int{}, map[int]int{}, map[int]int{}
	for _, c := range counted {
		exact[fmt.Sprint(c.Route, c.Class, c.System, c.Browser)] += c.Count
		all[c.Class] += c.Count
	}
	for _, c := range read {
		if c.Count < statistics.Least {
			return fmt.Errorf("a number of %d is read", c.Count)
		}
		merged := c.System == statistics.Other && c.Browser == statistics.Other
		if n := exact[fmt.Sprint(c.Route, c.Class, c.System, c.Browser)]; !merged && n != c.Count {
			return fmt.Errorf("%d is read where %d were counted", c.Count, n)
		}
		shown[c.Class] += c.Count
	}
	for class, n := range shown {
		if hidden := all[class] - n; hidden < 0 || hidden >= statistics.Least {
			return fmt.Errorf("%d requests of class %d are read of %d", n, class, all[class])
		}
	}
	return nil
}

func TestNoSmallNumberIsReadNorFollowsFromOthers(t *testing.T) {
	w := domaintest.Open(t)
	day := today
	rapid.Check(t, func(t *rapid.T) {
		day++
		counted := cells(t)
		keep(t, w, day, statistics.Day{Day: day, Cells: slices.Clone(counted)})
		keep(t, w, day+1)
		for _, d := range read(t, w, day, day, day+1) {
			if err := sound(counted, d.Cells); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestSmallNumbersAndTotalsThatStandBesideAreFound(t *testing.T) {
	counted := []statistics.Cell{cell("GET /a", "ios", "safari", 30), cell("GET /a", "windows", "other", 3)}
	for name, planted := range map[string][]statistics.Cell{
		"small": counted,
		"total": {counted[0], cell("other", "other", "other", 33)},
	} {
		if sound(counted, planted) == nil {
			t.Errorf("%s: the planted fault was not found", name)
		}
	}
}

// TestADayIsReadOnlyWhenItIsOver, and never changes from then on: two readings
// cannot be subtracted.
func TestADayIsReadOnlyWhenItIsOver(t *testing.T) {
	w := domaintest.Open(t)
	d := statistics.Day{Day: today, Cells: []statistics.Cell{cell("GET /me", "ios", "safari", 12)}}
	keep(t, w, today, d)
	keep(t, w, today, d)
	if got := read(t, w, 0, today, today); len(got) != 0 {
		t.Errorf("today is read: %v", got)
	}
	keep(t, w, today+1, d) // the rest of the day, noticed after midnight
	closed := read(t, w, 0, today, today+1)
	if len(closed) != 1 || closed[0].Cells[0].Count != 36 {
		t.Errorf("got %v, want one day of 36", closed)
	}
	keep(t, w, today+1, d)
	if diff := cmp.Diff(closed, read(t, w, 0, today, today+1)); diff != "" || w.Count(t, "stat") != 1 {
		t.Errorf("a closed day has changed: %s", diff)
	}
}

func TestNoSmallNumberRestsOnceItsDayIsOver(t *testing.T) {
	w := domaintest.Open(t)
	keep(t, w, today, statistics.Day{Day: today, Cells: []statistics.Cell{cell("GET /rare", "ios", "safari", 9), cell("GET /me", "ios", "safari", 10)}})
	rests := func() (found bool) {
		w.View(t, func(r store.Reader) error {
			for e, err := range r.Range("stat", []byte{0}, nil) {
				if err != nil {
					return err
				}
				found = found || bytes.Contains(e.Value, []byte("rare"))
			}
			return nil
		})
		return found
	}
	if !rests() {
		t.Fatal("the search does not find what is there")
	}
	keep(t, w, today+1)
	if rests() {
		t.Error("a small number is still stored")
	}
}

func TestDaysGoAfter400DaysAndAreNotReadBefore(t *testing.T) {
	w := domaintest.Open(t)
	for _, day := range []deadline.Day{today, today + 1} {
		keep(t, w, day, statistics.Day{Day: day, Cells: []statistics.Cell{cell("GET /me", "ios", "safari", 10)}})
	}
	last := today + statistics.KeptDays
	keep(t, w, last)
	if n := len(read(t, w, 0, last, last)); n != 2 {
		t.Errorf("%d days are read after 400 days", n)
	}
	if n := len(read(t, w, 0, last, last+1)); n != 1 {
		t.Errorf("%d days are read a day later, before any sweep", n)
	}
	forget := func(at deadline.Day) int {
		before, gone := w.Count(t, "stat"), 0
		w.Update(t, func(tx store.Tx) (err error) {
			gone, err = statistics.Forget(tx, at)
			return err
		})
		left := w.Count(t, "stat")
		if gone != before-left {
			t.Errorf("%d days are said to be gone of %d, and %d are left", gone, before, left)
		}
		return left
	}
	if early, due := forget(last), forget(last+1); early != 2 || due != 1 {
		t.Errorf("%d days are stored after 400 days and %d a day later", early, due)
	}
}

func TestTheFormatOfADayIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	keep(t, w, today, statistics.Day{Day: today, Cells: []statistics.Cell{cell("GET /me", "ios", "safari", 12)}})
	for _, name := range []string{"open", "closed"} {
		w.View(t, func(r store.Reader) error {
			for e, err := range r.Range("stat", []byte{0}, nil) {
				if err != nil || e.Value[0] != 1 || len(e.Key) != 16 {
					t.Fatalf("format byte %d, key of %d bytes, %v", e.Value[0], len(e.Key), err)
				}
				domaintest.Golden(t, name, e.Value[1:])
			}
			return nil
		})
		keep(t, w, today+1)
	}
}
