package web

import (
	"cmp"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const (
	useWeeks      = 12 // weeks in the chart, this one included
	settingsShows = 30 // visits; the page with everything has them all
)

// The measures of the chart of weeks, in units of its view box.
const (
	useHeight = 160
	useTop    = 24
	useStep   = (chartWidth - chartLeft - chartRight) / useWeeks
	useBar    = 32
)

// latestVisits are the newest visits, newest first, and whether there are more.
func latestVisits(r store.Reader, s vault.Scope) ([]registration.Visit, bool, error) {
	list, err := registration.ListVisits(r, s)
	slices.Reverse(list)
	return list[:min(len(list), settingsShows)], len(list) > settingsShows, err
}

// machineNames are the names of the families of systems and browsers, alike in
// every language.
var machineNames = map[string]string{
	"windows": "Windows", "macos": "macOS", "linux": "Linux", "android": "Android", "ios": "iOS",
	"chrome": "Chrome", "edge": "Edge", "firefox": "Firefox", "safari": "Safari", "samsung": "Samsung Internet",
}

// Device names the system and the browser of a visit.
func (p settingsPage) Device(v registration.Visit) string {
	return p.families(v.System, v.Browser)
}

// families names a system and a browser.
func (p Page) families(system, browser string) string {
	return cmp.Or(machineNames[system], p.T("activity.other_system")) + ", " +
		cmp.Or(machineNames[browser], p.T("activity.other_browser"))
}

// Use is how an account has been used, as a professional sees it ahead of an
// appointment. Days and weeks are those of the operator's time zone.
type Use struct {
	Visits []overview.Use // newest first
	Last   time.Time      // when the last visit began
	Spans  []UseSpan
	Weeks  []UseWeek // the last ones, oldest first
	Most   int       // visits in the busiest of these weeks
	Open   bool      // everything is unfolded, for print
}

// UseSpan is the use in the last so many days, today included.
type UseSpan struct{ Days, Visits, Minutes int }

// UseWeek is the use in one week, with its bar in the chart.
type UseWeek struct {
	Monday          deadline.Day
	Visits, Minutes int
	X, Y, H         int
}

// usePage is a page of the visits alone.
type usePage struct {
	Page
	Use Use
}

// newUse adds visits up.
func newUse(page Page, visits []overview.Use, now time.Time) Use {
	u := Use{Visits: slices.Clone(visits), Spans: []UseSpan{{Days: 7}, {Days: 28}}}
	slices.Reverse(u.Visits)
	today := localDay(now, page.location)
	monday := mondayOf(today)
	for n := range useWeeks {
		u.Weeks = append(u.Weeks, UseWeek{Monday: monday - deadline.Day(7*(useWeeks-1-n))})
	}
	for _, v := range u.Visits {
		day := localDay(v.At, page.location)
		for i := range u.Spans {
			if span := &u.Spans[i]; day > today-deadline.Day(span.Days) {
				span.Visits++
				span.Minutes += v.Minutes
			}
		}
		if n := useWeeks - 1 - int(monday-mondayOf(day))/7; n >= 0 && n < useWeeks {
			u.Weeks[n].Visits++
			u.Weeks[n].Minutes += v.Minutes
		}
	}
	if len(u.Visits) > 0 {
		u.Last = u.Visits[0].At
	}
	u.draw()
	return u
}

// draw gives every week its bar.
func (u *Use) draw() {
	for _, w := range u.Weeks {
		u.Most = max(u.Most, w.Visits)
	}
	for i := range u.Weeks {
		w := &u.Weeks[i]
		w.X = chartLeft + i*useStep + (useStep-useBar)/2
		w.H = w.Visits * (useHeight - useTop - chartBottom) / max(u.Most, 1)
		w.Y = u.Base() - w.H
	}
}

// Width and Height are the chart's size.
func (Use) Width() int { return chartWidth }

// Height is the chart's height.
func (Use) Height() int { return useHeight }

// Base is the line that the bars stand on.
func (Use) Base() int { return useHeight - chartBottom }

// Left is where that line begins.
func (Use) Left() int { return chartLeft }

// Right is where it ends.
func (Use) Right() int { return chartWidth - chartRight }

// Bar is how wide a bar is.
func (Use) Bar() int { return useBar }

// LabelY is the base line of the dates.
func (Use) LabelY() int { return useHeight - 8 }

// NumberX is the middle of a bar.
func (w UseWeek) NumberX() int { return w.X + useBar/2 }

// NumberY is where the number above a bar stands.
func (w UseWeek) NumberY() int { return w.Y - 6 }

// First is the first week of the chart.
func (u Use) First() UseWeek { return u.Weeks[0] }

// This is the week of today.
func (u Use) This() UseWeek { return u.Weeks[len(u.Weeks)-1] }

// localDay is the number of the date that a clock on the wall shows.
func localDay(t time.Time, where *time.Location) deadline.Day {
	year, month, day := t.In(where).Date()
	return deadline.DayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// mondayOf is the Monday of a day's week. Day 0 was a Thursday.
func mondayOf(day deadline.Day) deadline.Day { return day - (day+3)%7 }
