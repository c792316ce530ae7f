package main

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/useragent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// demoUser is a user of a demo: what state they are in, how many days ago they
// began, whether they have shared, and the mapping tools that they kept apart from
// what they shared.
type demoUser struct {
	state string
	days  int
	share bool
	apart []string
}

var demoUsers = []demoUser{
	{"sharing", 58, true, nil},
	{"apart", 30, true, []string{"phq9"}},
	{"private", 44, false, nil},
	{"asked", consent.AskDays + 6, true, nil},
	{"ended", consent.EndDays + 8, true, nil},
}

const demoNewCodes = 3

// seeder makes a demo through the functions that the service itself uses.
type seeder struct {
	*installation
	now       time.Time
	passwords *organization.Passwords
}

// seed makes one business with two professionals, codes and users, and the
// operator with one of its staff and some messages.
func (in *installation) seed(ctx context.Context, now time.Time) (demoWorld, error) {
	s := seeder{in, now, organization.NewPasswords()}
	var w demoWorld
	business, keys, err := s.found(ctx, &w)
	if err != nil {
		return w, err
	}
	professional, err := s.colleague(ctx, &w, business, keys)
	if err != nil {
		return w, err
	}
	for _, u := range demoUsers {
		code, err := s.user(ctx, business, keys, professional, u)
		if err != nil {
			return w, err
		}
		code.State = u.state
		w.Codes = append(w.Codes, code)
	}
	if err := s.courses(ctx, w); err != nil {
		return w, err
	}
	if err := s.sent(ctx, keys, professional); err != nil {
		return w, err
	}
	if err := s.messages(ctx, &w, professional.ID); err != nil {
		return w, err
	}
	for range demoNewCodes {
		code, _, err := s.code(ctx, business, keys, professional, now)
		if err != nil {
			return w, err
		}
		w.Codes = append(w.Codes, code)
	}
	return w, nil
}

// found makes the business and its super user, whose recovery key counts as
// saved.
func (s seeder) found(ctx context.Context, w *demoWorld) (organization.ID, *organization.Keys, error) {
	var id organization.ID
	if err := s.usage.Update(ctx, func(tx store.Tx) (err error) {
		id, err = organization.Create(tx, organization.Business{Name: "Demotjenesten", Number: "999999999",
			Contacts: []organization.Contact{{Name: "Demo", Email: "super@example.org"}}})
		return err
	}); err != nil {
		return id, nil, err
	}
	accepted, staff, err := s.join(ctx, organization.Link{Business: id, Super: true}, "Superbruker Demo", "super@example.org")
	if err != nil {
		return id, nil, err
	}
	w.SuperUser = staff
	err = s.usage.Update(ctx, func(tx store.Tx) error {
		return organization.ConfirmRecovery(tx, id, accepted.RecoveryKey)
	})
	return id, accepted.Keys, err
}

// colleague invites a professional and lets them in.
func (s seeder) colleague(ctx context.Context, w *demoWorld, business organization.ID, keys *organization.Keys) (organization.Professional, error) {
	accepted, staff, err := s.join(ctx, organization.Link{Business: business}, "Fagperson Demo", "fag@example.org")
	if err != nil {
		return accepted.Professional, err
	}
	w.Professional = staff
	err = s.usage.Update(ctx, func(tx store.Tx) error {
		return organization.LetIn(tx, s.ring, keys, accepted.Professional.ID)
	})
	return accepted.Professional, err
}

// join invites somebody and accepts in their place.
func (s seeder) join(ctx context.Context, link organization.Link, name, email string) (organization.Accepted, *demoStaff, error) {
	staff := &demoStaff{Email: email, Password: rand.Text(), TOTPSecret: organization.NewTOTP()}
	ap := organization.Applicant{ID: organization.NewID(), Name: name, Email: email, Workplace: "Demotjenesten", Position: "Demo",
		Policy: string(s.config.Policy.PrivacyVersion),
		Salt:   organization.NewSalt(), TOTP: staff.TOTPSecret}
	var accepted organization.Accepted
	var err error
	if ap.Key, err = s.passwords.Key(ctx, s.ring, ap.ID, staff.Password, ap.Salt); err != nil {
		return accepted, staff, err
	}
	err = s.usage.Update(ctx, func(tx store.Tx) error {
		token, err := organization.Invite(tx, s.ring, link, s.now)
		if err != nil {
			return err
		}
		accepted, err = organization.Accept(tx, s.ring, token, ap, s.now)
		return err
	})
	return accepted, staff, err
}

