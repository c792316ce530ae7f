package main

import (
	"context"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// sent sends something, two days ago, to everybody who shares.
func (s seeder) sent(ctx context.Context, keys *organization.Keys, by organization.Professional) error {
	return s.usage.Update(ctx, func(tx store.Tx) error {
		var grants [][]byte
		for o, err := range consent.OpenAll(tx, s.ring, keys, s.now) {
			if err != nil {
				return err
			}
			grants = append(grants, o.ID)
		}
		for _, grant := range grants {
			one := consent.Sent{ID: []byte("demosent"), To: "mapping/gad7", Message: "since_last", By: by.ID[:], Day: deadline.DayOf(s.now) - 2}
			if err := consent.Send(tx, s.ring, keys, grant, one, s.now); err != nil {
				return err
			}
		}
		return nil
	})
}
