package registration

import (
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Split makes mapping tools categories of their own, with their part of the
// summary; the registrations follow with Reseal. The caller sees to the grants
// and saves the account.
func Split(tx store.Tx, a *vault.Account, instruments []string) error {
	sum, err := readSummary[Summary](tx, a.Scope(), vault.Mapping)
	if err != nil {
		return err
	}
	a.Split(instruments)
	for _, instrument := range instruments {
		var part Summary
		if c := sum.Courses[instrument]; c != nil {
			part.Courses = map[string]*Course{instrument: c}
			delete(sum.Courses, instrument)
		}
		if err := putSummary(tx, a, vault.Tool(instrument), part); err != nil {
			return err
		}
	}
	return putSummary(tx, a, vault.Mapping, sum)
}

// Join puts tools that were split off, and their part of the summary, back among
// the others; the registrations follow with Reseal. The caller sees to the
// grants and saves the account.
func Join(tx store.Tx, a *vault.Account, instruments []string) error {
	sum, err := readSummary[Summary](tx, a.Scope(), vault.Mapping)
	if err != nil {
		return err
	}
	for _, instrument := range instruments {
		part, err := readSummary[Summary](tx, a.Scope(), vault.Tool(instrument))
		if err != nil {
			return err
		}
		sum.merge(part)
		if err := dropSummary(tx, a, vault.Tool(instrument)); err != nil {
			return err
		}
		a.Join(instrument)
	}
	return putSummary(tx, a, vault.Mapping, sum)
}

// home is the category that a registration belongs to now.
func (p plain) home(a *vault.Account) (string, error) {
	if vault.Base(p.opener.Category) != vault.Mapping {
		return p.opener.Category, nil
	}
	m, err := decode[Mapping](p.data)
	return a.Home(m.Instrument), err
}
