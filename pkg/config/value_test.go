package config_test

import (
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/config"
)

func TestASizeIsANumberWithItsUnit(t *testing.T) {
	for text, want := range map[string]config.Size{
		"8GiB":   8 << 30,
		"64 KiB": 64 << 10,
		"0MiB":   0,
		"2TiB":   2 << 40,
	} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

func TestOtherTextIsNoSize(t *testing.T) {
	for _, text := range []string{"", "8", "GiB", "8GB", "-8GiB", "1.5GiB", "8gib", "8GiB8", "9000000TiB", "8 Gi B"} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); !errors.Is(err, config.ErrSize) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

func TestADurationNeedsAUnit(t *testing.T) {
	var d config.Duration
	if err := d.UnmarshalText([]byte("1m30s")); err != nil || d.Duration != 90*time.Second {
		t.Error(d, err)
	}
	if err := d.UnmarshalText([]byte("15")); !errors.Is(err, config.ErrDuration) {
		t.Error(d, err)
	}
}

func TestADateThatIsNotValidIsNoTime(t *testing.T) {
	if got := config.Date("2026-11-21").Time(); !got.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	if got := config.Date("2026-02-29").Time(); !got.IsZero() {
		t.Error(got)
	}
}
