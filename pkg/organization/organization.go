// Package organization keeps the businesses that hand out codes and the
// professionals who work there.
//
//   - A professional gets in by invitation only. No comparable hash of a
//     password is stored: the password opens the professional's own identity,
//     or it does not.
//   - Everything shared with a business is wrapped to the business's identity,
//     which every active professional holds a wrapped copy of, and the recovery
//     key another. The server holds none that it can open.
//   - Taking a professional out deletes the copy and gives the business a new
//     identity, in the session of the super user who does it.
//   - A professional can leave by themselves: all that is kept about them goes
//     at once, but the name that the audit log points to, which goes with the
//     last entry that it can be about.
//   - The list of references that a business has issued is sealed under the
//     business's own key: the operator cannot read it.
//   - A business that no longer uses the service is closed from one moment on:
//     nobody logs in there, no link works, and all that is stored about its
//     people and its list goes. Its name and the day stay, for its users.
package organization

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

// Errors that callers tell apart.
var (
	ErrNotFound       = errors.New("organization: not found")
	ErrLastSuper      = errors.New("organization: the last super user cannot be removed")
	ErrEmailTaken     = errors.New("organization: the e-mail address is in use")
	ErrRecovery       = errors.New("organization: the recovery key has not been confirmed")
	ErrForbidden      = errors.New("organization: not allowed")
	ErrClosed         = errors.New("organization: the business no longer uses the service")
	ErrStale          = errors.New("organization: the business has a newer identity than these keys")
	ErrReferenceTaken = errors.New("organization: the reference is another user's")
)

// ID is the random id of a business or a professional.
type ID [16]byte

// NewID draws an id from crypto/rand.
func NewID() ID {
	var id ID
	rand.Read(id[:]) // never fails
	return id
}

// Business is an organisation that hands out codes.
type Business struct {
	ID        ID        `json:"-"`
	Name      string    `json:"n"`
	Number    string    `json:"o"` // organisation number, nine digits
	Contacts  []Contact `json:"c,omitempty"`
	Team      bool      `json:"t,omitempty"` // every professional sees every reference
	Identity  int       `json:"g,omitempty"` // generation of the newest identity, from 1; 0 before the first super user
	Recipient string    `json:"p,omitempty"` // age recipient of the newest identity
	Recovery  string    `json:"r,omitempty"` // age recipient of the recovery key
	Recovered bool      `json:"k,omitempty"` // the recovery key was typed back
	Operator  bool      `json:"m,omitempty"` // the operator's own organisation, whose professionals are its staff
	Help      Help      `json:"h,omitzero"`  // what its users see when they cannot wait
	// Closed is the day on which the business stopped using the service; 0
	// while it goes on.
	Closed   deadline.Day `json:"x,omitempty"`
	Deadline []byte       `json:"d,omitempty"` // stands until the closing is finished
}

// Contact is a contact person of a business.
type Contact struct {
	Name  string `json:"n"`
	Email string `json:"e"`
}

// Professional is a person who works at a business.
type Professional struct {
	ID        ID     `json:"-"`
	Business  ID     `json:"b"`
	Name      string `json:"n"`
	Email     string `json:"e"`
	Workplace string `json:"w,omitempty"`
	Position  string `json:"j,omitempty"`
	Super     bool   `json:"s,omitempty"`
	Inactive  bool   `json:"x,omitempty"`
	Salt      []byte `json:"h"` // of the password's key
	Secrets   []byte `json:"k"` // identity and TOTP secret under the password's key
	Recipient string `json:"p"` // age recipient of the own identity
	Step      int64  `json:"t,omitempty"`
	// Spare are the recovery codes not used yet, as HMAC(K_pepper, ...).
	Spare [][]byte `json:"c,omitempty"`
	// Version rises with every change that must end the sessions there are.
	Version      int          `json:"v,omitempty"`
	Looked       deadline.Day `json:"l,omitempty"` // when the overview was last opened
	LookedBefore deadline.Day `json:"q,omitempty"` // and on which day before that
	// Marks are the scores from which an instrument is marked in the overview,
	// by instrument.
	Marks   map[string]int `json:"mk,omitempty"`
	Policy  string         `json:"y,omitempty"` // version of the privacy statement that they have been told about, a date
	Tickets [][]byte       `json:"m,omitempty"` // of messages to the operator, oldest first; see package request
}

var (
	staffTable = store.Table[Professional]{Bucket: "staff"}
	mailTable  = store.Table[ID]{Bucket: "mail"}
)

// Create stores a new business without professionals.
func Create(tx store.Tx, b Business) (ID, error) {
	b.ID = NewID()
	return b.ID, SaveBusiness(tx, b)
}

// SaveBusiness stores a business's record.
func SaveBusiness(tx store.Tx, b Business) error { return orgTable.Put(tx, b.ID[:], storedBusiness{b}) }

// BusinessByID returns a business, or ErrNotFound.
func BusinessByID(r store.Reader, id ID) (Business, error) {
	b, err := orgTable.Get(r, id[:])
	b.ID = id
	return b.Business, notFound(err)
}

// Businesses returns all that hand out codes; the operator does not.
func Businesses(r store.Reader) ([]Business, error) {
	all, err := organizations(r)
	return slices.DeleteFunc(all, func(b Business) bool { return b.Operator }), err
}

// organizations returns all of them.
func organizations(r store.Reader) ([]Business, error) {
	var out []Business
	for row, err := range orgTable.Range(r, []byte{0}, nil) {
		if err != nil {
			return nil, err
		}
		row.Value.ID = ID(row.Key)
		out = append(out, row.Value.Business)
	}
	return out, nil
}

// ProfessionalByID returns a professional, or ErrNotFound.
func ProfessionalByID(r store.Reader, id ID) (Professional, error) {
	p, err := staffTable.Get(r, id[:])
	p.ID = id
	return p, notFound(err)
}

// ProfessionalByEmail returns the professional who logs in with an e-mail
// address, or ErrNotFound.
func ProfessionalByEmail(r store.Reader, ring *keyring.Ring, email string) (Professional, error) {
	id, err := mailTable.Get(r, mailKey(ring, email))
	if err != nil {
		return Professional{}, notFound(err)
	}
	return ProfessionalByID(r, id)
}

// SaveProfessional stores a professional's record.
func SaveProfessional(tx store.Tx, p Professional) error { return staffTable.Put(tx, p.ID[:], p) }

// Professionals returns those of a business, in the order of their ids.
func Professionals(r store.Reader, ring *keyring.Ring, business ID) ([]Professional, error) {
	var out []Professional
	prefix := ring.Index("member", business[:])
	for row, err := range memberTable.Prefix(r, prefix) {
		if err != nil {
			return nil, err
		}
		id := ID(row.Key[len(prefix):])
		if id == recoveryMember {
			continue
		}
		p, err := ProfessionalByID(r, id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// takeEmail binds an e-mail address to a professional.
func takeEmail(tx store.Tx, ring *keyring.Ring, email string, id ID) error {
	key := mailKey(ring, email)
	other, err := mailTable.Get(tx, key)
	switch {
	case err == nil && other != id:
		return ErrEmailTaken
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return mailTable.Put(tx, key, id)
}

// NormalEmail is the form of an e-mail address that counts.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func mailKey(ring *keyring.Ring, email string) []byte {
	return ring.Index("mail", []byte(NormalEmail(email)))
}

func notFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// Format hides the id whatever the verb.
func (id ID) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[id]") }
