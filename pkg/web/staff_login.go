package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

type staffLoginPage struct {
	Page
	Email string // as typed
}

func (s *Server) staffLoginPage(c *fiber.Ctx) error {
	page := staffLoginPage{s.page(c), field(c, "email")}
	if id, err := flashed[string](s, c); err == nil {
		page.Notice = id
	}
	return s.render(c, fiber.StatusOK, "staff/login", page)
}

// staffLogin opens a professional's identity with the password, and lets in
// with a one-time code. Whatever does not fit, the answer is the same.
func (s *Server) staffLogin(c *fiber.Ctx) error {
	if p := s.untried(c); p != nil {
		return s.showRefusal(c, p, netaddr.LoginOver)
	}
	login, err := s.checkPassword(c, field(c, "email"), field(c, "password"))
	over := err == nil && s.misses.tooMany(login.Professional.ID, s.now())
	if over {
		err = organization.ErrLogin
	}
	if err == nil {
		var p organization.Professional
		var keys *organization.Keys
		var home string
		err = s.usage.Update(c.UserContext(), func(tx store.Tx) (err error) {
			if p, keys, err = login.Enter(tx, s.ring, field(c, "totp"), s.appTime()); err != nil {
				return err
			}
			home, err = s.landing(tx, p)
			return err
		})
		if errors.Is(err, organization.ErrLogin) {
			s.misses.note(login.Professional.ID, s.now())
		}
		if err == nil && keys != nil {
			err = s.resealIssued(c, keys) // what a deactivation may have left
		}
		if err == nil {
			return s.enterStaff(c, staffSession(p, login, keys), home)
		}
	}
	if !errors.Is(err, organization.ErrLogin) {
		return err
	}
	return s.refuseStaff(c, over)
}

// appTime is what authenticator apps show the codes of: the real time, also where
// a demo is some days ahead.
func (s *Server) appTime() time.Time {
	if s.apps == nil {
		return s.now()
	}
	return s.apps()
}

// refuseStaff shows the login again with what was typed. over says that the
// person, if not the address, is over the limit; the answer does not.
func (s *Server) refuseStaff(c *fiber.Ctx, over bool) error {
	p := s.failed(c, s.limits.staff, problemOf(fiber.StatusUnauthorized, "staff_login"))
	kind := netaddr.LoginFailed
	if over || p.status == fiber.StatusTooManyRequests {
		kind = netaddr.LoginOver
	}
	return s.showRefusal(c, p, kind)
}

// untried is the problem of a login that is not looked at: its address is over
// the limit, and so are the keys that were derived for it since.
func (s *Server) untried(c *fiber.Ctx) *problem {
	if !s.limits.staff.Over(s.addresses.From(c.Context()), s.now()) {
		return nil
	}
	return s.within(c, s.limits.keys)
}

func (s *Server) showRefusal(c *fiber.Ctx, p *problem, kind netaddr.Kind) error {
	s.event(c, kind)
	page := staffLoginPage{s.page(c), field(c, "email")}
	page.Error = p.id
	return s.render(c, p.status, "staff/login", page)
}

// landing forgets the tickets of messages that are gone, and says where the
// professional lands.
func (s *Server) landing(tx store.Tx, p organization.Professional) (home string, err error) {
	b, err := organization.BusinessByID(tx, p.Business)
	if err != nil {
		return "", err
	}
	left, err := request.Standing(tx, p.Tickets, s.now())
	if err != nil || len(left) == len(p.Tickets) {
		return staffHome(b.Operator), err
	}
	p.Tickets = left
	return staffHome(b.Operator), organization.SaveProfessional(tx, p)
}

// checkPassword derives the key of a password outside any transaction.
func (s *Server) checkPassword(c *fiber.Ctx, email, password string) (organization.Login, error) {
	var known organization.Professional
	err := s.usage.View(c.UserContext(), func(r store.Reader) (err error) {
		known, err = organization.Candidate(r, s.ring, email)
		return err
	})
	if err != nil {
		return organization.Login{}, err
	}
	key, err := s.passwords.Key(c.UserContext(), s.ring, known.ID, password, known.Salt)
	if err != nil {
		return organization.Login{}, err
	}
	return organization.Check(known, key)
}

func staffSession(p organization.Professional, login organization.Login, keys *organization.Keys) *session.Staff {
	st := &session.Staff{Professional: p.ID[:], Version: p.Version, Identity: login.Identity()}
	if keys != nil {
		st.Keys = keys.Marshal()
	}
	return st
}

// enterStaff starts a professional's session in place of the one there is.
func (s *Server) enterStaff(c *fiber.Ctx, st *session.Staff, to string) error {
	if err := s.endSession(c, staffCookie); err != nil {
		return err
	}
	if err := s.startSession(c, staffCookie, session.Session{Staff: st}); err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

func (s *Server) staffLogout(v *staffVisit) error {
	if err := s.leave(v.Ctx, staffCookie); err != nil {
		return err
	}
	return v.Redirect("/pro/login", fiber.StatusSeeOther)
}

// staffStay keeps a session from ending: loading it has moved its idle time
// forward.
func (s *Server) staffStay(v *staffVisit) error {
	return v.Redirect("/pro", fiber.StatusSeeOther)
}

// waitingPage is for someone who has not been let in.
type waitingPage struct {
	Page
	Business string
	Holders  []organization.Professional // who can let them in
	News     *News
}

func (s *Server) showWaiting(v *staffVisit, status int) error {
	page := waitingPage{Page: v.page, Business: v.business.Name, News: s.news(v.professional.Policy, v.page.Lang, "/pro/understood")}
	page.Path = "/pro"
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		page.Holders, err = organization.Holders(r, s.ring, v.business.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "staff/waiting", page)
}

// recoverAccess lets in who waits and has the recovery key.
func (s *Server) recoverAccess(v *staffVisit) error {
	if v.keys != nil {
		return v.Redirect("/pro", fiber.StatusSeeOther)
	}
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) (err error) {
		v.keys, err = organization.Recover(tx, s.ring, v.professional, field(v.Ctx, "recovery"))
		return err
	})
	if errors.Is(err, organization.ErrRecovery) {
		v.page.Error = "recovery_key"
		return s.showWaiting(v, fiber.StatusUnprocessableEntity)
	} else if err != nil {
		return err
	}
	if err := s.rememberKeys(v); err != nil {
		return err
	}
	return s.done(v, "staff_recovered", "/pro")
}
