package web

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type erasePage struct {
	Page
	Counts   registration.Counts
	Shared   bool
	Business string
	Due      deadline.Day // when it would be done in a week
}

// erasePage asks before everything is deleted.
func (s *Server) erasePage(v *visit) error { return s.showErase(v, fiber.StatusOK) }

func (s *Server) showErase(v *visit, status int) error {
	page := erasePage{Page: v.page, Due: deadline.DayOf(s.now()) + account.LeaveDays}
	err := s.readPaused(v, func(r store.Reader, a *vault.Account) (err error) {
		if page.Counts, err = registration.Count(r, a.Scope()); err != nil {
			return err
		}
		list, err := s.sharing(r, a)
		for _, sh := range list {
			if sh.Shared {
				page.Shared, page.Business = true, sh.Business
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "user/delete_all", page)
}

// deleted is what the confirmation says.
type deleted struct {
	At     int64        // when it was done or asked for; seconds since 1970
	Due    deadline.Day // when it is going to be done; 0 when it is
	Counts registration.Counts
	Number string // random, so that no two confirmations are alike
}

// erase deletes the account, now or in a week.
func (s *Server) erase(v *visit) error {
	when := field(v.Ctx, "when")
	if !slices.Contains([]string{"", "now", "week"}, when) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "when")
	}
	if !saysDelete(field(v.Ctx, "confirm")) {
		v.page.Error = "confirm_delete"
		return s.showErase(v, fiber.StatusUnprocessableEntity)
	}
	done, carryOut := deleted{At: s.now().Unix(), Number: rand.Text()}, s.eraseNow
	if when == "week" {
		carryOut = s.eraseLater
	}
	if err := carryOut(v, &done); err != nil {
		return err
	}
	if err := s.flash(v.Ctx, done); err != nil {
		return err
	}
	return v.Redirect("/deleted", fiber.StatusSeeOther)
}

// eraseLater asks for the deletion a week from now. What was shared gets its new
// keys first, while there is a session that can.
func (s *Server) eraseLater(v *visit, done *deleted) error {
	err := s.writePaused(v, func(tx store.Tx, a *vault.Account) error { return consent.Drop(tx, a, s.now()) })
	if err != nil {
		return err
	}
	ref := v.ref()
	err = s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		a, err := account.Resume(tx, s.ring, ref)
		if err != nil {
			return err
		}
		if done.Counts, err = registration.Count(tx, a.Scope()); err != nil {
			return err
		}
		if done.Due, err = account.Leave(tx, a, ref.Lookup, s.now()); err != nil {
			return err
		}
		return a.Save(tx)
	})
	if err != nil {
		return err
	}
	if err := s.leave(v.Ctx, userCookie); err != nil {
		s.log.Error("after asking for a deletion", "error", class(err))
	}
	return nil
}

// eraseNow deletes the account. The keys go in one transaction; the records that
// nobody can read any more follow.
func (s *Server) eraseNow(v *visit, done *deleted) error {
	ref := v.ref()
	var due []byte
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		a, err := account.Resume(tx, s.ring, ref)
		if err != nil {
			return err
		}
		if done.Counts, err = registration.Count(tx, a.Scope()); err != nil {
			return err
		}
		due, err = account.Delete(tx, a, ref.Lookup, s.now())
		return err
	})
	if err != nil {
		return err
	}
	// It is done: nothing opens the records any more. What is left of them goes
	// now, or with the deadline.
	if err := errors.Join(s.eraseRest(v, ref.ID, due), s.leave(v.Ctx, userCookie)); err != nil {
		s.log.Error("after a deletion", "error", class(err))
	}
	return nil
}

func (s *Server) eraseRest(v *visit, id vault.ID, due []byte) error {
	for more := true; more; {
		err := s.usage.Update(v.UserContext(), func(tx store.Tx) (err error) {
			more, err = account.Erase(tx, s.ring, id, due)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// saysDelete reports whether somebody has typed the word that deletes, in any of
// the languages. Telephones choose the letters' size themselves.
func saysDelete(typed string) bool {
	typed = strings.TrimSpace(typed)
	return strings.EqualFold(typed, "DELETE") || strings.EqualFold(typed, "SLETT")
}
