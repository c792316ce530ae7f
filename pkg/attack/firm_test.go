package attack

import (
	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// firm is a business with three people. The super user is logged in.
type firm struct {
	id             organization.ID
	name           string
	recovery       string
	keys           *organization.Keys
	super, pro, ex *person
}

// person is a professional with what they know and wear.
type person struct {
	organization.Applicant
	password string
}

func (p *person) professional(r store.Reader) organization.Professional {
	got, err := organization.ProfessionalByID(r, p.ID)
	if err != nil {
		panic(err) // everybody stays in the store
	}
	return got
}

// profile is what the operator may read.
func (p *person) profile() []string { return []string{p.Name, p.Email, p.Workplace, p.Position} }

// firm makes a business in which everybody is let in.
func (w *world) firm(name string) *firm {
	w.t.Helper()
	f := &firm{name: "Business-" + name}
	w.Update(w.t, func(tx store.Tx) (err error) {
		f.id, err = organization.Create(tx, organization.Business{Name: f.name, Number: "310000003"})
		return err
	})
	for _, role := range []string{"super", "pro", "ex"} {
		p := w.person(name + "-" + role)
		got := w.join(f, p, role == "super")
		switch role {
		case "super":
			f.super, f.keys, f.recovery = p, got.Keys, got.RecoveryKey
		case "pro":
			f.pro = p
		case "ex":
			f.ex = p
		}
	}
	return f
}

// person has a password, in a world with passwords, or a random key.
func (w *world) person(name string) *person {
	w.t.Helper()
	p := &person{organization.Applicant{ID: organization.NewID(), Name: "Name-" + name, Email: name + "@thief.example",
		Workplace: "Workplace-" + name, Position: "Position-" + name, Salt: organization.NewSalt(), TOTP: organization.NewTOTP()},
		"the password of " + name}
	if p.Key = vault.NewKey(); !w.passwords {
		return p
	}
	var err error
	p.Key, err = organization.NewPasswords().Key(w.t.Context(), w.Ring, p.ID, p.password, p.Salt)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// join lets a person accept an invitation and, after the first, be let in.
func (w *world) join(f *firm, p *person, super bool) organization.Accepted {
	w.t.Helper()
	var got organization.Accepted
	w.Update(w.t, func(tx store.Tx) error {
		token, err := organization.Invite(tx, w.Ring, organization.Link{Business: f.id, Super: super, Name: p.Name, Email: p.Email}, now)
		if err != nil {
			return err
		}
		if got, err = organization.Accept(tx, w.Ring, token, p.Applicant, now); err != nil || got.Keys != nil {
			return err
		}
		return organization.LetIn(tx, w.Ring, f.keys, p.ID)
	})
	return got
}

// deactivate takes a colleague out and moves the list of references to the new
// key.
func (f *firm) deactivate(w *world, p *person) {
	w.t.Helper()
	w.Update(w.t, func(tx store.Tx) error {
		keys, err := organization.Deactivate(tx, w.Ring, f.keys, p.ID)
		f.keys = keys
		return err
	})
	for more := true; more; {
		w.Update(w.t, func(tx store.Tx) (err error) {
			more, err = organization.ResealIssued(tx, w.Ring, f.keys)
			return err
		})
	}
}

func (f *firm) business(r store.Reader) organization.Business {
	b, err := organization.BusinessByID(r, f.id)
	if err != nil {
		panic(err) // it stays in the store
	}
	return b
}

// issue stores a code and the row of the business's list.
func (f *firm) issue(tx store.Tx, ring *keyring.Ring, u *user) error {
	open, err := account.Issue(tx, ring, u.issued, f.id, u.reference, due)
	if err != nil {
		return err
	}
	u.opening = open
	return organization.SaveIssued(tx, ring, f.keys, organization.Issued{Reference: u.reference, By: f.pro.ID, Day: due - 365, Open: open})
}

// enter logs a person in with their app and returns the business's keys.
func (w *world) enter(tx store.Tx, p *person) (*organization.Keys, error) {
	l, err := organization.Check(p.professional(tx), p.Key)
	if err != nil {
		return nil, err
	}
	code, err := totp.GenerateCode(p.TOTP, now)
	if err != nil {
		return nil, err
	}
	_, keys, err := l.Enter(tx, w.Ring, code, now)
	return keys, err
}
