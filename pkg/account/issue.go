package account

import (
	"bytes"
	"errors"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Issue stores a fresh code for a business, usable through the day useBy, and
// returns the key of its opening, which is what Revoke takes. The reference is
// sealed under the code: without it nobody can tell which reference is whose.
func Issue(tx store.Tx, ring *keyring.Ring, code accesscode.Code, business organization.ID, reference string, useBy deadline.Day) ([]byte, error) {
	lookup := ring.Lookup(code)
	if err := free(tx, lookup); err != nil {
		return nil, err
	}
	id := vault.NewID()
	due, err := deadline.Put(tx, useBy+1, deadline.CodeLapses, lookup)
	if err != nil {
		return nil, err
	}
	sealed := referenceKey(ring, code).Seal("code", []byte(reference), id[:])
	return id[:], errors.Join(
		openTable.Put(tx, id[:], opening{due}),
		codeTable.Put(tx, lookup, record{Issued: &issued{business[:], id[:], sealed, useBy}}))
}

// Revoke makes an issued code useless if it has not been taken into use, and
// does nothing otherwise. It does not tell which.
func Revoke(tx store.Tx, open []byte) error {
	tx.Essential()
	return openTable.Delete(tx, open)
}

// Start is what a new account is made of.
type Start struct {
	Code     accesscode.Code // the account's code
	Pending  *Pending        // the issued code it comes from, if any
	Language string
	Policy   string // version of the privacy statement that is in force, a date
}

// Create makes an account under a code: the user's own, or the issued one that
// they keep. An issued code dies as a login when another one takes its place.
// The caller shares what was chosen and saves the account.
func Create(tx store.Tx, ring *keyring.Ring, s Start, now time.Time) (*vault.Account, Ref, error) {
	a := vault.New(ring)
	a.Data.Language, a.Data.Policy = s.Language, s.Policy
	if s.Pending != nil {
		if err := takeIntoUse(tx, ring, a, s, now); err != nil {
			return nil, Ref{}, err
		}
	}
	lookup := ring.Lookup(s.Code)
	if err := free(tx, lookup); err != nil {
		return nil, Ref{}, err
	}
	if _, err := Touch(tx, a, lookup, now); err != nil {
		return nil, Ref{}, err
	}
	const generation = 1
	err := codeTable.Put(tx, lookup, record{Account: &account{a.ID[:], generation, a.Wrap(s.Code)}})
	return a, Ref{lookup, a.ID, generation, a.Master}, err
}

// takeIntoUse ends an issued code and connects the account to its business, if
// that still uses the service. Whoever has handed out a code may have kept it,
// closed or not.
func takeIntoUse(tx store.Tx, ring *keyring.Ring, a *vault.Account, s Start, now time.Time) error {
	pending, err := use(tx, ring, s.Pending.Code, now)
	if err != nil {
		return err
	}
	b, err := organization.BusinessByID(tx, organization.ID(pending.Business))
	if err != nil {
		return err
	}
	if b.Closed == 0 {
		connected(a, pending)
	}
	if s.Code == s.Pending.Code {
		a.Data.KnownTo = pending.Business
	}
	return nil
}

// use ends an issued code as a login and returns what it was for; ErrUnknown
// for every code that is none, also those of accounts.
func use(tx store.Tx, ring *keyring.Ring, code accesscode.Code, now time.Time) (*Pending, error) {
	found, err := Find(tx, ring, code, now)
	if err != nil {
		return nil, err
	}
	if found.Pending == nil {
		return nil, ErrUnknown
	}
	o, err := openTable.Get(tx, found.Pending.open)
	if err != nil {
		return nil, err
	}
	return found.Pending, errors.Join(
		deadline.Remove(tx, o.Deadline),
		openTable.Delete(tx, found.Pending.open),
		codeTable.Delete(tx, ring.Lookup(code)))
}

// CountUnused counts the codes of a business that can still be taken into use.
// It reads all codes.
func CountUnused(r store.Reader, business organization.ID, now time.Time) (n int, err error) {
	for row, err := range codeTable.Range(r, []byte{0}, nil) {
		if err != nil {
			return 0, err
		}
		i := row.Value.Issued
		if i == nil || !bytes.Equal(i.Business, business[:]) || deadline.DayOf(now) > i.UseBy {
			continue
		}
		if _, err := openTable.Get(r, i.Open); err == nil {
			n++
		} else if !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
	}
	return n, nil
}

// free refuses a lookup key that is in use.
func free(r store.Reader, lookup []byte) error {
	_, err := codeTable.Get(r, lookup)
	switch {
	case err == nil:
		return ErrTaken
	case errors.Is(err, store.ErrNotFound):
		return nil
	}
	return err
}

func referenceKey(ring *keyring.Ring, code accesscode.Code) vault.Key {
	return vault.DeriveKey(ring.Pepper("code", code.Data()), nil, "reference-v1")
}
