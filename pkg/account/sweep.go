package account

import (
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Lapse deletes an issued code that was not taken into use in time. A code that
// is in use, or whose last day has not passed, is left alone.
func Lapse(tx store.Tx, lookup []byte, now time.Time) error {
	rec, err := codeTable.Get(tx, lookup)
	if errors.Is(err, store.ErrNotFound) || err == nil && (rec.Issued == nil || deadline.DayOf(now) <= rec.Issued.UseBy) {
		return nil
	} else if err != nil {
		return err
	}
	tx.Essential()
	return errors.Join(openTable.Delete(tx, rec.Issued.Open), codeTable.Delete(tx, lookup))
}

// Retire deletes an account whose five years have passed, or the week after its
// owner asked for it, without any key of it: the caller has seen in the same
// transaction that the deadline stands, and it stands only as long as nobody
// has logged in. Its grants ended before. The records that nobody can read any
// more are entered for erasure.
func Retire(tx store.Tx, ring *keyring.Ring, lookup []byte, now time.Time) error {
	rec, err := codeTable.Get(tx, lookup)
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Account == nil {
		return nil
	} else if err != nil {
		return err
	}
	tx.Essential()
	if _, err := deadline.Put(tx, deadline.DayOf(now), deadline.Erasure, rec.Account.ID); err != nil {
		return err
	}
	return errors.Join(codeTable.Delete(tx, lookup), vault.Remove(tx, ring, vault.ID(rec.Account.ID)))
}
