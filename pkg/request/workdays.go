package request

import (
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
)

// answerDays is how many working days the answer may take.
const answerDays = 7

// fixed are the Norwegian public holidays that keep their date (Act of 24
// February 1995 no. 12, section 2, and Act of 26 April 1947 no. 1).
var fixed = map[time.Month][]int{time.January: {1}, time.May: {1, 17}, time.December: {25, 26}}

// moving are those that follow Easter Sunday, in days after it: Maundy Thursday,
// Good Friday, Easter Sunday and Monday, Ascension, Whit Sunday and Monday.
var moving = []int{-3, -2, 0, 1, 39, 49, 50}

// AnswerBy is the day on which the answer to a message of a day is due: the
// seventh working day after it.
func AnswerBy(day deadline.Day) deadline.Day {
	for left := answerDays; left > 0; {
		if day++; WorkingDay(day) {
			left--
		}
	}
	return day
}

// LegalLimit is the last day of the month that the law gives for an answer
// (GDPR, article 12(3)): the same date of the next month, or that month's last.
func LegalLimit(day deadline.Day) deadline.Day {
	y, m, d := day.Start().Date()
	last := time.Date(y, m+2, 0, 0, 0, 0, 0, time.UTC)
	return deadline.DayOf(time.Date(y, m+1, min(d, last.Day()), 0, 0, 0, 0, time.UTC))
}

// WorkingDays is the number of working days after from, up to and with to.
func WorkingDays(from, to deadline.Day) (n int) {
	for day := from + 1; day <= to; day++ {
		if WorkingDay(day) {
			n++
		}
	}
	return n
}

// WorkingDay reports whether a day is neither at a weekend nor a Norwegian
// public holiday.
func WorkingDay(day deadline.Day) bool {
	at := day.Start()
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		return false
	}
	y, month, d := at.Date()
	if slices.Contains(fixed[month], d) {
		return false
	}
	sunday := easter(y)
	for _, after := range moving {
		if day == sunday+deadline.Day(after) {
			return false
		}
	}
	return true
}

// easter is Easter Sunday of a Gregorian year (the anonymous algorithm in the
// form of Meeus, Astronomical Algorithms, chapter 8).
func easter(year int) deadline.Day {
	a, b, c := year%19, year/100, year%100
	d := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	e := (32 + 2*(b%4) + 2*(c/4) - d - c%4) % 7
	f := d + e - 7*((a+11*d+22*e)/451) + 114
	return deadline.DayOf(time.Date(year, time.Month(f/31), f%31+1, 0, 0, 0, 0, time.UTC))
}
