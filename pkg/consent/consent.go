// Package consent keeps a user's permission for a business to read chosen
// categories, and its clock.
//
//   - Nothing is shared until the user says so, category by category.
//   - After 22 weeks the user is asked whether the follow-up goes on. "If you do
//     not make a choice within 26 weeks, your data will not be available to the
//     Business." Only sharing from nothing, or "yes", starts the clock.
//   - Reading is refused from the moment the clock says so, whether or not any
//     job has run, and every write obeys in its own transaction.
//   - From the moment a business is closed, none of its grants is in force,
//     whether or not it has been deleted yet.
//   - Withdrawing is not a flag: the category gets a new key that the business
//     never had, and the grant is deleted or replaced whole.
//   - A mapping tool can be shared by itself: it is a category of its own then,
//     and whoever may read the others holds no key that opens it.
//   - A professional can end it for an owner who has lost the code and cannot;
//     nobody but the user can begin it.
//   - An end that the user did not ask for is told to them once, whether a job
//     or the user's own login noticed it.
//   - What a professional sends to a user lies in the grant under its key, and
//     goes with it.
//   - To the business the reason of an end is never visible: a reference is
//     shared or not shared.
package consent

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Days after the grant or the last "yes" (day 0).
const (
	AskDays    = 22 * 7 // the question is asked from this day
	InsistDays = 25 * 7 // the question has a page of its own from this day
	EndDays    = 26 * 7 // sharing has ended from this day; the day before is the last
)

var (
	// ErrNothing is returned when there is nothing to continue or withdraw.
	ErrNothing = errors.New("consent: nothing is shared")
	// ErrJoined is returned for a mapping tool that is not shared by itself.
	ErrJoined = errors.New("consent: the tool is shared together with the others")
)

// grant is the stored permission.
type grant struct {
	Account    []byte       `json:"a"`
	Day        deadline.Day `json:"d"` // of the grant or the last "yes"
	Deadline   []byte       `json:"x"`
	Wrap       []byte       `json:"w,omitempty"` // age(business, secret), until the business has opened it
	Generation int          `json:"g,omitempty"` // of the key that Adopted is under
	Adopted    []byte       `json:"o,omitempty"` // AEAD(K_b, secret)
	Keys       []byte       `json:"k"`           // AEAD(grant key, category keys)
	Team       bool         `json:"t,omitempty"` // the user was told that every professional there can read
	Sent       []byte       `json:"s,omitempty"` // AEAD(grant key, what professionals have sent the user)
	Taken      bool         `json:"z,omitempty"` // the reference is another's at the business: nothing is read until the user has a new one
}

// secret is what only the business may open: the grant's key, whose reference
// it is, and, when the user has a new one, the openings by which the business
// finds the user's rows to move.
type secret struct {
	Key       []byte   `json:"k"`
	Reference string   `json:"r"`
	Openings  [][]byte `json:"o,omitempty"`
}

// categoryKey is one version of a shared category's key.
type categoryKey struct {
	Category string `json:"c"`
	Version  int    `json:"v"`
	Key      []byte `json:"k"`
}

var table = store.Table[grant]{Bucket: "grant"}

// InForce reports whether a grant or "yes" of a day still holds now.
func InForce(day deadline.Day, now time.Time) bool {
	return deadline.DayOf(now) < day+EndDays
}

// inForce returns a service's grant, or ErrNothing when there is none in force.
func inForce(r store.Reader, s *vault.Service, now time.Time) (grant, error) {
	if s.Grant == nil {
		return grant{}, ErrNothing
	}
	g, err := get(r, s)
	if errors.Is(err, store.ErrNotFound) || err == nil && !InForce(g.Day, now) {
		return grant{}, ErrNothing
	}
	return g, err
}

// Service returns the account's connection to a business; nil when there is
// none.
func Service(a *vault.Account, business organization.ID) *vault.Service {
	for _, s := range a.Data.Services {
		if bytes.Equal(s.Business, business[:]) {
			return s
		}
	}
	return nil
}

// Connect adds a business to the account without sharing anything.
func Connect(a *vault.Account, business organization.ID, reference string) *vault.Service {
	s := &vault.Service{Business: business[:], Reference: reference}
	a.Data.Services = append(a.Data.Services, s)
	return s
}

