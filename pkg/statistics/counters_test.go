package statistics_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/statistics"
	"selvhjelp/pkg/useragent"
)

var (
	home    = statistics.Route{Method: "GET", Pattern: "/me"}
	result  = statistics.Route{Method: "GET", Pattern: "/me/result/:id"}
	care    = statistics.Route{Method: "GET", Pattern: "/me/result/:id/care"}
	iphone  = useragent.Device{System: useragent.IOS, Browser: useragent.Safari}
	routes  = map[statistics.Route]string{home: "GET /me", result: "GET /me/result/:id", care: "GET /me/result/:id"}
	midday  = domaintest.Now
	counted = deadline.DayOf(midday)
)

func TestRequestsAreCountedOnTheirDayByTheirKind(t *testing.T) {
	c := statistics.NewCounters(routes)
	night := counted.Start().Add(24 * time.Hour)
	c.Count(home, 200, iphone, midday)
	c.Count(home, 303, iphone, midday)
	c.Count(home, 200, useragent.Device{}, midday)
	c.Count(care, 200, iphone, night.Add(-time.Nanosecond))
	c.Count(result, 204, iphone, night)
	c.Count(statistics.Route{Method: "GET", Pattern: "/unknown"}, 404, iphone, night)
	c.Count(home, 999, iphone, night)
	want := []statistics.Day{
		{Day: counted + 1, Cells: []statistics.Cell{{"GET /me", 0, "ios", "safari", 1}, {"GET /me/result/:id", 2, "ios", "safari", 1}}},
		{Day: counted, Cells: []statistics.Cell{{"GET /me", 2, "other", "other", 1}, {"GET /me", 2, "ios", "safari", 1},
			{"GET /me", 3, "ios", "safari", 1}, {"GET /me/result/:id", 2, "ios", "safari", 1}}},
	}
	got := c.Days(c.Take(night))
	for _, d := range got {
		sortCells(d.Cells)
	}
	for _, d := range want {
		sortCells(d.Cells)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsLostOrCountedTwiceBetweenTakingAndKeeping(t *testing.T) {
	c := statistics.NewCounters(routes)
	const clients, each = 8, 2000
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				c.Count(home, 200, iphone, midday)
			}
		})
	}
	kept := 0
	take := func() (n int) {
		taken := c.Take(midday)
		for _, d := range c.Days(taken) {
			n += d.Cells[0].Count
		}
		c.Kept(taken)
		return n
	}
	for range 50 {
		c.Take(midday) // of an Update that failed
		kept += take()
	}
	wg.Wait()
	if kept += take(); kept != clients*each {
		t.Errorf("%d requests are kept of %d", kept, clients*each)
	}
	if left := take(); left != 0 {
		t.Errorf("%d requests are kept again", left)
	}
}

// BenchmarkCount counts from all processors at once, into one counter and into
// many.
func BenchmarkCount(b *testing.B) {
	for name, many := range map[string]bool{"one": false, "many": true} {
		b.Run(name, func(b *testing.B) {
			c := statistics.NewCounters(routes)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				d := iphone
				for pb.Next() {
					if many {
						d.System = (d.System + 1) % useragent.Systems
					}
					c.Count(home, 200, d, midday)
				}
			})
		})
	}
}

func sortCells(cells []statistics.Cell) {
	slices.SortFunc(cells, func(a, b statistics.Cell) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}
