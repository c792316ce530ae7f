package registration

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Save stores a finished mapping under id, brings the summary up to date and
// drops the draft it came from. The caller saves the account. When id is taken
// the mapping was saved before: a form sent twice gives one registration.
func Save(tx store.Tx, a *vault.Account, id ID, m Mapping) error {
	key := regKey(a, id)
	if _, err := regTable.Get(tx, key); err == nil {
		return nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	home := a.Home(m.Instrument)
	sum, err := readSummary[Summary](tx, a.ScopeOf(vault.Mapping), home)
	if err != nil {
		return err
	}
	m.ID = id
	if err := errors.Join(put(tx, a, home, key, m), DropDraft(tx, a, m.Instrument)); err != nil {
		return err
	}
	if !sum.newest(m) { // a clock was set back
		return summariseAnew(tx, a, home)
	}
	sum.add(m)
	return putSummary(tx, a, home, sum)
}

// List returns the mappings that the scope opens, oldest first. To the owner
// a registration that does not open is an error.
func List(r store.Reader, s vault.Scope, owner bool) ([]Mapping, error) {
	var out []Mapping
	for p, err := range all(r, s, owner) {
		if err != nil {
			return nil, err
		}
		if vault.Base(p.opener.Category) != vault.Mapping {
			continue
		}
		m, err := decode[Mapping](p.data)
		if err != nil {
			return nil, err
		}
		m.ID = p.id
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Mapping) int {
		return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

// Get returns one mapping, or ErrNotFound.
func Get(r store.Reader, s vault.Scope, id ID) (Mapping, error) {
	m, err := one[Mapping](r, s, vault.Mapping, id)
	m.ID = id
	return m, err
}

// Correct replaces what the user recorded by m, which has the same id. What it
// replaces goes into the account's history; the caller saves the account.
func Correct(tx store.Tx, a *vault.Account, m Mapping, now time.Time) error {
	old, err := Get(tx, a.Scope(), m.ID)
	if err != nil {
		return err
	}
	if err := keep(tx, a, Replaced{Of: old.ID[:], Mapping: old}, now); err != nil {
		return err
	}
	m.At, m.Instrument, m.Corrected = old.At, old.Instrument, now.Unix()
	home := a.Home(m.Instrument)
	if err := put(tx, a, home, regKey(a, m.ID), m); err != nil {
		return err
	}
	return summariseAnew(tx, a, home)
}

// Delete removes a registration and what corrections of it replaced; the
// caller saves the account.
func Delete(tx store.Tx, a *vault.Account, id ID) error {
	m, err := Get(tx, a.Scope(), id)
	if err != nil {
		return err
	}
	tx.Essential()
	if err := regTable.Delete(tx, regKey(a, id)); err != nil {
		return err
	}
	if err := forget(tx, a, id); err != nil {
		return err
	}
	return summariseAnew(tx, a, a.Home(m.Instrument))
}
