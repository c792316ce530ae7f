package retention

import (
	"testing"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestTheNameOfWhoLeftGoesAfterTwoYears and not a day early.
func TestTheNameOfWhoLeftGoesAfterTwoYears(t *testing.T) {
	h := build(t)
	before := h.Count(t, "staff")
	h.Update(t, func(tx store.Tx) error {
		in, err := organization.Accept(tx, h.World.Ring, h.link, organization.Applicant{ID: organization.NewID(), Name: "Bo",
			Email: "ny@example.org", Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP()}, now)
		if err != nil {
			return err
		}
		_, err = organization.Leave(tx, h.World.Ring, nil, in.Professional, now)
		return err
	})
	h.sweep(t, now.AddDate(2, 0, 0))
	if n := h.Count(t, "staff"); n != before+1 {
		t.Fatalf("after two years to the day there are %d professionals, want %d and one name", n, before)
	}
	if done := h.sweep(t, now.AddDate(2, 0, 1)); done[deadline.NameLapses] != 1 || h.Count(t, "staff") != before {
		t.Errorf("a day later: %v", done)
	}
}