// code issues one code.
func (s seeder) code(ctx context.Context, business organization.ID, keys *organization.Keys, by organization.Professional, at time.Time) (demoCode, accesscode.Code, error) {
	code := accesscode.New()
	out := demoCode{Code: code.Grouped(), State: "new"}
	err := s.usage.Update(ctx, func(tx store.Tx) error {
		reference, err := organization.NewReference(tx, s.ring, keys)
		if err != nil {
			return err
		}
		out.Reference = reference
		day := deadline.DayOf(at)
		open, err := account.Issue(tx, s.ring, code, business, reference, day+deadline.Day(s.config.Service.UnusedCodesDays))
		if err != nil {
			return err
		}
		return organization.SaveIssued(tx, s.ring, keys, organization.Issued{Reference: reference, By: by.ID, Day: day, Open: open})
	})
	return out, code, err
}

// user takes a code into use some days ago, and lets the weeks pass.
func (s seeder) user(ctx context.Context, business organization.ID, keys *organization.Keys, by organization.Professional, u demoUser) (demoCode, error) {
	begun := s.now.AddDate(0, 0, -u.days)
	out, code, err := s.code(ctx, business, keys, by, begun)
	if err != nil {
		return out, err
	}
	err = s.usage.Update(ctx, func(tx store.Tx) error {
		found, err := account.Find(tx, s.ring, code, begun)
		if err != nil {
			return err
		}
		a, ref, err := account.Create(tx, s.ring, account.Start{Code: code, Pending: found.Pending,
			Policy: string(s.config.Policy.PrivacyVersion)}, begun)
		if err != nil {
			return err
		}
		if u.share {
			b, err := organization.BusinessByID(tx, business)
			if err != nil {
				return err
			}
			if err := consent.Share(tx, a, b, a.Data.Services[0], account.Categories, begun); err != nil {
				return err
			}
		}
		if err := account.Split(tx, a, u.apart, nil, begun); err != nil {
			return err
		}
		if err := errors.Join(s.weeks(tx, a, ref.Lookup, begun), s.leftOff(tx, a, begun)); err != nil {
			return err
		}
		return a.Save(tx)
	})
	return out, err
}

// weeks registers visits and mappings every fortnight, up to some days ago.
func (s seeder) weeks(tx store.Tx, a *vault.Account, lookup []byte, begun time.Time) error {
	for n := 0; ; n++ {
		at := begun.Add(time.Duration(n)*14*24*time.Hour + 3*time.Hour)
		if at.After(s.now.AddDate(0, 0, -1)) {
			return nil
		}
		if _, err := account.Touch(tx, a, lookup, at); err != nil {
			return err
		}
		visit := registration.NewVisit(at)
		visit.Minutes, visit.System, visit.Browser = 6+7*n%19, useragent.Windows.String(), useragent.Firefox.String()
		if err := registration.RecordVisit(tx, a, visit); err != nil {
			return err
		}
		for i, in := range s.instruments.All() {
			if in.Place == "" { // few use all of them
				continue
			}
			if err := registration.Save(tx, a, registration.NewID(), madeUp(in, at, n, i)); err != nil {
				return err
			}
		}
	}
}

// leftOff begins a form on the first day and goes no further with it.
func (s seeder) leftOff(tx store.Tx, a *vault.Account, begun time.Time) error {
	in, ok := s.instruments.Get("phq4")
	if !ok { // an operator's content may have others
		return nil
	}
	return registration.SaveDraft(tx, a, registration.Draft{Instrument: in.ID, Version: in.Version, Answers: map[string]int{"q1": 1, "q2": 0}}, begun)
}

// madeUp fills in an instrument: a course that falls slowly, with ups and downs.
func madeUp(in *instrument.Instrument, at time.Time, n, shift int) registration.Mapping {
	level := 1.7*math.Exp(-float64(n)/9) + 0.35*math.Sin(float64(2*n+shift))
	answers := map[string]int{}
	for i, item := range in.Items {
		if item.Scored {
			part := (level + 0.5*math.Cos(float64(i+n))) / 3 // of the way from the first option to the last
			answers[item.ID] = item.Options[min(len(item.Options)-1, max(0, int(math.Round(part*float64(len(item.Options)-1)))))].Value
		}
		if item.Risk {
			answers[item.ID] = 0
		}
	}
	result := in.Score(answers)
	return registration.Mapping{Instrument: in.ID, Version: in.Version, Language: "nb", Answers: answers,
		Score: result.Score, Band: result.BandKey(), Risk: result.Risk, At: at.Unix(),
		Scales: result.Scores(), ScaleBands: result.ScaleBands(), NoTotal: in.Total == nil}
}
