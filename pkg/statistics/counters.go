package statistics

import (
	"sync/atomic"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/useragent"
)

const (
	classes  = 6 // 1xx to 5xx; 0 for a status that there is not
	machines = int(useragent.Systems) * int(useragent.Browsers)
	perRoute = classes * machines
)

// Route is a method with the pattern of an address, without the ids in it.
type Route struct{ Method, Pattern string }

// Counters count in memory. There is one for every kind of request that can
// come; they stand in two rows, for even days and for odd ones, so that what was
// counted before midnight is still told apart afterwards. Keep them at least
// once a day.
type Counters struct {
	names []string
	index map[Route]int
	cells [2][]atomic.Uint64
}

// NewCounters counts requests for routes under the names given. Routes that have
// the same name are counted as one; any other route is not counted.
func NewCounters(named map[Route]string) *Counters {
	c := &Counters{index: map[Route]int{}}
	known := map[string]int{}
	for route, name := range named {
		at, ok := known[name]
		if !ok {
			at = len(c.names)
			known[name] = at
			c.names = append(c.names, name)
		}
		c.index[route] = at
	}
	for row := range c.cells {
		c.cells[row] = make([]atomic.Uint64, len(c.names)*perRoute)
	}
	return c
}

// Count counts one request with the status of its answer. It may be called from
// several goroutines.
func (c *Counters) Count(route Route, status int, d useragent.Device, now time.Time) {
	at, ok := c.index[route]
	if !ok {
		return
	}
	class := status / 100
	if class < 0 || class >= classes {
		class = 0
	}
	at = at*perRoute + class*machines + int(d.System)*int(useragent.Browsers) + int(d.Browser)
	c.row(deadline.DayOf(now))[at].Add(1)
}

func (c *Counters) row(day deadline.Day) []atomic.Uint64 { return c.cells[day&1] }

// Taken is what has been counted, until it is kept.
type Taken struct {
	today  deadline.Day
	counts [2][]uint64 // today, the day before
}

// Take reads the counters; they go on. When what was taken is kept, Kept takes
// it off them. One must be done with what was taken before another takes.
func (c *Counters) Take(now time.Time) Taken {
	t := Taken{today: deadline.DayOf(now)}
	for back := range t.counts {
		row := c.row(t.today - deadline.Day(back))
		t.counts[back] = make([]uint64, len(row))
		for at := range row {
			t.counts[back][at] = row[at].Load()
		}
	}
	return t
}

// Kept takes off the counters what has been kept.
func (c *Counters) Kept(t Taken) {
	for back, counts := range t.counts {
		row := c.row(t.today - deadline.Day(back))
		for at, n := range counts {
			if n > 0 {
				row[at].Add(-n)
			}
		}
	}
}

// Days is what was taken, by days.
func (c *Counters) Days(t Taken) []Day {
	var out []Day
	for back, counts := range t.counts {
		d := Day{Day: t.today - deadline.Day(back)}
		for at, n := range counts {
			if n > 0 {
				d.Cells = append(d.Cells, c.cell(at, int(n)))
			}
		}
		if len(d.Cells) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// cell says what a counter counts.
func (c *Counters) cell(at, n int) Cell {
	machine := at % machines
	return Cell{
		Route: c.names[at/perRoute], Class: at % perRoute / machines, Count: n,
		System:  useragent.System(machine / int(useragent.Browsers)).String(),
		Browser: useragent.Browser(machine % int(useragent.Browsers)).String(),
	}
}
