package consent

import (
	"errors"
	"time"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrOldConnection is returned when a connection does not know its row in the
// business's list, so that its reference cannot be replaced.
var ErrOldConnection = errors.New("consent: the connection does not know its row")

// Refer gives a connection another reference. The business finds it when it next
// looks, under a new key of the grant; where nothing is shared, when that
// begins. The caller saves the account.
func Refer(tx store.Tx, a *vault.Account, b organization.Business, s *vault.Service, reference string, now time.Time) error {
	if len(s.Openings) == 0 {
		return ErrOldConnection
	}
	tx.Essential() // it replaces what there is
	return refer(tx, a, b, s, reference, nil, now)
}

// Reissue gives a connection the reference of another code that its business has
// issued, with that code's opening. The row of the code before goes. The caller
// saves the account.
func Reissue(tx store.Tx, a *vault.Account, b organization.Business, s *vault.Service, reference string, opening []byte, now time.Time) error {
	return refer(tx, a, b, s, reference, [][]byte{opening}, now)
}

func refer(tx store.Tx, a *vault.Account, b organization.Business, s *vault.Service, reference string, openings [][]byte, now time.Time) error {
	if err := Settle(tx, a, now); err != nil {
		return err
	}
	g, err := inForce(tx, s, now)
	shared := err == nil
	if err != nil && !errors.Is(err, ErrNothing) {
		return err
	}
	g.moved(s)
	s.Reference, s.Openings, s.Moving = reference, append(s.Openings, openings...), true
	if !shared {
		return nil
	}
	return errors.Join(g.newKey(s), g.seal(s, b), g.put(tx, a, s))
}

// moved notes that the business has moved the user's row: it has adopted the
// grant that said so, which is now replaced.
func (g *grant) moved(s *vault.Service) {
	if g.Adopted != nil && s.Moving {
		s.Moving, s.Openings = false, s.Openings[len(s.Openings)-1:]
	}
	g.Adopted = nil
}
