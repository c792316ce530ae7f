package retention

import (
	"context"
	"errors"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// close finishes the closing of a business, batch by batch.
func (s Sweeper) close(ctx context.Context, e deadline.Entry) error {
	if len(e.Target) != len(organization.ID{}) {
		return errors.New("retention: a closing names no business")
	}
	return s.batches(ctx, func(tx store.Tx) (bool, error) {
		return closing.Step(tx, s.Ring, organization.ID(e.Target))
	})
}

// forget removes audit entries whose two years are over, batch by batch.
func (s Sweeper) forget(ctx context.Context, now time.Time) (entries int, err error) {
	for {
		n := 0
		err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
			n, err = audit.Forget(tx, now)
			return err
		})
		if err != nil || n == 0 {
			return entries, err
		}
		entries += n
	}
}

// batches runs transactions until one says that there is no more.
func (s Sweeper) batches(ctx context.Context, step func(store.Tx) (more bool, err error)) error {
	for more := true; more; {
		err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = step(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
