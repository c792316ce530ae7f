package web

import (
	"bytes"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// frontPage has the code field.
type frontPage struct {
	Page
	Code  string // as typed
	Own   bool   // a device of one's own
	To    string // where to go after the login
	Held  string // a form to send on after the login, sealed
	Alone bool   // one may start without a service
	Form  string // key of the form that starts without a service
	Sells bool   // access codes are sold
}

func (s *Server) frontPage(c *fiber.Ctx) frontPage {
	return frontPage{Page: s.page(c), Alone: s.config.Service.StartWithoutService, Form: newFormKey(), Sells: s.payment != nil && len(s.payment.Products) > 0}
}

func (s *Server) front(c *fiber.Ctx) error {
	page := s.frontPage(c)
	page.To = ownPlace(c.Query("to"))
	if done, err := flashed[string](s, c); err == nil {
		page.Notice = done
	}
	switch page.Held = c.Cookies(s.cookieName(heldCookie)); {
	case page.Held != "":
		page.Error = "form_kept"
	case page.To != "":
		page.Notice = "log_in_first"
	}
	return s.render(c, fiber.StatusOK, "public/front", page)
}

// ownPlace lets through only places behind the code.
func ownPlace(to string) string {
	if to == "/me" || strings.HasPrefix(to, "/me/") {
		return to
	}
	return ""
}

// login opens what a code is for. The code is in the body only, and goes
// nowhere but into the key derivation.
func (s *Server) login(c *fiber.Ctx) error {
	code, err := accesscode.Parse(field(c, "code"))
	if err != nil {
		return s.refuseLogin(c, problemOf(fiber.StatusUnprocessableEntity, "mistyped"))
	}
	var e entry
	err = s.usage.View(c.UserContext(), func(r store.Reader) (err error) {
		e, err = s.openCode(r, code, s.arrival(c))
		return err
	})
	if err != nil {
		if p := explain(err); p.status < 500 {
			return s.refuseLogin(c, s.failed(c, s.limits.codes, p))
		}
		return err
	}
	own := field(c, "device") == "own"
	if e.found.Pending != nil {
		return s.beginWelcome(c, code, own)
	}
	return s.enter(c, e, own)
}

// entry is what a code opens, and what is known of the login.
type entry struct {
	found  account.Found
	visit  registration.Visit // that the login belongs to
	writes bool               // there is something to write
}

// openCode opens what a code is for. A login within a visit that goes on writes
// nothing, unless something else is due.
func (s *Server) openCode(r store.Reader, code accesscode.Code, begun registration.Visit) (e entry, err error) {
	if e.found, err = account.Find(r, s.ring, code, s.now()); err != nil || e.found.Account == nil {
		return e, err
	}
	due, err := s.loginWorkDue(r, e.found.Account)
	if err != nil {
		return e, err
	}
	var goesOn bool
	e.visit, goesOn, err = registration.GoingOn(r, e.found.Account.ScopeOf(vault.Activity), begun)
	e.writes = due || !goesOn
	return e, err
}

// loginWorkDue reports whether a login has something to write.
func (s *Server) loginWorkDue(r store.Reader, a *vault.Account) (bool, error) {
	if account.Writable(a) == nil && account.TouchDue(a, s.now()) {
		return true, nil
	}
	return consent.Pending(r, a, s.now())
}

// loginWork writes what a login has to write: nothing for a paused account but
// what an end of sharing has left to be done.
func (s *Server) loginWork(v *visit, found account.Found, begun registration.Visit) error {
	err := s.writePaused(v, func(tx store.Tx, a *vault.Account) error {
		if account.Writable(a) != nil {
			return nil
		}
		if _, err := account.Touch(tx, a, found.Ref.Lookup, s.now()); err != nil {
			return err
		}
		return errors.Join(s.forgetTickets(tx, a), registration.RecordVisit(tx, a, begun))
	})
	switch {
	case err == nil:
		v.session.User.Narrow = account.Narrow(found.Account, s.now())
	case explain(err).id != "full": // a full store does not lock anybody out
		return err
	}
	return nil
}

// enter starts the session of an account.
func (s *Server) enter(c *fiber.Ctx, e entry, own bool) error {
	found := e.found
	v := &visit{Ctx: c, page: s.page(c), session: userSession(found.Ref, own)}
	if err := s.callOff(c, found); err != nil {
		return err
	}
	v.session.User.Visit = keptUntil(e.visit.ID, s.now())
	if e.writes {
		if err := s.loginWork(v, found, e.visit); err != nil {
			return err
		}
	}
	if err := s.endSession(c, userCookie); err != nil {
		return err
	}
	if err := s.startSession(c, userCookie, v.session); err != nil {
		return err
	}
	s.setLanguage(c, found.Account.Data.Language)
	if c.Cookies(s.cookieName(heldCookie)) != "" {
		s.dropCookie(c, heldCookie)
	}
	if h, ok := s.openHeld(field(c, "held"), found.Ref.Lookup); ok {
		return s.sendHeld(c, h)
	}
	to := ownPlace(field(c, "to"))
	if to == "" {
		to = "/me"
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

func userSession(ref account.Ref, own bool) session.Session {
	return session.Session{Own: own, User: &session.User{
		Lookup: ref.Lookup, Account: bytes.Clone(ref.ID[:]), Generation: ref.Generation, Master: ref.Master.Bytes(),
	}}
}

// refuseLogin shows the front page again with what was typed.
func (s *Server) refuseLogin(c *fiber.Ctx, p *problem) error {
	page := s.frontPage(c)
	page.Error, page.Code = p.id, field(c, "code")
	page.Own = field(c, "device") == "own"
	page.To, page.Held = ownPlace(field(c, "to")), field(c, "held")
	return s.render(c, p.status, "public/front", page)
}

func (s *Server) logout(c *fiber.Ctx) error {
	s.endVisit(c)
	if err := s.leave(c, userCookie); err != nil {
		return err
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// quickExit leaves at once for a page that anybody might be reading. Only our
// own pages can end a session with it.
func (s *Server) quickExit(c *fiber.Ctx) error {
	if site := c.Get("Sec-Fetch-Site"); site == "same-origin" || site == "" {
		for _, cookie := range []string{userCookie, staffCookie} {
			if err := s.leave(c, cookie); err != nil { // the browser has forgotten it by then
				s.log.Error("after a quick exit", "error", class(err))
			}
		}
	}
	return c.Redirect("https://www.yr.no/", fiber.StatusSeeOther)
}

// stay keeps a session from ending: loading it has moved its idle time forward.
func (s *Server) stay(v *visit) error {
	return v.Redirect("/me", fiber.StatusSeeOther)
}

func (s *Server) setLanguage(c *fiber.Ctx, lang string) {
	if s.texts[lang] != nil {
		s.setCookie(c, langCookie, lang, languageLife)
	}
}
