// Package overview is what a professional may see: references, and behind those
// that are shared, what their owners share. Rows are built field by field from
// the summaries; nothing is read before its audit entry is committed, and a
// reference that is not shared looks the same whatever the reason: never used,
// never shared, withdrawn, run out or deleted.
package overview

import (
	"bytes"
	"errors"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrNotShared is returned for a reference of the caseload that is not shared.
var ErrNotShared = errors.New("overview: not shared")

// Viewer is a professional with the business's keys.
type Viewer struct {
	Professional organization.Professional
	Business     organization.Business
	Keys         *organization.Keys
	Ring         *keyring.Ring
}

// Row is one reference of the caseload.
type Row struct {
	Issued   organization.Issued
	Shared   bool
	LastDay  deadline.Day // the last day of sharing
	Active   deadline.Day // last day of use; 0 when that is not shared
	Summary  registration.Summary
	Programs registration.Programs
	New      bool // a mapping or an answer in a programme came since the professional last looked
}

// Announce commits the audit entry for reading the overview, at most one for
// each professional and day, and notes when the professional looked last. It
// returns the professional as stored.
func (v *Viewer) Announce(tx store.Tx, now time.Time) error {
	p, err := organization.ProfessionalByID(tx, v.Professional.ID)
	if err != nil {
		return err
	}
	today := deadline.DayOf(now)
	if p.Looked == today {
		v.Professional = p
		return nil
	}
	if err := organization.CheckOpen(tx, p.Business); err != nil {
		return err
	}
	tx.Essential() // a full store does not keep anybody from reading
	p.LookedBefore, p.Looked = p.Looked, today
	v.Professional = p
	return errors.Join(
		v.log().Record(tx, v.entry(audit.Overview, now)),
		organization.SaveProfessional(tx, p))
}

// Open returns the rows of the professional's caseload, sorted by reference,
// and the grants that should be adopted in an Update of their own.
func (v *Viewer) Open(r store.Reader, now time.Time) ([]Row, []consent.Opened, error) {
	shared := map[string]consent.Opened{}
	var stale []consent.Opened
	for o, err := range consent.OpenAll(r, v.Ring, v.Keys, now) {
		if err != nil {
			return nil, nil, err
		}
		shared[o.Reference] = o
		if o.Stale() {
			stale = append(stale, o)
		}
	}
	list, err := organization.IssuedList(r, v.Ring, v.Keys)
	if err != nil {
		return nil, nil, err
	}
	var rows []Row
	for _, i := range list {
		if i.Archived || !i.Sees(v.Professional, v.Business.Team, deadline.DayOf(now)) {
			continue
		}
		row := Row{Issued: i}
		if o, ok := shared[i.Reference]; ok && v.reads(i, o, now) {
			if err := v.fill(r, &row, o); err != nil {
				return nil, nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, stale, nil
}

// reads reports whether the professional may read a grant of a reference that
// they see: it is in their caseload, or its user was told that all may read.
// Switching a business to team does not widen what was agreed before.
func (v *Viewer) reads(i organization.Issued, o consent.Opened, now time.Time) bool {
	return i.Sees(v.Professional, o.Team && v.Business.Team, deadline.DayOf(now))
}

// fill adds what is shared to a row.
func (v *Viewer) fill(r store.Reader, row *Row, o consent.Opened) error {
	var err error
	row.Shared, row.LastDay = true, o.LastDay
	if row.Summary, err = registration.Summarise(r, o.Scope); err != nil {
		return err
	}
	if row.Programs, err = registration.ProgramSummary(r, o.Scope); err != nil {
		return err
	}
	visits, err := registration.VisitSummary(r, o.Scope)
	if err != nil {
		return err
	}
	if visits.Count > 0 {
		row.Active = deadline.DayOf(visits.Time())
	}
	row.New = row.since(v.Professional.LookedBefore)
	return nil
}

// since reports whether a mapping or an answer in a programme came on a day or
// after it.
func (row *Row) since(day deadline.Day) bool {
	for _, c := range row.Summary.Courses {
		if deadline.DayOf(c.Last.Changed()) >= day {
			return true
		}
	}
	for _, c := range row.Programs.Courses {
		if c.Answered > 0 && deadline.DayOf(time.Unix(c.Answered, 0)) >= day {
			return true
		}
	}
	return false
}

// Person is what one user shares.
type Person struct {
	Issued     organization.Issued
	From       deadline.Day
	LastDay    deadline.Day
	Categories []string
	Summary    registration.Summary
	Mappings   []registration.Mapping
	Visits     []Use          // oldest first
	Sent       []consent.Sent // by professionals, newest last
	Exercises  []registration.Exercise
	Programs   registration.Programs
}

// Use is a visit as a professional sees it: when and how long, not from which
// machine.
type Use struct {
	At      time.Time // when it began
	Minutes int
}

// Uses are visits as a professional sees them.
func Uses(visits []registration.Visit) []Use {
	var out []Use
	for _, v := range visits {
		out = append(out, Use{v.Time(), v.Minutes})
	}
	return out
}

// Find returns the grant behind a reference of the caseload, or ErrNotShared,
// together with the row of the business's list. For a reference that is unknown
// or in another caseload it is organization.ErrNotFound.
func (v *Viewer) Find(r store.Reader, reference string, now time.Time) (organization.Issued, consent.Opened, error) {
	i, err := organization.IssuedByReference(r, v.Ring, v.Keys, reference)
	if errors.Is(err, organization.ErrNotFound) || err == nil && !i.Sees(v.Professional, v.Business.Team, deadline.DayOf(now)) {
		return organization.Issued{}, consent.Opened{}, organization.ErrNotFound
	} else if err != nil {
		return i, consent.Opened{}, err
	}
	for o, err := range consent.OpenAll(r, v.Ring, v.Keys, now) {
		if err != nil {
			return i, o, err
		}
		if o.Reference == reference && v.reads(i, o, now) {
			return i, o, nil
		}
	}
	return i, consent.Opened{}, ErrNotShared
}

// Record commits the audit entry for opening one person; organization.ErrClosed
// when the business has been closed since.
func (v *Viewer) Record(tx store.Tx, what string, o consent.Opened, now time.Time) error {
	if err := organization.CheckOpen(tx, v.Business.ID); err != nil {
		return err
	}
	tx.Essential()
	e := v.entry(what, now)
	e.Grant = o.ID
	return v.log().Record(tx, e)
}

// Person reads what one user shares with the grant that Record has written
// down; ErrNotShared when it has been withdrawn since.
func (v *Viewer) Person(r store.Reader, recorded consent.Opened, now time.Time) (Person, error) {
	i, o, err := v.Find(r, recorded.Reference, now)
	if err == nil && !bytes.Equal(o.ID, recorded.ID) {
		err = ErrNotShared
	}
	if err != nil {
		return Person{Issued: i}, err
	}
	p := Person{Issued: i, From: o.From, LastDay: o.LastDay, Categories: o.Categories, Sent: o.Sent}
	if p.Summary, err = registration.Summarise(r, o.Scope); err != nil {
		return p, err
	}
	if p.Mappings, err = registration.List(r, o.Scope.Of(vault.Mapping), false); err != nil {
		return p, err
	}
	if p.Exercises, err = registration.Exercises(r, o.Scope); err != nil {
		return p, err
	}
	if p.Programs, err = registration.ProgramSummary(r, o.Scope); err != nil {
		return p, err
	}
	visits, err := registration.ListVisits(r, o.Scope)
	p.Visits = Uses(visits)
	return p, err
}

// Log is the business's audit chain.
func (v *Viewer) log() audit.Log { return audit.For(v.Ring, v.Business.ID[:]) }

// entry is an audit entry by this professional.
func (v *Viewer) entry(what string, now time.Time) audit.Entry {
	role := "professional"
	if v.Professional.Super {
		role = "super user"
	}
	return audit.Entry{Day: deadline.DayOf(now), Who: v.Professional.ID[:], Role: role, What: what}
}
