package overview

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Look is one reading of what a user shared: a person page names its grant, an
// overview means all grants in force on that day.
type Look struct {
	Day      deadline.Day
	Business string
	Who      string // empty when the professional's data has been deleted
	What     string
}

// Looked returns who has looked at what an account shares or has shared,
// newest first. The account knows its grants; the audit log knows no account.
func Looked(r store.Reader, a *vault.Account, now time.Time) ([]Look, error) {
	var out []Look
	for _, s := range a.Data.Services {
		spans := slices.Clone(s.Past)
		if s.Grant != nil {
			spans = append(spans, vault.Past{Grant: s.Grant, From: s.Since, To: int(consent.LastDay(s, now))})
		}
		if len(spans) == 0 {
			continue
		}
		looks, err := looked(r, a, organization.ID(s.Business), spans, max(deadline.Day(spans[0].From), audit.Kept(now)))
		if err != nil {
			return nil, err
		}
		out = append(out, looks...)
	}
	slices.SortStableFunc(out, func(a, b Look) int { return int(b.Day - a.Day) })
	return out, nil
}

// looked joins the grants that a business had with its audit log from a day on.
func looked(r store.Reader, a *vault.Account, business organization.ID, spans []vault.Past, from deadline.Day) ([]Look, error) {
	b, err := organization.BusinessByID(r, business)
	if err != nil {
		return nil, err
	}
	var out []Look
	for e, err := range audit.For(a.Ring(), business[:]).Entries(r, from) {
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(spans, func(p vault.Past) bool { return concerns(e, p) })
		if i < 0 {
			continue
		}
		if e.What == audit.End { // nobody has looked after that, though the account learns of it later
			spans[i].To = int(e.Day)
		}
		who, err := NameOf(r, e.Who)
		if err != nil {
			return nil, err
		}
		out = append(out, Look{e.Day, b.Name, who, e.What})
	}
	return out, nil
}

// concerns reports whether an entry is about a grant.
func concerns(e audit.Entry, p vault.Past) bool {
	if e.What == audit.Overview {
		return int(e.Day) >= p.From && int(e.Day) <= p.To
	}
	return e.Grant != nil && bytes.Equal(e.Grant, p.Grant)
}

// NameOf is the name of a professional; empty when their data has been deleted.
func NameOf(r store.Reader, id []byte) (string, error) {
	if len(id) != len(organization.ID{}) {
		return "", nil
	}
	p, err := organization.ProfessionalByID(r, organization.ID(id))
	if errors.Is(err, organization.ErrNotFound) {
		return "", nil
	}
	return p.Name, err
}
