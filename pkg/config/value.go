package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Errors of the values written as text.
var (
	ErrDuration = errors.New("config: not a duration")
	ErrSize     = errors.New("config: not a size")
)

// Duration is written as text with a unit: "15s", "2m", "1h30m".
type Duration struct{ time.Duration }

// UnmarshalText reads a Duration. It returns ErrDuration if it cannot.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	if d.Duration, err = time.ParseDuration(string(text)); err != nil {
		return ErrDuration
	}
	return nil
}

// Size is a number of bytes. It is written as text with a unit, "64KiB" or
// "8GiB", so that nobody has to count digits; a bare number means bytes.
type Size int64

// Units of a Size in bytes.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

var units = map[string]Size{"KiB": KiB, "MiB": MiB, "GiB": GiB, "TiB": TiB}

// UnmarshalText reads a Size with a unit. It returns ErrSize if it cannot.
func (s *Size) UnmarshalText(text []byte) error {
	digits := strings.TrimRight(string(text), "BGKMTi ")
	unit, known := units[strings.TrimSpace(string(text[len(digits):]))]
	n, err := strconv.ParseUint(digits, 10, 63)
	if !known || err != nil || n > math.MaxInt64/uint64(unit) {
		return ErrSize
	}
	*s = Size(n) * unit
	return nil
}

// Date is a day, written as text: "2026-11-21".
type Date string

// Time returns midnight UTC at the start of the day; the zero time if the
// date is not valid, which Check reports.
func (d Date) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}
