package request

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

// suggestion is a message whose words can be searched for.
var suggestion = Content{Kind: Suggestion, Text: "larger-letters-please", Language: "nb"}

// office is the operator with one of its staff.
type office struct {
	*domaintest.World
	operator organization.Business
	keys     *organization.Keys
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{World: domaintest.Open(t)}
	o.Update(t, func(tx store.Tx) error {
		b, err := organization.FoundOperator(tx, "Drift AS")
		if err != nil {
			return err
		}
		accepted, err := o.accept(tx, b.ID, true)
		if err != nil {
			return err
		}
		o.keys = accepted.Keys
		o.operator, err = organization.Operator(tx)
		return err
	})
	return o
}

// accept invites somebody to the operator and accepts in their place.
func (o *office) accept(tx store.Tx, id organization.ID, super bool) (organization.Accepted, error) {
	who := organization.NewID()
	email := rand.Text() + "@example.org"
	token, err := organization.Invite(tx, o.Ring, organization.Link{Business: id, Super: super, Email: email}, now)
	if err != nil {
		return organization.Accepted{}, err
	}
	return organization.Accept(tx, o.Ring, token, organization.Applicant{ID: who, Name: "Kim", Email: email,
		Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP()}, now)
}

// send sends the suggestion and returns its ticket.
func (o *office) send(t *testing.T, at time.Time) []byte {
	t.Helper()
	ticket := NewTicket(nil, "")
	o.Update(t, func(tx store.Tx) error { return Send(tx, o.operator, ticket, suggestion, at) })
	return ticket
}

// read is what the sender reads; nil when it is gone.
func (o *office) read(t *testing.T, ticket []byte, at time.Time) *Message {
	t.Helper()
	var m Message
	err := o.Store.View(t.Context(), func(r store.Reader) (err error) {
		m, err = Read(r, ticket, at)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	return &m
}

// refused runs an update that must fail with want.
func (o *office) refused(t *testing.T, want error, change func(tx store.Tx) error) {
	t.Helper()
	if err := o.Store.Update(t.Context(), change); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
