package account

import (
	"errors"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrUnsettled is returned by ChangeCode while records of an earlier change or
// withdrawal are still being moved; the caller calls Reseal first.
var ErrUnsettled = errors.New("account: an earlier change is not finished")

// ChangeCode puts an account under a new code: "gives you a new unique code,
// which the business does not have access to. The code you received from the
// Business will then become inactive/invalid for login." The master key and the
// keys of all categories and grants are new, so that the old code with an old
// copy of the files opens nothing that the store holds once Reseal is done.
// Every other session of the account ends at its next request. It returns what
// this session goes on with; the caller saves the account and calls Reseal.
func ChangeCode(tx store.Tx, a *vault.Account, ref Ref, code accesscode.Code) (Ref, error) {
	if a.Unsettled() {
		return Ref{}, ErrUnsettled
	}
	tx.Essential()
	ring := a.Ring()
	lookup := ring.Lookup(code)
	if err := free(tx, lookup); err != nil {
		return Ref{}, err
	}
	before := a.Rekey()
	if err := errors.Join(registration.MoveDrafts(tx, a, before), consent.Rekey(tx, a)); err != nil {
		return Ref{}, err
	}
	if err := endOn(tx, a, deadline.KeyDay(a.Data.Retirement), deadline.Retirement, lookup); err != nil {
		return Ref{}, err
	}
	a.Data.KnownTo = nil
	generation := ref.Generation + 1
	return Ref{lookup, a.ID, generation, a.Master}, errors.Join(
		codeTable.Delete(tx, ref.Lookup),
		codeTable.Put(tx, lookup, record{Account: &account{a.ID[:], generation, a.Wrap(code)}}))
}
