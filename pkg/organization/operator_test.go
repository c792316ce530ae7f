package organization_test

import (
	"errors"
	"slices"
	"testing"

	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

func TestThereIsOneOperatorAndItIsNoBusiness(t *testing.T) {
	h := build(t)
	h.Update(t, func(tx store.Tx) error {
		if _, err := organization.Operator(tx); !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("before the first of its staff: %v", err)
		}
		first, err := organization.FoundOperator(tx, "Drift AS")
		if err != nil {
			return err
		}
		again, err := organization.FoundOperator(tx, "Another AS")
		if err != nil || again.ID != first.ID || again.Name != "Drift AS" {
			t.Errorf("a second operator was made: %v", err)
		}
		list, err := organization.Businesses(tx)
		if len(list) != 1 || slices.ContainsFunc(list, func(b organization.Business) bool { return b.Operator }) {
			t.Errorf("the operator is among the %d that hand out codes", len(list))
		}
		return err
	})
}

func TestTheOperatorIssuesNoCodes(t *testing.T) {
	h := build(t)
	h.Update(t, func(tx store.Tx) error {
		b, err := organization.FoundOperator(tx, "Drift AS")
		if err != nil {
			return err
		}
		b.Recovered = true
		may, err := organization.MayIssue(tx, h.Ring, b)
		if may {
			t.Error("the operator may issue codes")
		}
		return err
	})
}
