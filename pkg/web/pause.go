package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type pausePage struct {
	Page
	Since   deadline.Day // of the pause; 0 when there is none
	Retired deadline.Day // when everything is deleted if nobody goes on before
}

// pausePage says what a pause is, and while there is one, since when.
func (s *Server) pausePage(v *visit) error {
	page := pausePage{Page: v.page}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		page.Notice = done
	}
	err := s.readPaused(v, func(_ store.Reader, a *vault.Account) error {
		page.Since, page.Retired = deadline.Day(a.Data.Frozen), deadline.KeyDay(a.Data.Retirement)
		return nil
	})
	if err != nil {
		return err
	}
	if page.Since == 0 {
		return s.render(v.Ctx, fiber.StatusOK, "user/pause", page)
	}
	page.User = false // no menu: its pages are closed
	return s.render(v.Ctx, fiber.StatusOK, "user/paused", page)
}

// pause ends all sharing and freezes the account.
func (s *Server) pause(v *visit) error {
	err := s.writePaused(v, func(tx store.Tx, a *vault.Account) error { return account.Pause(tx, a, s.now()) })
	if err != nil {
		return err
	}
	return v.Redirect("/me/pause", fiber.StatusSeeOther)
}

// resume ends a pause. Sharing stays off until it is chosen.
func (s *Server) resume(v *visit) error {
	begun := s.arrival(v.Ctx)
	err := s.writePaused(v, func(tx store.Tx, a *vault.Account) error {
		if account.Writable(a) == nil {
			return nil
		}
		if err := account.GoOn(tx, a, v.session.User.Lookup, s.now()); err != nil {
			return err
		}
		return registration.RecordVisit(tx, a, begun)
	})
	if err != nil {
		return err
	}
	err = s.remember(v, func(st *session.Session) error {
		st.User.Visit = keptUntil(begun.ID, s.now())
		return nil
	})
	if err := ignore(err, store.ErrFull); err != nil {
		return err
	}
	if err := s.flash(v.Ctx, "resumed"); err != nil {
		return err
	}
	return v.Redirect("/me", fiber.StatusSeeOther)
}

// callOff calls a deletion off that was asked for: whoever logs in wants to stay.
func (s *Server) callOff(c *fiber.Ctx, found account.Found) error {
	if !found.Account.Data.Leaving {
		return nil
	}
	err := s.usage.Update(c.UserContext(), func(tx store.Tx) error {
		return account.CallOff(tx, s.ring, found.Ref, s.now())
	})
	if err != nil {
		return err
	}
	return s.flash(c, "called_off")
}