// Share lets a business read categories, in addition to those it may read. It
// covers what is registered already. What the clock has ended is settled first
// and is not shared again by this. Nothing is shared with the operator:
// organization.ErrForbidden; nor with a business that no longer uses the
// service: organization.ErrClosed; nor a tool by itself that is not apart:
// ErrJoined. The caller saves the account.
func Share(tx store.Tx, a *vault.Account, b organization.Business, s *vault.Service, categories []string, now time.Time) error {
	if b.Operator {
		return organization.ErrForbidden
	}
	if b.Closed > 0 {
		return organization.ErrClosed
	}
	if slices.ContainsFunc(categories, a.Joined) {
		return ErrJoined
	}
	if err := Settle(tx, a, now); err != nil {
		return err
	}
	g := grant{Account: a.ID[:], Day: deadline.DayOf(now), Team: b.Team}
	understand(s, g.Day) // an end before this is over and done with
	var err error
	if s.Grant == nil {
		s.Grant = newGrantKey(a, b.ID)
		s.Key, s.Since, s.Yes = vault.NewKey().Bytes(), int(g.Day), int(g.Day)
		if err := g.seal(s, b); err != nil {
			return err
		}
		g.Deadline, err = deadline.Put(tx, g.Day+EndDays, deadline.SharingEnds, s.Grant)
	} else {
		g, err = get(tx, s)
	}
	if err != nil {
		return err
	}
	for _, c := range categories {
		if !slices.Contains(s.Categories, c) {
			s.Categories = append(s.Categories, c)
		}
	}
	slices.Sort(s.Categories)
	return g.put(tx, a, s)
}

// Withdraw ends the sharing of categories, of all when none is named;
// ErrNothing when the clock has ended it already. The caller saves the account
// and calls Reseal of package account until done.
func Withdraw(tx store.Tx, a *vault.Account, b organization.Business, s *vault.Service, categories []string, now time.Time) error {
	tx.Essential()
	g, err := inForce(tx, s, now)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(s.Categories), func(c string) bool {
		return len(categories) == 0 || slices.Contains(categories, c)
	})
	gone := slices.DeleteFunc(slices.Clone(s.Categories), func(c string) bool { return slices.Contains(left, c) })
	if len(left) == 0 {
		return end(tx, a, s, g, "", now)
	}
	for _, c := range gone {
		a.Rotate(c)
	}
	s.Categories = left
	if err := errors.Join(g.newKey(s), g.seal(s, b)); err != nil {
		return err
	}
	if err := g.put(tx, a, s); err != nil {
		return err
	}
	return Refresh(tx, a)
}

// Renew answers the question with "yes": the clock starts anew. ErrNothing when
// it has run out, also where no job has noticed. The caller saves the account.
func Renew(tx store.Tx, s *vault.Service, now time.Time) error {
	g, err := inForce(tx, s, now)
	if err != nil {
		return err
	}
	if err := deadline.Remove(tx, g.Deadline); err != nil {
		return err
	}
	tx.Essential() // or a full store would end what the user wants to go on
	g.Day, s.Yes = deadline.DayOf(now), int(deadline.DayOf(now))
	if g.Deadline, err = deadline.Put(tx, g.Day+EndDays, deadline.SharingEnds, s.Grant); err != nil {
		return err
	}
	return table.Put(tx, s.Grant, g)
}

// end deletes a grant and gives its categories new keys. why is empty when the
// user wanted it.
func end(tx store.Tx, a *vault.Account, s *vault.Service, g grant, why string, now time.Time) error {
	if err := errors.Join(deadline.Remove(tx, g.Deadline), table.Delete(tx, s.Grant)); err != nil {
		return err
	}
	g.moved(s)
	close(a, s, why, now)
	return Refresh(tx, a)
}

// close notes in the account that a grant has ended.
func close(a *vault.Account, s *vault.Service, why string, now time.Time) {
	for _, c := range s.Categories {
		a.Rotate(c)
	}
	s.Past = append(s.Past, past(s, why, now))
	s.Grant, s.Key, s.Categories, s.Since, s.Yes = nil, nil, nil, 0, 0
}

// Refresh hands the current keys of the shared categories to every grant there
// is, after a rotation and again when it is done.
func Refresh(tx store.Tx, a *vault.Account) error {
	return each(tx, a, func(s *vault.Service, g grant) error { return g.put(tx, a, s) })
}

// each runs do for every grant that the account has. One that a sweep has
// deleted is left for Settle.
func each(tx store.Tx, a *vault.Account, do func(s *vault.Service, g grant) error) error {
	for _, s := range a.Data.Services {
		if s.Grant == nil {
			continue
		}
		g, err := get(tx, s)
		if errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		if err := do(s, g); err != nil {
			return err
		}
	}
	return nil
}

// seal wraps the grant's key and the reference to the business.
func (g *grant) seal(s *vault.Service, b organization.Business) error {
	g.moved(s)
	k := secret{Key: s.Key, Reference: s.Reference}
	if s.Moving {
		k.Openings = s.Openings
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	g.Generation, g.Adopted, g.Taken = 0, nil, false
	g.Wrap, err = organization.Encrypt(plain, b.Recipient)
	return err
}

// put stores the grant with the keys of what it shares.
func (g *grant) put(tx store.Tx, a *vault.Account, s *vault.Service) error {
	plain, err := handed(a, s.Categories)
	if err != nil {
		return err
	}
	key, err := vault.KeyFrom(s.Key)
	if err != nil {
		return err
	}
	g.Keys = key.Seal("grant", plain, s.Grant)
	return table.Put(tx, s.Grant, *g)
}

func newGrantKey(a *vault.Account, business organization.ID) []byte {
	id := vault.NewID()
	return append(a.Ring().Index("grant", business[:]), id[:]...)
}
