package consent

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const endMax = 256 // grants in one transaction

// get reads the grant of a connection. One of a business that is closed counts
// as deleted already.
func get(r store.Reader, s *vault.Service) (grant, error) {
	b, err := organization.BusinessByID(r, organization.ID(s.Business))
	if err != nil {
		return grant{}, err
	}
	if b.Closed > 0 {
		return grant{}, store.ErrNotFound
	}
	return table.Get(r, s.Grant)
}

// Count counts the grants of a business that are in force now.
func Count(r store.Reader, ring *keyring.Ring, business organization.ID, now time.Time) (n int, err error) {
	for row, err := range table.Prefix(r, ring.Index("grant", business[:])) {
		if err != nil {
			return 0, err
		}
		if InForce(row.Value.Day, now) {
			n++
		}
	}
	return n, nil
}

// EndAll deletes up to 256 grants of a business, with their deadlines and
// without any key of an account: each account's next write or login does the
// rest. It returns how many there were; 0 means that none is left.
func EndAll(tx store.Tx, ring *keyring.Ring, business organization.ID) (int, error) {
	tx.Essential()
	var gone []store.Row[grant]
	for row, err := range table.Prefix(tx, ring.Index("grant", business[:])) {
		if err != nil {
			return 0, err
		}
		row.Key = slices.Clone(row.Key)
		if gone = append(gone, row); len(gone) == endMax {
			break
		}
	}
	for _, row := range gone {
		if err := errors.Join(deadline.Remove(tx, row.Value.Deadline), table.Delete(tx, row.Key)); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// Disconnect removes the connection to a business that is closed. ErrNothing
// when it is not closed: to end sharing there is Withdraw. The caller has called
// Settle and saves the account.
func Disconnect(r store.Reader, a *vault.Account, s *vault.Service) error {
	b, err := organization.BusinessByID(r, organization.ID(s.Business))
	if err != nil {
		return err
	}
	if b.Closed == 0 || s.Grant != nil {
		return ErrNothing
	}
	a.Data.Services = slices.DeleteFunc(a.Data.Services, func(o *vault.Service) bool { return bytes.Equal(o.Business, s.Business) })
	return nil
}
