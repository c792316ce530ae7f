package consent

import (
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Opened is a grant as its business reads it.
type Opened struct {
	ID         []byte // storage key
	Reference  string // empty until Adopt has moved the business's row to it
	From       deadline.Day
	LastDay    deadline.Day
	Scope      vault.Scope // what is shared
	Categories []string
	Team       bool   // the user was told that every professional there can read
	Sent       []Sent // newest last
	stale      bool   // not yet under the business's newest symmetric key
	grant      grant
	secret     secret
	ring       *keyring.Ring
}

// Stale reports whether the grant should be adopted.
func (o Opened) Stale() bool { return o.stale }

// Moves reports whether adopting the grant gives a row of the business's list
// another reference.
func (o Opened) Moves() bool { return o.secret.Openings != nil }

// OpenAll yields the grants of a business that are in force now; none for one
// that is closed.
func OpenAll(r store.Reader, ring *keyring.Ring, keys *organization.Keys, now time.Time) iter.Seq2[Opened, error] {
	return openEach(r, ring, keys, func(g grant) bool { return !g.Taken && InForce(g.Day, now) })
}

// OpenNew yields those of them that the business has not adopted since their
// users last changed them.
func OpenNew(r store.Reader, ring *keyring.Ring, keys *organization.Keys, now time.Time) iter.Seq2[Opened, error] {
	return openEach(r, ring, keys, func(g grant) bool { return g.Adopted == nil && !g.Taken && InForce(g.Day, now) })
}

func openEach(r store.Reader, ring *keyring.Ring, keys *organization.Keys, wanted func(grant) bool) iter.Seq2[Opened, error] {
	return func(yield func(Opened, error) bool) {
		if b, err := organization.BusinessByID(r, keys.Business); err != nil {
			yield(Opened{}, err)
			return
		} else if b.Closed > 0 {
			return
		}
		for row, err := range table.Prefix(r, ring.Index("grant", keys.Business[:])) {
			if err == nil && !wanted(row.Value) {
				continue
			}
			var o Opened
			if err == nil {
				o, err = open(ring, keys, slices.Clone(row.Key), row.Value)
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// open reads a grant with the business's keys.
func open(ring *keyring.Ring, keys *organization.Keys, key []byte, g grant) (Opened, error) {
	o := Opened{ID: key, From: g.Day, LastDay: g.Day + EndDays - 1, Team: g.Team, grant: g, ring: ring,
		stale: g.Adopted == nil || g.Generation != keys.Generation}
	var plain []byte
	var err error
	if g.Adopted != nil {
		plain, err = keys.Open("grant", g.Generation, g.Adopted, key)
	} else {
		plain, err = keys.Unwrap(g.Wrap)
	}
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(plain, &o.secret); err != nil {
		return o, errors.New("grant record does not decode")
	}
	if !o.Moves() {
		o.Reference = o.secret.Reference
	}
	if o.Sent, err = g.sent(o.secret.Key, key); err != nil {
		return o, err
	}
	o.Scope, o.Categories, err = shared(ring, o.secret.Key, key, g)
	return o, err
}

// shared opens the category keys that a grant hands out.
func shared(ring *keyring.Ring, raw, key []byte, g grant) (vault.Scope, []string, error) {
	gk, err := vault.KeyFrom(raw)
	if err != nil {
		return vault.Scope{}, nil, err
	}
	plain, err := gk.Open("grant", g.Keys, key)
	if err != nil {
		return vault.Scope{}, nil, err
	}
	var list []categoryKey
	if err := json.Unmarshal(plain, &list); err != nil {
		return vault.Scope{}, nil, errors.New("grant record does not decode")
	}
	var openers []vault.Opener
	var names []string
	for _, c := range list {
		k, err := vault.KeyFrom(c.Key)
		if err != nil {
			return vault.Scope{}, nil, err
		}
		openers = append(openers, vault.Opener{Category: c.Category, Version: c.Version, Key: k})
		if !slices.Contains(names, c.Category) {
			names = append(names, c.Category)
		}
	}
	return vault.NewScope(ring, vault.ID(g.Account), openers), names, nil
}

// Adopt keeps the secrets of up to 256 grants that the business has opened
// under its symmetric key, in place of the age file, which takes a hundred
// times as long to open. Where the user has a new reference, the row of the
// business's list moves to it. Grants that have changed since are left alone.
func Adopt(tx store.Tx, keys *organization.Keys, opened []Opened) error {
	var m *organization.Mover
	for _, o := range opened {
		g, err := table.Get(tx, o.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		if !slices.Equal(g.Wrap, o.grant.Wrap) || !slices.Equal(g.Adopted, o.grant.Adopted) {
			continue
		}
		if o.Moves() && m == nil {
			if m, err = organization.NewMover(tx, o.ring, keys); err != nil {
				return err
			}
		}
		if err := o.adopt(tx, keys, m, &g); err != nil {
			return err
		}
		if err := table.Put(tx, o.ID, g); err != nil {
			return err
		}
	}
	return nil
}

// adopt changes the grant's record. A reference that is somebody else's at the
// business is never used: the grant stays unread until its user has another.
func (o Opened) adopt(tx store.Tx, keys *organization.Keys, m *organization.Mover, g *grant) error {
	if o.Moves() {
		tx.Essential() // the user's reference is no new content
		err := m.Move(tx, o.secret.Openings, o.secret.Reference)
		if errors.Is(err, organization.ErrReferenceTaken) {
			g.Taken = true
			return nil
		} else if err != nil {
			return err
		}
	}
	plain, err := json.Marshal(secret{Key: o.secret.Key, Reference: o.secret.Reference})
	if err != nil {
		return err
	}
	g.Wrap, g.Generation = nil, keys.Generation
	g.Adopted = keys.Current().Seal("grant", plain, o.ID)
	return nil
}
