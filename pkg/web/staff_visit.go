package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// staffVisit is a request of a professional who is logged in.
type staffVisit struct {
	*visit
	professional organization.Professional
	business     organization.Business
	keys         *organization.Keys // nil for someone who waits to be let in
}

// colleague wraps a handler that needs a professional, let in or not. What goes
// wrong is told on a page that keeps the menu.
func (s *Server) colleague(h func(v *staffVisit) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v, err := s.staffVisit(c)
		if errors.Is(err, session.ErrNone) {
			return s.askStaffLogin(c)
		} else if err != nil {
			return err
		}
		err = h(v)
		if err == nil {
			return nil
		}
		p := explain(err)
		if errors.Is(err, organization.ErrStale) { // a colleague was taken out at the same moment
			p = problemOf(fiber.StatusConflict, "staff_stale")
		}
		if p.status >= fiber.StatusInternalServerError {
			return err
		}
		v.page.Error, v.page.Missing = p.id, p.detail
		if c.Method() == fiber.MethodPost {
			v.page.Path = "/pro" // the language switch cannot return to a post
		}
		return s.render(c, p.status, "staff/problem", v.page)
	}
}

// staff wraps a handler that is for the professionals of a business and needs
// its keys. The operator's own staff have other pages, and start at theirs.
func (s *Server) staff(h func(v *staffVisit) error) fiber.Handler {
	return s.member(func(v *staffVisit) error {
		switch {
		case !v.business.Operator:
			return h(v)
		case v.Path() == "/pro":
			return v.Redirect(staffHome(true), fiber.StatusSeeOther)
		}
		return fiber.ErrNotFound
	})
}

// member wraps a handler that needs the keys of an organisation, be it a
// business or the operator.
func (s *Server) member(h func(v *staffVisit) error) fiber.Handler {
	return s.colleague(s.keyed(h))
}

// keyed shows who has no keys how to be let in instead.
func (s *Server) keyed(h func(v *staffVisit) error) func(v *staffVisit) error {
	return func(v *staffVisit) error {
		if v.keys == nil {
			return s.showWaiting(v, fiber.StatusOK)
		}
		return h(v)
	}
}

// super wraps a handler that is for the super users of a business.
func (s *Server) super(h func(v *staffVisit) error) fiber.Handler { return s.staff(onlySuper(h)) }

// onlySuper refuses who is no super user.
func onlySuper(h func(v *staffVisit) error) func(v *staffVisit) error {
	return func(v *staffVisit) error {
		if !v.professional.Super {
			return organization.ErrForbidden
		}
		return h(v)
	}
}

// staffVisit loads who the browser is. It is session.ErrNone when the
// professional was deactivated or changed since the login.
func (s *Server) staffVisit(c *fiber.Ctx) (*staffVisit, error) {
	plain, err := s.visit(c, staffCookie)
	if err != nil {
		return nil, err
	}
	st := plain.session.Staff
	if st == nil || len(st.Professional) != len(organization.ID{}) {
		return nil, session.ErrNone
	}
	v := &staffVisit{visit: plain}
	err = s.usage.View(c.UserContext(), func(r store.Reader) (err error) {
		if v.professional, err = organization.ProfessionalByID(r, organization.ID(st.Professional)); err != nil {
			return err
		}
		if v.business, err = organization.BusinessByID(r, v.professional.Business); err != nil {
			return err
		}
		v.keys, err = s.staffKeys(r, v)
		return err
	})
	if errors.Is(err, organization.ErrNotFound) || err == nil && v.ended() {
		return nil, session.ErrNone
	} else if err != nil {
		return nil, err
	}
	v.page.Staff, v.page.Super, v.page.Operator = true, v.professional.Super, v.business.Operator
	return v, s.rememberKeys(v)
}

// ended reports whether the professional is out, or not who logged in any more,
// or the business is closed.
func (v *staffVisit) ended() bool {
	return v.business.Closed > 0 || v.professional.Inactive || v.professional.Version != v.session.Staff.Version
}

