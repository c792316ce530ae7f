// Package account is the life of an account: a code is issued, taken into use,
// opened at a login, and at the end deleted or retired.
//
//   - Under a code's lookup key rests either an issued code or an account, both
//     of one padded size. The code itself is stored nowhere.
//   - Unknown, lapsed, revoked, retired and deleted codes are one answer after
//     the same work.
//   - An account is made only when the welcome is finished, under the code then
//     chosen.
//   - "The access code will be active five (5) years after it was created or
//     last used": last use is kept by month only, and a code that is not used is
//     retired on a random day after that, never before. The user can see the
//     last day, and is told at a login that came late how near it was.
//   - A paused account shares nothing, and nothing is written by using it, for as
//     long as its owner likes; the five years go on. One whose deletion was asked
//     for is deleted after seven days, and any login before that calls it off.
//   - Deleting destroys the keys in one transaction; the records that nobody can
//     read any more follow in batches.
package account

import (
	"errors"
	"math/rand/v2"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const retirementYears = 5

var (
	// ErrUnknown is returned for every code that opens nothing, whatever the
	// reason.
	ErrUnknown = errors.New("account: the code opens nothing")
	// ErrEnded is returned by Resume when the session must end: the account was
	// deleted or is going to be, or its code changed.
	ErrEnded = errors.New("account: the session has ended")
	// ErrTaken is returned when a code is in use; for a fresh code it does not
	// happen.
	ErrTaken = errors.New("account: the code is in use")
)

// record is what rests under a lookup key.
type record struct {
	Issued  *issued  `json:"i,omitempty"`
	Account *account `json:"a,omitempty"`
}

// issued is a code that has not been taken into use.
type issued struct {
	Business  []byte       `json:"b"`
	Open      []byte       `json:"o"` // the record that must stand, or the code was revoked
	Reference []byte       `json:"r"` // sealed under the code
	UseBy     deadline.Day `json:"u"` // last day
}

type account struct {
	ID         []byte        `json:"i"`
	Generation int           `json:"g"`
	Master     vault.Wrapped `json:"m"`
}

// opening stands while an issued code may still be taken into use. Removing it
// revokes the code, without anybody having to know the code or whether it was
// used.
type opening struct {
	Deadline []byte `json:"d"`
}

var (
	codeTable = store.Table[record]{Bucket: "code"}
	openTable = store.Table[opening]{Bucket: "open"}
)

// Ref is what a session keeps to open its account again.
type Ref struct {
	Lookup     []byte
	ID         vault.ID
	Generation int
	Master     vault.Key
}

// Pending is an issued code whose welcome is not finished.
type Pending struct {
	Code      accesscode.Code
	Business  []byte
	Reference string
	open      []byte // key of its opening
}

// Found is what a code opens: an account, or an issued code.
type Found struct {
	Ref     Ref
	Account *vault.Account // nil for an issued code
	Pending *Pending       // nil for an account
}

// Find opens what a code is for, or ErrUnknown.
func Find(r store.Reader, ring *keyring.Ring, code accesscode.Code, now time.Time) (Found, error) {
	lookup := ring.Lookup(code)
	rec, err := codeTable.Get(r, lookup)
	if errors.Is(err, store.ErrNotFound) {
		rec, err = decoy(), nil
	}
	if err != nil {
		return Found{}, err
	}
	if rec.Issued != nil {
		return findIssued(r, ring, code, *rec.Issued, now)
	}
	id := vault.ID(rec.Account.ID)
	master, err := vault.Unwrap(ring, code, id, rec.Account.Master)
	if errors.Is(err, vault.ErrOpen) {
		// The decoy; its last step is done too, for the time it takes.
		_, _ = vault.Open(r, ring, id, vault.NewKey())
		vault.Rehearse(ring)
		return Found{}, ErrUnknown
	} else if err != nil {
		return Found{}, err
	}
	a, err := vault.Open(r, ring, id, master)
	if err != nil {
		return Found{}, err
	}
	if deadline.DayOf(now) >= deadline.KeyDay(a.Data.Retirement) {
		return Found{}, ErrUnknown
	}
	return Found{Ref: Ref{lookup, id, rec.Account.Generation, master}, Account: a}, nil
}

// decoy is an account that no code opens.
func decoy() record {
	id := vault.NewID()
	return record{Account: &account{ID: id[:], Master: vault.Wrapped{Salt: id[:], Key: make([]byte, 60)}}}
}

func findIssued(r store.Reader, ring *keyring.Ring, code accesscode.Code, i issued, now time.Time) (Found, error) {
	reference, err := referenceKey(ring, code).Open("code", i.Reference, i.Open)
	if err != nil {
		return Found{}, err
	}
	stands, err := i.stands(r, now)
	if err != nil {
		return Found{}, err
	} else if !stands {
		vault.Rehearse(ring)
		return Found{}, ErrUnknown
	}
	return Found{Pending: &Pending{code, i.Business, string(reference), i.Open}}, nil
}

// stands reports whether a code can still be taken into use. After its last day
// it looks where there is nothing, to take no longer than for a code that nobody
// issued.
func (i issued) stands(r store.Reader, now time.Time) (bool, error) {
	key := i.Open
	if deadline.DayOf(now) > i.UseBy {
		key = make([]byte, len(i.Open))
	}
	_, err := openTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Resume opens a session's account again; ErrEnded when there is no such
// account any more, its code was changed, or its deletion was asked for.
func Resume(r store.Reader, ring *keyring.Ring, ref Ref) (*vault.Account, error) {
	a, err := resume(r, ring, ref)
	if err == nil && a.Data.Leaving {
		return nil, ErrEnded
	}
	return a, err
}

func resume(r store.Reader, ring *keyring.Ring, ref Ref) (*vault.Account, error) {
	rec, err := codeTable.Get(r, ref.Lookup)
	if errors.Is(err, store.ErrNotFound) || err == nil && (rec.Account == nil || rec.Account.Generation != ref.Generation || vault.ID(rec.Account.ID) != ref.ID) {
		return nil, ErrEnded
	} else if err != nil {
		return nil, err
	}
	return vault.Open(r, ring, ref.ID, ref.Master)
}

// Touch keeps the month of the last use and moves the retirement. It reports
// whether the account changed; the caller saves it.
func Touch(tx store.Tx, a *vault.Account, lookup []byte, now time.Time) (changed bool, err error) {
	if !TouchDue(a, now) {
		return false, nil
	}
	return true, touch(tx, a, lookup, now)
}

func touch(tx store.Tx, a *vault.Account, lookup []byte, now time.Time) error {
	a.Data.UsedMonth = month(now)
	return endOn(tx, a, retirementDay(now), deadline.Retirement, lookup)
}

// endOn moves the deadline at which the account ends.
func endOn(tx store.Tx, a *vault.Account, day deadline.Day, kind deadline.Kind, lookup []byte) error {
	err := deadline.Remove(tx, a.Data.Retirement)
	if err != nil {
		return err
	}
	a.Data.Retirement, err = deadline.Put(tx, day, kind, lookup)
	return err
}

// TouchDue reports whether this is the first use in a calendar month.
func TouchDue(a *vault.Account, now time.Time) bool { return a.Data.UsedMonth < month(now) }

func month(t time.Time) int { return t.UTC().Year()*12 + int(t.UTC().Month()) - 1 }

// retirementDay is a random day of the month after the last month in which the
// five years can still be running.
func retirementDay(now time.Time) deadline.Day {
	y, m, _ := now.UTC().Date()
	from := deadline.DayOf(time.Date(y+retirementYears, m+1, 1, 0, 0, 0, 0, time.UTC))
	to := deadline.DayOf(time.Date(y+retirementYears, m+2, 1, 0, 0, 0, 0, time.UTC))
	return from + deadline.Day(rand.IntN(int(to-from)))
}

// Reseal moves a batch of registrations to the current keys after a withdrawal
// or an end, and reports whether another call is needed. It saves the account.
func Reseal(tx store.Tx, a *vault.Account) (more bool, err error) {
	if more, err = registration.Reseal(tx, a); err != nil {
		return false, err
	}
	if !more {
		if err := consent.Refresh(tx, a); err != nil {
			return false, err
		}
	}
	return more, a.Save(tx)
}

// Delete destroys an account: its keys, its grants and its place under the
// code, in one transaction. It returns the deadline by which its records must be
// gone; the caller goes on with Erase until done.
func Delete(tx store.Tx, a *vault.Account, lookup []byte, now time.Time) (due []byte, err error) {
	tx.Essential()
	if err := consent.Drop(tx, a, now); err != nil {
		return nil, err
	}
	if due, err = deadline.Put(tx, deadline.DayOf(now), deadline.Erasure, a.ID[:]); err != nil {
		return nil, err
	}
	return due, errors.Join(
		deadline.Remove(tx, a.Data.Retirement),
		codeTable.Delete(tx, lookup),
		vault.Remove(tx, a.Ring(), a.ID))
}

// Erase deletes a batch of the records of a deleted account and reports whether
// another call is needed. With the last one the deadline goes too.
func Erase(tx store.Tx, ring *keyring.Ring, id vault.ID, due []byte) (more bool, err error) {
	more, err = registration.Erase(tx, vault.NewScope(ring, id, nil), Categories)
	if err != nil || more {
		return more, err
	}
	return false, deadline.Remove(tx, due)
}

// Categories are the categories of registrations that there can be.
var Categories = []string{vault.Activity, vault.Mapping, vault.Programme}
