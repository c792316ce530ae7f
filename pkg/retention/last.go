package retention

import (
	"errors"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// LastSweep is the day of the last sweep that did all its work; 0 before the
// first.
func LastSweep(r store.Reader) (deadline.Day, error) {
	before, err := selfTable.Get(r, lastKey)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return before.Day, err
}

// LastAnew is the day of the last night that wrote the database anew; 0 before
// the first.
func LastAnew(r store.Reader) (deadline.Day, error) {
	last, err := nightTable.Get(r, nightKey)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return last.Day, err
}