// staffKeys opens the keys that the session keeps. When it keeps none, or the
// business has a newer identity, those of the professional's own copy.
func (s *Server) staffKeys(r store.Reader, v *staffVisit) (*organization.Keys, error) {
	if v.ended() {
		return nil, nil
	}
	st := v.session.Staff
	if st.Keys != nil {
		keys, err := organization.OpenKeys(r, s.ring, v.business.ID, st.Keys)
		if err == nil && keys.Generation == v.business.Identity {
			return keys, nil
		} else if err != nil && !errors.Is(err, vault.ErrOpen) {
			return nil, err
		}
	}
	return organization.Admitted(r, s.ring, v.professional, st.Identity)
}

// rememberKeys keeps newly opened keys in the session.
func (s *Server) rememberKeys(v *staffVisit) error {
	var raw []byte
	if v.keys != nil {
		raw = v.keys.Marshal()
	}
	if string(raw) == string(v.session.Staff.Keys) {
		return nil
	}
	return s.remember(v.visit, func(st *session.Session) error {
		st.Staff.Keys = raw
		return nil
	})
}

// renewedKeys keeps the keys that a business got because somebody was taken
// out, and moves its list of references to them.
func (s *Server) renewedKeys(v *staffVisit, keys *organization.Keys) error {
	v.keys = keys
	if err := s.rememberKeys(v); err != nil {
		return err
	}
	return s.resealIssued(v.Ctx, keys)
}

// resealIssued moves the list of references to the newest keys.
func (s *Server) resealIssued(c *fiber.Ctx, keys *organization.Keys) error {
	for more := true; more; {
		err := s.usage.Update(c.UserContext(), func(tx store.Tx) (err error) {
			tx.Essential()
			more, err = organization.ResealIssued(tx, s.ring, keys)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// askStaffLogin ends what is left of a session and leads to the login.
func (s *Server) askStaffLogin(c *fiber.Ctx) error {
	if c.Cookies(s.cookieName(staffCookie)) != "" {
		if err := s.endSession(c, staffCookie); err != nil {
			return err
		}
		if err := s.flash(c, "staff_ended"); err != nil {
			return err
		}
	}
	if c.Method() == fiber.MethodPost && c.Get("Sec-Fetch-Mode") == "cors" {
		return session.ErrNone // our own script; it tells the person
	}
	return c.Redirect("/pro/login", fiber.StatusSeeOther)
}

// viewer is the professional as the reader of what is shared.
func (s *Server) viewer(v *staffVisit) *overview.Viewer {
	return &overview.Viewer{Professional: v.professional, Business: v.business, Keys: v.keys, Ring: s.ring}
}

// entry is an audit entry by the professional.
func (s *Server) entry(v *staffVisit, what string) audit.Entry {
	role := "professional"
	switch {
	case v.professional.Super:
		role = "super user"
	case v.business.Operator:
		role = "staff"
	}
	return audit.Entry{Day: deadline.DayOf(s.now()), Who: v.professional.ID[:], Role: role, What: what}
}

// still reports whether the professional is who they were when the request
// began, and holds the newest keys of the business.
func (v *staffVisit) still(tx store.Tx) error {
	p, err := organization.ProfessionalByID(tx, v.professional.ID)
	if err != nil {
		return err
	}
	b, err := organization.BusinessByID(tx, v.business.ID)
	switch {
	case err != nil:
		return err
	case b.Closed > 0 || p.Inactive || p.Version != v.professional.Version:
		return session.ErrNone
	case v.keys != nil && v.keys.Generation != b.Identity:
		return organization.ErrStale
	}
	return nil
}

// noted runs a change together with its audit entry, both or none, by somebody
// who is still allowed to.
func (s *Server) noted(v *staffVisit, e audit.Entry, change func(tx store.Tx) error) error {
	return s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		if err := v.still(tx); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		return audit.For(s.ring, v.business.ID[:]).Record(tx, e)
	})
}

// done leads on to a page with a notice of what has been done.
func (s *Server) done(v *staffVisit, notice, to string) error {
	if err := s.flash(v.Ctx, notice); err != nil {
		return err
	}
	return v.Redirect(to, fiber.StatusSeeOther)
}

// notice takes the notice that done has handed over.
func (s *Server) notice(v *staffVisit) {
	if id, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = id
	}
}
