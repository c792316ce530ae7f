package consent

import (
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Why a grant ended though its user did not end it.
const (
	Unanswered = "unanswered" // the question was not answered within 26 weeks
	ByService  = "service"    // the grant was gone before its clock had run out
)

// over returns why a service's grant has ended by now without its user; it is
// empty while the grant is in force and when there is none.
func over(r store.Reader, s *vault.Service, now time.Time) (string, error) {
	if s.Grant == nil {
		return "", nil
	}
	g, err := get(r, s)
	gone := errors.Is(err, store.ErrNotFound)
	switch {
	case gone && InForce(deadline.Day(s.Yes), now):
		return ByService, nil
	case gone, err == nil && !InForce(g.Day, now):
		return Unanswered, nil
	}
	return "", err
}

// LastDay is the day through which a grant has been in force by now.
func LastDay(s *vault.Service, now time.Time) deadline.Day {
	return min(deadline.DayOf(now), deadline.Day(s.Yes)+EndDays-1)
}

// past is what the account keeps of a grant that has ended: now, or on the last
// day of its clock when that came first and nobody noticed.
func past(s *vault.Service, why string, now time.Time) vault.Past {
	return vault.Past{Grant: s.Grant, From: s.Since, To: int(LastDay(s, now)), Categories: slices.Clone(s.Categories), Why: why}
}

// Untold returns the end of sharing with a service that its user did not ask
// for and has not been told of, also one that no write has settled yet; false
// when there is none.
func Untold(r store.Reader, s *vault.Service, now time.Time) (vault.Past, bool, error) {
	why, err := over(r, s, now)
	if err != nil || why != "" {
		return past(s, why, now), err == nil, err
	}
	if n := len(s.Past); n > 0 && s.Past[n-1].Why != "" && !s.Past[n-1].Seen {
		return s.Past[n-1], true, nil
	}
	return vault.Past{}, false, nil
}

// Understood notes that the user knows of every end of sharing with a service
// through a day. The clock is settled first; the caller saves the account.
func Understood(tx store.Tx, a *vault.Account, s *vault.Service, through deadline.Day, now time.Time) error {
	if err := Settle(tx, a, now); err != nil {
		return err
	}
	understand(s, through)
	return nil
}

func understand(s *vault.Service, through deadline.Day) {
	for i, p := range s.Past {
		s.Past[i].Seen = p.Seen || p.Why != "" && deadline.Day(p.To) <= through
	}
}
