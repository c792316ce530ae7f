package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"selvhjelp/store"
)

// TestAConfirmedDayThatWasWrongIsToldAndGuardedAgain by the next sweep under the
// right clock.
func TestAConfirmedDayThatWasWrongIsToldAndGuardedAgain(t *testing.T) {
	dir, _ := brokenDemo(t, func(*installation, store.Tx) error { return nil })
	sweepOn := func(status int, want string, args ...string) {
		t.Helper()
		var out, diag bytes.Buffer
		got := run(t.Context(), append([]string{"sweep", "-data", dir, "-only", "due"}, args...), &out, &diag)
		if said := out.String() + diag.String(); got != status || !strings.Contains(said, want) {
			t.Errorf("%v: exit status %d, want %d and %q in: %s", args, got, status, want, said)
		}
	}
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	sweepOn(0, "due on "+day(0))
	sweepOn(1, "what is due was left alone", "-day", day(40))
	sweepOn(0, "due on "+day(40), "-day", day(40), "-confirm")
	sweepOn(0, "due on "+day(30), "-day", day(30))
	sweepOn(0, "the last sweep was for "+day(40))
	sweepOn(1, "-confirm", "-day", day(30))
	sweepOn(0, `{"day":"`+day(0)+`","done":{}}`, "-json")
}
