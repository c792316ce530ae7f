package request

import (
	"testing"
	"time"

	"selvhjelp/pkg/deadline"
)

func dayOf(t *testing.T, date string) deadline.Day {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return deadline.DayOf(at)
}

// published are Easter Sunday, Ascension Day and Whit Monday as the Norwegian
// almanac has them.
var published = [][3]string{
	{"2024-03-31", "2024-05-09", "2024-05-20"},
	{"2025-04-20", "2025-05-29", "2025-06-09"},
	{"2026-04-05", "2026-05-14", "2026-05-25"},
	{"2027-03-28", "2027-05-06", "2027-05-17"},
	{"2028-04-16", "2028-05-25", "2028-06-05"},
	{"2029-04-01", "2029-05-10", "2029-05-21"},
	{"2030-04-21", "2030-05-30", "2030-06-10"},
	{"2031-04-13", "2031-05-22", "2031-06-02"},
	{"2032-03-28", "2032-05-06", "2032-05-17"},
	{"2033-04-17", "2033-05-26", "2033-06-06"},
	{"2034-04-09", "2034-05-18", "2034-05-29"},
	{"2035-03-25", "2035-05-03", "2035-05-14"},
}

func TestNobodyWorksOnTheHolidaysThatAreInTheAlmanac(t *testing.T) {
	for _, year := range published {
		sunday := dayOf(t, year[0])
		free := map[deadline.Day]bool{sunday - 3: true, sunday - 2: true, sunday: true, sunday + 1: true,
			dayOf(t, year[1]): true, dayOf(t, year[2]) - 1: true, dayOf(t, year[2]): true}
		for _, date := range []string{"-01-01", "-05-01", "-05-17", "-12-25", "-12-26"} {
			free[dayOf(t, year[0][:4]+date)] = true
		}
		for day := dayOf(t, year[0][:4]+"-01-01"); day <= dayOf(t, year[0][:4]+"-12-31"); day++ {
			weekend := day.Start().Weekday() == time.Saturday || day.Start().Weekday() == time.Sunday
			if WorkingDay(day) == (weekend || free[day]) {
				t.Errorf("%s: a working day is %t", day, WorkingDay(day))
			}
		}
	}
}

func TestAnAnswerIsDueOnTheSeventhWorkingDay(t *testing.T) {
	for _, c := range []struct{ sent, due, legal string }{
		{"2026-03-02", "2026-03-11", "2026-04-02"}, // a Monday
		{"2026-02-28", "2026-03-10", "2026-03-28"}, // a Saturday
		{"2026-03-26", "2026-04-09", "2026-04-26"}, // over Easter
		{"2026-05-12", "2026-05-22", "2026-06-12"}, // Ascension; 17 May is a Sunday
		{"2027-05-14", "2027-05-26", "2027-06-14"}, // Whit Monday is 17 May
		{"2026-12-23", "2027-01-05", "2027-01-23"}, // Christmas and New Year
		{"2026-01-31", "2026-02-10", "2026-02-28"}, // the next month is shorter
		{"2028-01-31", "2028-02-09", "2028-02-29"},
	} {
		sent := dayOf(t, c.sent)
		if due, legal := AnswerBy(sent), LegalLimit(sent); due.String() != c.due || legal.String() != c.legal {
			t.Errorf("sent on %s: due %s, by law %s, want %s and %s", c.sent, due, legal, c.due, c.legal)
		}
		if n := WorkingDays(sent, AnswerBy(sent)); n != 7 {
			t.Errorf("sent on %s: due after %d working days", c.sent, n)
		}
	}
}
