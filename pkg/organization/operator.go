package organization

import (
	"errors"

	"selvhjelp/store"
)

// Operator returns the operator's own organisation: one like any other, with an
// identity of its own, so that what is sent to it is read by its staff alone.
// It hands out no codes and nobody can be connected with it. ErrNotFound before
// the first of its staff was invited.
func Operator(r store.Reader) (Business, error) {
	all, err := organizations(r)
	if err != nil {
		return Business{}, err
	}
	for _, b := range all {
		if b.Operator {
			return b, nil
		}
	}
	return Business{}, ErrNotFound
}

// FoundOperator returns the operator's organisation and makes it, under a name,
// when there is none: there is never more than one.
func FoundOperator(tx store.Tx, name string) (Business, error) {
	b, err := Operator(tx)
	if !errors.Is(err, ErrNotFound) {
		return b, err
	}
	b = Business{Name: name, Operator: true}
	b.ID, err = Create(tx, b)
	return b, err
}
