package organization_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// now is the moment at which the stories begin.
var now = domaintest.Now

// house is a business in a file of its own.
type house struct {
	*domaintest.World
	t  *testing.T
	id organization.ID
}

// person is somebody who accepted an invitation, with all they hold.
type person struct {
	organization.Accepted
	applicant organization.Applicant
}

func build(t *testing.T) *house {
	t.Helper()
	h := &house{World: domaintest.Open(t), t: t}
	h.Update(t, func(tx store.Tx) (err error) {
		h.id, err = organization.Create(tx, organization.Business{Name: "Bryggen klinikk", Number: "310000011"})
		return err
	})
	return h
}

// try runs fn in a transaction and returns its error.
func (h *house) try(fn func(store.Tx) error) error { return h.Store.Update(h.t.Context(), fn) }

func (h *house) invite(l organization.Link) string {
	h.t.Helper()
	var token string
	l.Business = h.id
	h.Update(h.t, func(tx store.Tx) (err error) {
		token, err = organization.Invite(tx, h.Ring, l, now)
		return err
	})
	return token
}

// accept uses a link and returns the error as it is.
func (h *house) accept(token string, ap organization.Applicant, at time.Time) (person, error) {
	var p person
	err := h.try(func(tx store.Tx) error {
		got, err := organization.Accept(tx, h.Ring, token, ap, at)
		p = person{got, ap}
		return err
	})
	return p, err
}

// join lets somebody accept an invitation; the first is a super user.
func (h *house) join(name string, super bool) person {
	h.t.Helper()
	ap := applicant(name)
	p, err := h.accept(h.invite(organization.Link{Super: super, Email: ap.Email}), ap, now)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func applicant(name string) organization.Applicant {
	return organization.Applicant{ID: organization.NewID(), Name: name, Email: name + "@example.org",
		Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP()}
}

// login goes the whole way of a login.
func (h *house) login(p person, code string, at time.Time) (organization.Professional, *organization.Keys, error) {
	var who organization.Professional
	var keys *organization.Keys
	err := h.try(func(tx store.Tx) error {
		known, err := organization.Candidate(tx, h.Ring, p.applicant.Email)
		if err != nil {
			return err
		}
		l, err := organization.Check(known, p.applicant.Key)
		if err != nil {
			return err
		}
		who, keys, err = l.Enter(tx, h.Ring, code, at)
		return err
	})
	return who, keys, err
}

// code is the one-time code that the person's app shows.
func (p person) code(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(p.applicant.TOTP, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enter logs in with the app and expects to be let through.
func (h *house) enter(p person, at time.Time) *organization.Keys {
	h.t.Helper()
	_, keys, err := h.login(p, p.code(h.t, at), at)
	if err != nil {
		h.t.Fatal(err)
	}
	return keys
}

func (h *house) letIn(keys *organization.Keys, p person) {
	h.t.Helper()
	h.Update(h.t, func(tx store.Tx) error { return organization.LetIn(tx, h.Ring, keys, p.Professional.ID) })
}

// renew runs a change that gives the business a new identity.
func (h *house) renew(change func(tx store.Tx) (*organization.Keys, error)) *organization.Keys {
	h.t.Helper()
	var keys *organization.Keys
	h.Update(h.t, func(tx store.Tx) (err error) {
		keys, err = change(tx)
		return err
	})
	return keys
}

func (h *house) deactivate(keys *organization.Keys, p person) *organization.Keys {
	h.t.Helper()
	return h.renew(func(tx store.Tx) (*organization.Keys, error) {
		return organization.Deactivate(tx, h.Ring, keys, p.Professional.ID)
	})
}

func (h *house) business() organization.Business {
	h.t.Helper()
	var b organization.Business
	h.View(h.t, func(r store.Reader) (err error) {
		b, err = organization.BusinessByID(r, h.id)
		return err
	})
	return b
}

func (h *house) professional(p person) organization.Professional {
	h.t.Helper()
	var got organization.Professional
	h.View(h.t, func(r store.Reader) (err error) {
		got, err = organization.ProfessionalByID(r, p.Professional.ID)
		return err
	})
	return got
}

// wrap is something shared with the business as it is now.
func (h *house) wrap(plain string) []byte {
	h.t.Helper()
	file, err := organization.Encrypt([]byte(plain), h.business().Recipient)
	if err != nil {
		h.t.Fatal(err)
	}
	return file
}

// opens reports whether keys open a wrap.
func opens(keys *organization.Keys, wrap []byte, want string) bool {
	got, err := keys.Unwrap(wrap)
	return err == nil && string(got) == want
}

// values are the contents of all of the package's buckets, seal layer removed.
func (h *house) values() []string {
	h.t.Helper()
	var out []string
	h.View(h.t, func(r store.Reader) error {
		for _, bucket := range []string{"org", "staff", "mail", "member", "ident", "link", "issued", "due"} {
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				out = append(out, string(e.Key), hex.EncodeToString(e.Key), string(e.Value))
			}
		}
		return nil
	})
	return out
}
