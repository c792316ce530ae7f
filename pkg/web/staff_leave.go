package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// leavePage is the form with which professionals delete their own profile.
type leavePage struct {
	Page
	Confirm string // as typed
}

// leavePage says what goes and what stays, and asks.
func (s *Server) leavePage(v *staffVisit) error { return s.showLeave(v, fiber.StatusOK, "") }

func (s *Server) showLeave(v *staffVisit, status int, id string) error {
	v.page.Error = id
	return s.render(v.Ctx, status, "staff/leave", leavePage{v.page, field(v.Ctx, "confirm")})
}

// leaveForGood deletes the profile of whoever shows once more, with password
// and one-time code, that it is theirs. The business gets new keys.
func (s *Server) leaveForGood(v *staffVisit) error {
	if !saysDelete(field(v.Ctx, "confirm")) {
		return s.showLeave(v, fiber.StatusUnprocessableEntity, "confirm_leave")
	}
	keys, err := s.deleteProfile(v)
	switch {
	case errors.Is(err, organization.ErrLogin):
		s.event(v.Ctx, netaddr.LoginFailed)
		p := s.failed(v.Ctx, s.limits.staff, problemOf(fiber.StatusUnauthorized, "staff_again"))
		return s.showLeave(v, p.status, p.id)
	case errors.Is(err, organization.ErrLastSuper):
		return s.showLeave(v, fiber.StatusConflict, "last_super_leaves")
	case err != nil:
		return err
	}
	if keys != nil {
		if err := s.resealIssued(v.Ctx, keys); err != nil { // the next login of a colleague takes it up
			s.log.Error("after a professional left", "error", class(err))
		}
	}
	if err := s.leave(v.Ctx, staffCookie); err != nil {
		return err
	}
	return s.done(v, "profile_deleted", "/pro/login")
}

// deleteProfile checks password and one-time code and deletes, in the
// transaction that uses the code up.
func (s *Server) deleteProfile(v *staffVisit) (keys *organization.Keys, err error) {
	login, err := s.checkPassword(v.Ctx, v.professional.Email, field(v.Ctx, "password"))
	if err != nil {
		return nil, err
	}
	if s.misses.tooMany(v.professional.ID, s.now()) {
		return nil, organization.ErrLogin
	}
	err = s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		p, held, err := login.Enter(tx, s.ring, field(v.Ctx, "totp"), s.appTime())
		if err != nil {
			return err
		}
		keys, err = organization.Leave(tx, s.ring, held, p, s.now())
		return err
	})
	if errors.Is(err, organization.ErrLogin) {
		s.misses.note(v.professional.ID, s.now())
	}
	return keys, err
}
