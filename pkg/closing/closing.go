// Package closing ends a business's use of the service.
//
//   - From the first transaction on nobody can read anything there: the
//     business is marked as closed, and every opening of a grant, every login
//     and every request of its people looks at the mark. This is day 1.
//   - What follows in batches: the grants, the people with their addresses and
//     keys, links, the list of references, and the entries of the audit log with
//     their salts. The log's hashes stay, and the name with the day of the end,
//     so that users can be told.
//   - "Personal data registered will be deleted continuously" at the end: a
//     deadline stands until nothing is left, so what a crash interrupts is
//     finished by the next sweep. Deleted bytes are out of reach when the
//     database has been compacted and the backups have run out, by day 28.
//   - Accounts are not touched: what users have written is theirs. Codes that
//     were handed out and not used still work, for accounts without a service.
package closing

import (
	"errors"
	"time"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// Counts are what a business has.
type Counts struct {
	Professionals int
	Grants        int // in force
	Unused        int // codes that can still be taken into use
}

// Count counts what a business has.
func Count(r store.Reader, ring *keyring.Ring, id organization.ID, now time.Time) (Counts, error) {
	people, first := organization.Professionals(r, ring, id)
	grants, second := consent.Count(r, ring, id, now)
	unused, third := account.CountUnused(r, id, now)
	return Counts{len(people), grants, unused}, errors.Join(first, second, third)
}

// Begin closes a business and writes into its log by whom. One that is closed
// already stays as it is. The caller goes on with Step until done.
func Begin(tx store.Tx, ring *keyring.Ring, id organization.ID, who string, now time.Time) error {
	b, err := organization.BusinessByID(tx, id)
	if err != nil || b.Closed > 0 {
		return err
	}
	tx.Essential()
	today := deadline.DayOf(now)
	return errors.Join(
		audit.For(ring, id[:]).Record(tx, audit.Entry{Day: today, Name: who, Role: "operator", What: audit.Operator, Text: "business close"}),
		organization.MarkClosed(tx, id, today))
}

// Step deletes a batch of what a closed business has, and reports whether
// another call is needed. organization.ErrForbidden for one that is not closed.
func Step(tx store.Tx, ring *keyring.Ring, id organization.ID) (more bool, err error) {
	b, err := organization.BusinessByID(tx, id)
	if err != nil {
		return false, err
	}
	if b.Closed == 0 {
		return false, organization.ErrForbidden
	}
	tx.Essential()
	for _, batch := range []func() (int, error){
		func() (int, error) { return consent.EndAll(tx, ring, id) },
		func() (int, error) { return organization.Shred(tx, ring, id) },
		func() (int, error) { return audit.For(ring, id[:]).Shred(tx) },
	} {
		if n, err := batch(); err != nil || n > 0 {
			return true, err
		}
	}
	return false, organization.Shrink(tx, b)
}
