package consent

import (
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// State is what a user is told about sharing with one business.
type State struct {
	Service    *vault.Service
	Shared     bool
	Categories []string
	From       deadline.Day // of the grant or the last "yes"
	LastDay    deadline.Day // the last day of sharing, if nothing is answered
	Ask        bool         // 22 weeks have passed
	Insist     bool         // 25 weeks have passed
	Taken      bool         // the business has somebody else under this reference, and reads nothing
}

// Look returns the state of sharing with one business now.
func Look(r store.Reader, s *vault.Service, now time.Time) (State, error) {
	st := State{Service: s}
	if s.Grant == nil {
		return st, nil
	}
	g, err := get(r, s)
	if errors.Is(err, store.ErrNotFound) {
		return st, nil
	} else if err != nil {
		return st, err
	}
	st.From, st.LastDay = g.Day, g.Day+EndDays-1
	if !InForce(g.Day, now) {
		return st, nil
	}
	today := deadline.DayOf(now)
	st.Shared, st.Categories, st.Taken = true, s.Categories, g.Taken
	st.Ask, st.Insist = today >= g.Day+AskDays, today >= g.Day+InsistDays
	return st, nil
}

// Pending reports whether Settle has something to do.
func Pending(r store.Reader, a *vault.Account, now time.Time) (bool, error) {
	for _, s := range a.Data.Services {
		st, err := Look(r, s, now)
		if err != nil {
			return false, err
		}
		if s.Grant != nil && !st.Shared {
			return true, nil
		}
	}
	return a.Unsettled(), nil
}

// Settle makes the account obey the clock: a grant that has run out, or that a
// sweep or its service has deleted, ends here, and its categories get new keys.
// Every transaction that writes registrations calls it first, so that a session
// that is open when the clock runs out obeys too.
func Settle(tx store.Tx, a *vault.Account, now time.Time) error {
	for _, s := range a.Data.Services {
		why, err := over(tx, s, now)
		if err != nil {
			return err
		}
		if why == "" {
			continue
		}
		tx.Essential()
		g, err := get(tx, s)
		switch {
		case errors.Is(err, store.ErrNotFound):
			close(a, s, why, now)
			err = Refresh(tx, a)
		case err == nil:
			err = end(tx, a, s, g, why, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Expire deletes a grant whose clock has run out, without any key of the
// account: the account's next write or login does the rest. A grant that was
// renewed since, or is gone, is left alone.
func Expire(tx store.Tx, key []byte, now time.Time) error {
	g, err := table.Get(tx, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && InForce(g.Day, now) {
		return nil
	} else if err != nil {
		return err
	}
	return g.remove(tx, key)
}

// End deletes a grant without any key of the account, for an owner who has lost
// the code: the account's next write or login, if there ever is one, does the
// rest. A grant that is gone is left alone.
func End(tx store.Tx, key []byte) error {
	g, err := table.Get(tx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return g.remove(tx, key)
}

// remove deletes a grant with its deadline, and leaves the account to Settle.
func (g *grant) remove(tx store.Tx, key []byte) error {
	tx.Essential()
	return errors.Join(deadline.Remove(tx, g.Deadline), table.Delete(tx, key))
}

// Drop ends every grant of an account that is being paused or deleted.
func Drop(tx store.Tx, a *vault.Account, now time.Time) error {
	tx.Essential()
	return each(tx, a, func(s *vault.Service, g grant) error { return end(tx, a, s, g, "", now) })
}
