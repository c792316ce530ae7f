package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type erasePage struct {
	Page
	Counts   registration.Counts
	Shared   bool
	Business string
}

// erasePage asks before everything is deleted.
func (s *Server) erasePage(v *visit) error { return s.showErase(v, fiber.StatusOK) }

func (s *Server) showErase(v *visit, status int) error {
	page := erasePage{Page: v.page}
	err := s.read(v, func(r store.Reader, a *vault.Account) (err error) {
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
	Day    int64 // seconds since 1970
	Counts registration.Counts
}

// erase deletes the account. The keys go in one transaction; the records that
// nobody can read any more follow.
func (s *Server) erase(v *visit) error {
	if typed := field(v.Ctx, "confirm"); typed != "DELETE" && typed != "SLETT" {
		v.page.Error = "confirm_delete"
		return s.showErase(v, fiber.StatusUnprocessableEntity)
	}
	done := deleted{Day: s.now().Unix()}
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
	if err := s.flash(v.Ctx, done); err != nil {
		return err
	}
	return v.Redirect("/deleted", fiber.StatusSeeOther)
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

type deletedPage struct {
	Page
	Day    time.Time
	Counts registration.Counts
}

// deleted confirms a deletion, once.
func (s *Server) deleted(c *fiber.Ctx) error {
	done, err := flashed[deleted](s, c)
	if err != nil {
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	return s.render(c, fiber.StatusOK, "public/deleted", deletedPage{s.page(c), time.Unix(done.Day, 0), done.Counts})
}
