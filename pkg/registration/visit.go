package registration

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// VisitGap is how long nothing is asked for before what follows is another
// visit.
const VisitGap = 30 * time.Minute

// Visit is one stretch of use. System and Browser are for the account's owner
// alone: an overview leaves them out.
type Visit struct {
	ID      ID     `json:"-"`
	At      int64  `json:"t"`           // when it began, seconds since 1970
	Minutes int    `json:"m,omitempty"` // from the first request to the last that was noted, whole minutes
	System  string `json:"s,omitempty"` // family of operating systems; empty in visits from before it was kept
	Browser string `json:"b,omitempty"` // family of browsers
}

// NewVisit is a visit that begins now, under an id from crypto/rand.
func NewVisit(now time.Time) Visit { return Visit{ID: NewID(), At: now.Unix()} }

// Time is when the visit began.
func (v Visit) Time() time.Time { return time.Unix(v.At, 0).UTC() }

// end is the last moment that is known of the visit.
func (v Visit) end() time.Time { return v.Time().Add(time.Duration(v.Minutes) * time.Minute) }

// Visits is the summary of the activity category.
type Visits struct {
	Count   int    `json:"n"`
	Last    int64  `json:"l"`           // when the last visit began, seconds since 1970
	ID      []byte `json:"i,omitempty"` // of the last visit
	Minutes int    `json:"m,omitempty"` // of the last visit
	System  string `json:"s,omitempty"`
	Browser string `json:"b,omitempty"`
}

// Time is when the last visit began.
func (v Visits) Time() time.Time { return time.Unix(v.Last, 0).UTC() }

// last is the last visit itself; false when there is none whose id is known.
func (v Visits) last() (Visit, bool) {
	if len(v.ID) != len(ID{}) {
		return Visit{}, false
	}
	return Visit{ID(v.ID), v.Last, v.Minutes, v.System, v.Browser}, true
}

// set makes a visit the last one.
func (v *Visits) set(last Visit) {
	v.Last, v.ID, v.Minutes, v.System, v.Browser = last.At, last.ID[:], last.Minutes, last.System, last.Browser
}

// VisitSummary reads the summary of the visits; it is empty when there is none
// or the scope does not cover activity.
func VisitSummary(r store.Reader, s vault.Scope) (Visits, error) {
	return readSummary[Visits](r, s, vault.Activity)
}

// GoingOn returns the account's last visit when v only continues it: from the
// same families of system and browser, with no gap between. Otherwise v is a
// visit of its own.
func GoingOn(r store.Reader, s vault.Scope, v Visit) (Visit, bool, error) {
	sum, err := VisitSummary(r, s)
	last, known := sum.last()
	gap := v.Time().Sub(last.end())
	if err != nil || !known || last.System != v.System || last.Browser != v.Browser || v.At < last.At || gap >= VisitGap {
		return v, false, err
	}
	return last, true, nil
}

// RecordVisit keeps a visit that has begun; the caller saves the account. One
// that is kept already stays as it is.
func RecordVisit(tx store.Tx, a *vault.Account, v Visit) error {
	key := regKey(a, v.ID)
	if _, err := regTable.Get(tx, key); err == nil {
		return nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	sum, err := VisitSummary(tx, a.ScopeOf(vault.Activity))
	if err != nil {
		return err
	}
	if err := put(tx, a, vault.Activity, key, v); err != nil {
		return err
	}
	if sum.Count++; v.At >= sum.Last { // else a clock was set back
		sum.set(v)
	}
	return putSummary(tx, a, vault.Activity, sum)
}

// StretchVisit notes that a visit goes on until now; the caller saves the
// account. It never makes one shorter. ErrNotFound when its owner has deleted it
// meanwhile: it is not brought back.
func StretchVisit(tx store.Tx, a *vault.Account, id ID, now time.Time) error {
	v, err := visit(tx, a.ScopeOf(vault.Activity), id)
	if err != nil {
		return err
	}
	minutes := int(now.Sub(v.Time()) / time.Minute)
	if minutes <= v.Minutes {
		return nil
	}
	v.Minutes = minutes
	if err := put(tx, a, vault.Activity, regKey(a, id), v); err != nil {
		return err
	}
	sum, err := VisitSummary(tx, a.ScopeOf(vault.Activity))
	if last, _ := sum.last(); err != nil || last.ID != id {
		return err
	}
	sum.Minutes = minutes
	return putSummary(tx, a, vault.Activity, sum)
}

// ListVisits returns the visits that the scope opens, oldest first.
func ListVisits(r store.Reader, s vault.Scope) ([]Visit, error) {
	var out []Visit
	for p, err := range all(r, s.Of(vault.Activity), false) {
		if err != nil {
			return nil, err
		}
		v, err := decode[Visit](p.data)
		if err != nil {
			return nil, err
		}
		v.ID = p.id
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b Visit) int {
		return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

// DeleteVisit removes one visit, or returns ErrNotFound; the caller saves the
// account.
func DeleteVisit(tx store.Tx, a *vault.Account, id ID) error {
	if _, err := visit(tx, a.ScopeOf(vault.Activity), id); err != nil {
		return err
	}
	_, err := deleteVisits(tx, a, []Visit{{ID: id}})
	return err
}

// DeleteVisits removes up to Batch visits, the oldest first, and reports whether
// another call is needed; the caller saves the account.
func DeleteVisits(tx store.Tx, a *vault.Account) (more bool, err error) {
	list, err := ListVisits(tx, a.ScopeOf(vault.Activity))
	if err != nil {
		return false, err
	}
	left, err := deleteVisits(tx, a, list[:min(Batch, len(list))])
	return left > 0, err
}

// deleteVisits removes visits and builds the summary anew from those that are
// left, which it counts.
func deleteVisits(tx store.Tx, a *vault.Account, gone []Visit) (left int, err error) {
	tx.Essential()
	for _, v := range gone {
		if err := regTable.Delete(tx, regKey(a, v.ID)); err != nil {
			return 0, err
		}
	}
	list, err := ListVisits(tx, a.ScopeOf(vault.Activity))
	if err != nil {
		return 0, err
	}
	sum := Visits{Count: len(list)}
	if sum.Count > 0 {
		sum.set(list[sum.Count-1])
	}
	return sum.Count, putSummary(tx, a, vault.Activity, sum)
}

// visit reads one visit, or returns ErrNotFound.
func visit(r store.Reader, s vault.Scope, id ID) (Visit, error) {
	return one[Visit](r, s, vault.Activity, id)
}
