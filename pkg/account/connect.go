package account

import (
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Connect makes an issued code that nobody has taken into use a connection of an
// account; the code dies as a login. Nothing is shared by it. A business that
// the account is connected with already goes on under the code's reference.
// ErrUnknown for every other code, also those of accounts and of a business that
// no longer uses the service. The caller saves the account.
func Connect(tx store.Tx, a *vault.Account, code accesscode.Code, now time.Time) (*vault.Service, error) {
	pending, err := use(tx, a.Ring(), code, now)
	if err != nil {
		return nil, err
	}
	b, err := organization.BusinessByID(tx, organization.ID(pending.Business))
	if err != nil {
		return nil, err
	}
	if b.Closed > 0 {
		return nil, ErrUnknown
	}
	if s := consent.Service(a, b.ID); s != nil {
		return s, consent.Reissue(tx, a, b, s, pending.Reference, pending.open, now)
	}
	return connected(a, pending), nil
}

// connected adds the business of a code that was used to the account.
func connected(a *vault.Account, p *Pending) *vault.Service {
	s := consent.Connect(a, organization.ID(p.Business), p.Reference)
	s.Openings = [][]byte{p.open}
	return s
}
