package account

import (
	"errors"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrPaused is returned for what a paused account does not do.
var ErrPaused = errors.New("account: paused")

// LeaveDays are the days between asking for a deletion and the deletion.
const LeaveDays = 7

// Pause freezes an account without end: all sharing ends at once, and nothing is
// written by using it until GoOn. Its retirement stands. The caller saves the
// account and calls Reseal until done.
func Pause(tx store.Tx, a *vault.Account, now time.Time) error {
	if a.Data.Frozen == 0 {
		a.Data.Frozen = int(deadline.DayOf(now))
	}
	return consent.Drop(tx, a, now)
}

// Writable returns ErrPaused for an account that is paused.
func Writable(a *vault.Account) error {
	if a.Data.Frozen != 0 {
		return ErrPaused
	}
	return nil
}

// GoOn ends a pause. It is a use of the account; nothing is shared again by it.
// The caller saves the account.
func GoOn(tx store.Tx, a *vault.Account, lookup []byte, now time.Time) error {
	tx.Essential()
	a.Data.Frozen = 0
	_, err := Touch(tx, a, lookup, now)
	return err
}

// Leave asks for the deletion of an account LeaveDays from now, and returns the
// day. All sharing ends at once, every session ends, and from that day on the
// code opens nothing, whether or not a job has run. A login before it calls the
// deletion off. The caller saves the account.
func Leave(tx store.Tx, a *vault.Account, lookup []byte, now time.Time) (deadline.Day, error) {
	tx.Essential()
	rec, err := codeTable.Get(tx, lookup)
	if err != nil {
		return 0, err
	}
	rec.Account.Generation++ // who is logged in stays out, also after a login that calls it off
	day := deadline.DayOf(now) + LeaveDays
	a.Data.Leaving = true
	return day, errors.Join(
		codeTable.Put(tx, lookup, rec),
		consent.Drop(tx, a, now),
		endOn(tx, a, day, deadline.Deletion, lookup))
}

// CallOff is a login that calls a deletion off. A pause goes on, and nothing is
// shared again by it. It saves the account.
func CallOff(tx store.Tx, ring *keyring.Ring, ref Ref, now time.Time) error {
	a, err := resume(tx, ring, ref)
	if err != nil || !a.Data.Leaving {
		return err
	}
	tx.Essential()
	a.Data.Leaving = false
	if err := touch(tx, a, ref.Lookup, now); err != nil {
		return err
	}
	return a.Save(tx)
}
