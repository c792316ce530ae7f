package account_test

import (
	"testing"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
)

func TestALoginSaysHowNearTheRetirementWasInItsLastMonths(t *testing.T) {
	w := newTown(t)
	used := time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC)
	_, a, _ := w.own(t, used)
	retired := deadline.KeyDay(a.Data.Retirement).Start()
	want := retired.Year()*12 + int(retired.Month()) - 1
	if want != 2031*12+4-1 {
		t.Fatalf("retired in month %d", want)
	}
	for _, c := range []struct {
		at   time.Time
		near bool
	}{
		{used, false},
		{time.Date(2030, 12, 31, 23, 59, 59, 0, time.UTC), false}, // 4 years and 9 months after the month of the last use
		{time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC), true},
		{retired.Add(-1), true},
	} {
		if got := account.Narrow(a, c.at); (got != 0) != c.near || got != 0 && got != want {
			t.Errorf("%v: month %d", c.at, got)
		}
	}
}

func TestTheCodeWorksOnTheLastDayThatIsSaid(t *testing.T) {
	w := newTown(t)
	code, a, _ := w.own(t, now)
	last := account.LastDay(a)
	w.must(t, code, (last + 1).Start().Add(-1))
	if _, err := w.find(code, (last + 1).Start()); err == nil {
		t.Error("it works on the day after too")
	}
}
