package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/store"
)

// employee logs in to a business.
type employee struct{ email, password, secret string }

// business makes one with a super user and codes, half of which are in use and
// shared, as its overview has already opened them.
func (w *world) business(ctx context.Context, codes int) error {
	v, err := w.found(ctx, codes)
	if err != nil {
		return err
	}
	for made := 0; made < codes; made += perUpdate {
		err := w.usage.Update(ctx, func(tx store.Tx) error {
			for n := made; n < min(made+perUpdate, codes); n++ {
				if err := w.user(tx, v, n%2 == 0); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return w.adopt(ctx, v)
}

func (w *world) found(ctx context.Context, codes int) (overview.Viewer, error) {
	var v overview.Viewer
	e := employee{fmt.Sprintf("super%d@example.org", codes), rand.Text(), organization.NewTOTP()}
	ap := organization.Applicant{ID: organization.NewID(), Name: "Super", Email: e.email, Salt: organization.NewSalt(), TOTP: e.secret}
	var err error
	if ap.Key, err = organization.NewPasswords().Key(ctx, w.ring, ap.ID, e.password, ap.Salt); err != nil {
		return v, err
	}
	err = w.usage.Update(ctx, func(tx store.Tx) error {
		id, err := organization.Create(tx, organization.Business{Name: "Business", Number: fmt.Sprintf("%09d", codes)})
		if err != nil {
			return err
		}
		token, err := organization.Invite(tx, w.ring, organization.Link{Business: id, Super: true}, w.now)
		if err != nil {
			return err
		}
		made, err := organization.Accept(tx, w.ring, token, ap, w.now)
		if err != nil {
			return err
		}
		if err := organization.ConfirmRecovery(tx, id, made.RecoveryKey); err != nil {
			return err
		}
		b, err := organization.BusinessByID(tx, id)
		v = overview.Viewer{Professional: made.Professional, Business: b, Keys: made.Keys, Ring: w.ring}
		return err
	})
	w.employees[codes] = e
	return v, err
}

// user issues a code and takes it into use if it is to be shared.
func (w *world) user(tx store.Tx, v overview.Viewer, share bool) error {
	code := accesscode.New()
	reference, err := organization.NewReference(tx, w.ring, v.Keys)
	if err != nil {
		return err
	}
	day := deadline.DayOf(w.now)
	open, err := account.Issue(tx, w.ring, code, v.Business.ID, reference, day+365)
	if err != nil {
		return err
	}
	err = organization.SaveIssued(tx, w.ring, v.Keys, organization.Issued{Reference: reference, By: v.Professional.ID, Day: day, Open: open})
	if err != nil || !share {
		return err
	}
	found, err := account.Find(tx, w.ring, code, w.now)
	if err != nil {
		return err
	}
	a, _, err := account.Create(tx, w.ring, account.Start{Code: code, Pending: found.Pending}, w.now)
	if err != nil {
		return err
	}
	if err := consent.Share(tx, a, v.Business, a.Data.Services[0], account.Categories, w.now); err != nil {
		return err
	}
	if err := registration.RecordVisit(tx, a, registration.NewVisit(w.now)); err != nil {
		return err
	}
	for weeks := range 4 {
		if err := registration.Save(tx, a, registration.NewID(), filled(w.now.AddDate(0, 0, 14*weeks-60))); err != nil {
			return err
		}
	}
	return a.Save(tx)
}

// adopt lets the business open every grant once.
func (w *world) adopt(ctx context.Context, v overview.Viewer) error {
	var stale []consent.Opened
	err := w.usage.View(ctx, func(r store.Reader) (err error) {
		_, stale, err = v.Open(r, w.now)
		return err
	})
	for batch := range slices.Chunk(stale, 256) {
		if err == nil {
			err = w.usage.Update(ctx, func(tx store.Tx) error { return consent.Adopt(tx, v.Keys, batch) })
		}
	}
	return err
}

// enter logs an employee in and returns the cookie.
func (e employee) enter(s *server) (string, error) {
	code, err := totp.GenerateCode(e.secret, time.Now())
	if err != nil {
		return "", err
	}
	form := url.Values{"email": {e.email}, "password": {e.password}, "totp": {code}}
	return s.login(post("/pro/login", "", form.Encode()))
}

// enterAll logs in with codes and returns the cookies.
func (w *world) enterAll(s *server, count int) ([]string, error) {
	var cookies []string
	for _, code := range w.codes[:min(count, len(w.codes))] {
		cookie, err := s.login(post("/login", "", "code="+code.Grouped()))
		if err != nil {
			return nil, err
		}
		cookies = append(cookies, cookie)
	}
	return cookies, nil
}

// login sends a login and returns the cookie of the session.
func (s *server) login(request []byte) (string, error) {
	c, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer c.conn.Close()
	a, err := c.do(request, false)
	if err == nil && a.cookie == "" {
		err = fmt.Errorf("login: status %d without a session", a.status)
	}
	return a.cookie, err
}
