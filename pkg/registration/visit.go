package registration

import (
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Visit is a day on which the account was used.
type Visit struct {
	At int64 `json:"t"` // the first visit of the day, seconds since 1970
}

// Visits is the summary of the activity category.
type Visits struct {
	Count int   `json:"n"`
	Last  int64 `json:"l"` // seconds since 1970
}

// Time is when the last visit began.
func (v Visits) Time() time.Time { return time.Unix(v.Last, 0).UTC() }

// VisitSummary reads the summary of the visits; it is empty when there is none
// or the scope does not cover activity.
func VisitSummary(r store.Reader, s vault.Scope) (Visits, error) {
	return readSummary[Visits](r, s, vault.Activity)
}

// VisitDue reports whether now is on another day than the last visit kept.
func VisitDue(r store.Reader, s vault.Scope, now time.Time) (bool, error) {
	v, err := VisitSummary(r, s)
	return v.Count == 0 || day(v.Time()) < day(now), err
}

// RecordVisit keeps the first visit of a day; the caller saves the account.
func RecordVisit(tx store.Tx, a *vault.Account, now time.Time) error {
	due, err := VisitDue(tx, a.Scope(), now)
	if err != nil || !due {
		return err
	}
	v, err := VisitSummary(tx, a.Scope())
	if err != nil {
		return err
	}
	if err := put(tx, a, vault.Activity, NewID(), Visit{now.Unix()}); err != nil {
		return err
	}
	return putSummary(tx, a, vault.Activity, Visits{v.Count + 1, now.Unix()})
}

// ListVisits returns the visits that the scope opens, oldest first.
func ListVisits(r store.Reader, s vault.Scope) ([]time.Time, error) {
	var out []time.Time
	for p, err := range all(r, s.Of(vault.Activity), false) {
		if err != nil {
			return nil, err
		}
		v, err := decode[Visit](p.data)
		if err != nil {
			return nil, err
		}
		out = append(out, time.Unix(v.At, 0).UTC())
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}

func day(t time.Time) int64 { return t.Unix() / 86400 }
