package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/useragent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// noteEvery is how often at most a visit that goes on is written down.
const noteEvery = 5 * time.Minute

// activityRoutes are those of a user's visits.
func (s *Server) activityRoutes(app *fiber.App) {
	app.Post("/me/visits/delete", s.user(s.deleteVisits))
	app.Post("/me/visits/:id/delete", s.user(s.deleteVisit))
}

// device is what a request comes from, by families alone.
func device(c *fiber.Ctx) useragent.Device {
	h := &c.Request().Header
	return useragent.Of(string(h.UserAgent()), string(h.Peek("Sec-CH-UA")), string(h.Peek("Sec-CH-UA-Platform")))
}

// arrival is the visit that a request would begin.
func (s *Server) arrival(c *fiber.Ctx) registration.Visit {
	v, from := registration.NewVisit(s.now()), device(c)
	v.System, v.Browser = from.System.String(), from.Browser.String()
	return v
}

// keptUntil is what a session remembers of a visit.
func keptUntil(id registration.ID, at time.Time) *session.Visit {
	return &session.Visit{ID: id[:], Noted: at.Unix()}
}

// goOn notes that a visit goes on, every few minutes and after the request has
// done its own work, in an Update of its own: whatever becomes of it, nothing of
// the request is lost. After a gap another visit begins.
func (s *Server) goOn(v *visit) {
	now, kept := s.now(), v.session.User.Visit
	if kept != nil && now.Sub(v.last) < registration.VisitGap && now.Sub(time.Unix(kept.Noted, 0)) < noteEvery {
		return
	}
	s.noteVisit(v, kept, now)
}

// noteVisit keeps a visit that begins, or how far the last one has gone on.
func (s *Server) noteVisit(v *visit, kept *session.Visit, now time.Time) {
	var err error
	if kept == nil || now.Sub(v.last) >= registration.VisitGap {
		begun := s.arrival(v.Ctx)
		err = s.write(v, func(tx store.Tx, a *vault.Account) error {
			return errors.Join(s.stretch(tx, a, kept, v.last), registration.RecordVisit(tx, a, begun))
		})
		kept = keptUntil(begun.ID, now)
	} else {
		err = s.write(v, func(tx store.Tx, a *vault.Account) error { return s.stretch(tx, a, kept, now) })
		kept = &session.Visit{ID: kept.ID, Noted: now.Unix()}
	}
	remembered := s.remember(v, func(st *session.Session) error {
		st.User.Visit = kept
		return nil
	})
	s.unnoted(err, remembered)
}

// stretch writes down until when a visit has gone on. One that its owner has
// deleted stays deleted.
func (s *Server) stretch(tx store.Tx, a *vault.Account, kept *session.Visit, until time.Time) error {
	if kept == nil || len(kept.ID) != len(registration.ID{}) {
		return nil
	}
	return ignore(registration.StretchVisit(tx, a, registration.ID(kept.ID), until), registration.ErrNotFound)
}

// endVisit writes down that somebody leaves.
func (s *Server) endVisit(c *fiber.Ctx) {
	v, err := s.visit(c, userCookie)
	if err == nil && v.session.User != nil {
		err = s.write(v, func(tx store.Tx, a *vault.Account) error { return s.stretch(tx, a, v.session.User.Visit, s.now()) })
	}
	s.unnoted(err)
}

// unnoted logs why a visit was not written down, where that is a fault.
func (s *Server) unnoted(faults ...error) {
	for _, err := range faults {
		if err := ignore(err, store.ErrFull, account.ErrEnded, account.ErrPaused, session.ErrNone); err != nil {
			s.log.Error("a visit was not noted", "error", class(err))
		}
	}
}

// deleteVisit removes one visit.
func (s *Server) deleteVisit(v *visit) error {
	id, err := registration.ParseID(v.Params("id"))
	if err != nil {
		return err
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error { return registration.DeleteVisit(tx, a, id) })
	if err != nil {
		return err
	}
	if err := s.flash(v.Ctx, "visit_deleted"); err != nil {
		return err
	}
	return v.Redirect("/me/data", fiber.StatusSeeOther)
}

// deleteVisits removes all visits, batch by batch.
func (s *Server) deleteVisits(v *visit) error {
	for more := true; more; {
		err := s.write(v, func(tx store.Tx, a *vault.Account) (err error) {
			more, err = registration.DeleteVisits(tx, a)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := s.flash(v.Ctx, "visits_deleted"); err != nil {
		return err
	}
	return v.Redirect("/me/data", fiber.StatusSeeOther)
}
