package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/retention"
	"selvhjelp/store"
)

// TestRotatingByAWrongClockDestroysNoKeys: unless somebody says that the day is
// right.
func TestRotatingByAWrongClockDestroysNoKeys(t *testing.T) {
	in, _, err := openDemo(t.Context(), t.TempDir(), "http://127.0.0.1:1")
	must(t, err)
	defer func() { must(t, in.close()) }()
	_, err = in.night.Sweep(t.Context(), time.Now(), false)
	must(t, err)
	before := in.shop.issuer.Keys()[0].ID
	rotate := func(args map[string]string) error {
		_, err := in.operate(t.Context(), control.Request{Command: "issuer rotate", Who: "kari", Args: args})
		return err
	}
	must(t, rotate(nil))
	in.clock.ahead.Store(3 * 366)
	if err := rotate(nil); !errors.Is(err, retention.ErrClock) || !strings.Contains(err.Error(), "-confirm") || in.shop.issuer.Keys()[0].ID != before {
		t.Fatalf("with a clock years ahead: %v", err)
	}
	must(t, rotate(map[string]string{"confirm": "yes"}))
	if in.shop.issuer.Keys()[0].ID == before {
		t.Error("a key of years ago is still there")
	}
}

// TestADemoGoesOnToADay: while it runs, forward only, and nothing but a demo.
func TestADemoGoesOnToADay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	in, _, err := openDemo(t.Context(), dir, "http://127.0.0.1:1")
	must(t, err)
	defer func() { must(t, in.close()) }()
	tomorrow := time.Now().UTC().AddDate(0, 0, 1)
	goTo := func(day string) error {
		_, err := in.operate(t.Context(), control.Request{Command: "demo day", Args: map[string]string{"day": day}})
		return err
	}
	must(t, goTo(tomorrow.Format(time.DateOnly)))
	if off := in.clock.now().Sub(tomorrow); off < -time.Minute || off > time.Minute {
		t.Errorf("the demo is %v from tomorrow", off)
	}
	for _, bad := range []string{"", "soon", time.Now().UTC().Format(time.DateOnly)} {
		if goTo(bad) == nil {
			t.Errorf("the demo went to %q", bad)
		}
	}
	if runs, err := tellDemo(t.Context(), dir, "2026-01-31", &bytes.Buffer{}); runs || err != nil {
		t.Errorf("a demo that does not answer was told: %v, %v", runs, err)
	}
	in.config.Data.Dir = filepath.Join(t.TempDir(), "real", "data")
	if goTo(tomorrow.Format(time.DateOnly)) == nil {
		t.Error("the clock of a real service was moved")
	}
	in.config.Data.Dir = filepath.Join(dir, "data")
	fake := in.fake
	if in.fake = nil; goTo(tomorrow.Format(time.DateOnly)) == nil {
		t.Error("the command serve follows a demo's clock, on a demo's folder")
	}
	in.fake = fake
}

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
