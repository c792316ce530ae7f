package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// The two cookies. Over https they carry the __Host- prefix.
const (
	userCookie  = "s"
	staffCookie = "p"
	langCookie  = "lang"
)

// visit is a request of somebody who has a session.
type visit struct {
	*fiber.Ctx
	session session.Session
	page    Page
	last    time.Time // of the session's requests before this one, to the minute

	services []organization.Business // of the account, in its order, once helpFor has read them
}

// user wraps a handler that needs an account. Without a session the browser is
// sent to the front page with the place kept; a form that comes too late is
// kept too.
func (s *Server) user(h func(v *visit) error) fiber.Handler {
	return s.userReads(func(v *visit) error {
		if err := s.addLocalHelp(v); err != nil {
			return err
		}
		return h(v)
	})
}

// userReads is user for handlers whose pages come from readPage, which brings
// the local help along: one look at the account is enough.
func (s *Server) userReads(h func(v *visit) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v, err := s.visit(c, userCookie)
		if errors.Is(err, session.ErrNone) || err == nil && v.session.User == nil && v.session.Welcome == nil {
			return s.askLogin(c)
		} else if err != nil {
			return err
		}
		if v.session.User == nil {
			return c.Redirect("/me/welcome", fiber.StatusSeeOther)
		}
		v.page.User = true
		err = h(v)
		switch {
		case errors.Is(err, account.ErrEnded):
			return errors.Join(s.leave(c, userCookie), s.askLogin(c))
		case errors.Is(err, account.ErrPaused) && c.Method() == fiber.MethodGet:
			return c.Redirect("/me/pause", fiber.StatusSeeOther)
		}
		if err == nil {
			s.goOn(v)
		}
		return err
	}
}

// visit loads the session of a cookie and moves its idle time forward.
func (s *Server) visit(c *fiber.Ctx, cookie string) (*visit, error) {
	token, err := session.ParseToken(c.Cookies(s.cookieName(cookie)))
	if err != nil {
		return nil, err
	}
	v := &visit{Ctx: c, page: s.page(c)}
	err = s.sessions.View(c.UserContext(), func(r store.Reader) (err error) {
		v.session, err = session.Load(r, token, s.now())
		return err
	})
	v.last = time.Unix(v.session.Seen, 0)
	if err == nil && v.session.TouchDue(s.now()) {
		v.session.Seen = s.now().Unix()
		err = s.sessions.Update(c.UserContext(), func(tx store.Tx) error { return session.Touch(tx, token, s.now()) })
		err = ignore(err, store.ErrFull) // a full disk does not keep anybody from reading
	}
	v.page.Ends = v.session.Ends()
	return v, err
}

// askLogin sends the browser to the front page, which leads back here.
func (s *Server) askLogin(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodPost {
		if c.Get("Sec-Fetch-Mode") == "cors" {
			return session.ErrNone // our own script; it tells the person
		}
		return s.holdForm(c)
	}
	return c.Redirect(loginFor(c.Path()), fiber.StatusSeeOther)
}

// read runs fn with the account in a View, unless it is paused.
func (s *Server) read(v *visit, fn func(r store.Reader, a *vault.Account) error) error {
	return s.readPaused(v, func(r store.Reader, a *vault.Account) error {
		if err := account.Writable(a); err != nil {
			return err
		}
		return fn(r, a)
	})
}

// awake returns an error unless the account is there and not paused.
func (s *Server) awake(v *visit) error {
	return s.read(v, func(store.Reader, *vault.Account) error { return nil })
}

// readPaused runs fn with the account in a View, also while it is paused.
func (s *Server) readPaused(v *visit, fn func(r store.Reader, a *vault.Account) error) error {
	return s.usage.View(v.UserContext(), func(r store.Reader) error {
		a, err := account.Resume(r, s.ring, v.ref())
		if err != nil {
			return err
		}
		return fn(r, a)
	})
}

// write runs fn with the account in an Update, unless it is paused.
func (s *Server) write(v *visit, fn func(tx store.Tx, a *vault.Account) error) error {
	return s.writePaused(v, func(tx store.Tx, a *vault.Account) error {
		if err := account.Writable(a); err != nil {
			return err
		}
		return fn(tx, a)
	})
}

// writePaused runs fn with the account in an Update, also while it is paused:
// the clock of every grant is obeyed first, and the account is saved when it has
// changed. What a withdrawal leaves to be done follows in further Updates.
func (s *Server) writePaused(v *visit, fn func(tx store.Tx, a *vault.Account) error) error {
	var rotating bool
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		a, err := account.Resume(tx, s.ring, v.ref())
		if err != nil {
			return err
		}
		if err := consent.Settle(tx, a, s.now()); err != nil {
			return err
		}
		if err := fn(tx, a); err != nil {
			return err
		}
		rotating = a.Unsettled()
		return a.Save(tx)
	})
	if err == nil && rotating {
		// What was decided is done: no business has the new keys. Moving the
		// rest is taken up again at the next write or login.
		if err := s.reseal(v); err != nil {
			s.log.Error("after a withdrawal", "error", class(err))
		}
	}
	return err
}

// reseal moves registrations to their new keys until none is left.
func (s *Server) reseal(v *visit) error {
	for more := true; more; {
		err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
			a, err := account.Resume(tx, s.ring, v.ref())
			if err != nil {
				return err
			}
			tx.Essential()
			more, err = account.Reseal(tx, a)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ref is what the session keeps to open its account.
func (v *visit) ref() account.Ref {
	u := v.session.User
	master, err := vault.KeyFrom(u.Master)
	if err != nil || len(u.Account) != len(vault.ID{}) {
		return account.Ref{} // resumes nothing
	}
	return account.Ref{Lookup: u.Lookup, ID: vault.ID(u.Account), Generation: u.Generation, Master: master}
}

// remember changes what the session keeps, as it is stored now: another request
// of the same browser may have changed or ended it meanwhile.
func (s *Server) remember(v *visit, change func(st *session.Session) error) error {
	return s.sessions.Update(v.UserContext(), func(tx store.Tx) error {
		stored, err := session.Load(tx, v.session.Token, s.now())
		if err != nil {
			return err
		}
		if err := change(&stored); err != nil {
			return err
		}
		v.session = stored
		return session.Save(tx, stored)
	})
}

// startSession stores a session and hands its token to the browser.
func (s *Server) startSession(c *fiber.Ctx, cookie string, data session.Session) error {
	err := s.sessions.Update(c.UserContext(), func(tx store.Tx) error {
		started, err := session.Start(tx, data, s.now())
		data = started
		return err
	})
	if err != nil {
		return err
	}
	life := time.Duration(0) // until the browser is closed
	if data.Own {
		life = session.OwnLife
	}
	s.setCookie(c, cookie, data.Token.Reveal(), life)
	return nil
}

// endSession forgets the session of a cookie, if there is one.
func (s *Server) endSession(c *fiber.Ctx, cookie string) error {
	value := c.Cookies(s.cookieName(cookie))
	if value == "" {
		return nil
	}
	token, err := session.ParseToken(value)
	s.dropCookie(c, cookie)
	if err != nil {
		return nil
	}
	return s.sessions.Update(c.UserContext(), func(tx store.Tx) error { return session.End(tx, token) })
}

// leave ends the session of a cookie and has the browser forget its pages, also
// those that it keeps in memory for the way back.
func (s *Server) leave(c *fiber.Ctx, cookie string) error {
	c.Set("Clear-Site-Data", `"cache"`)
	s.dropCookie(c, heldCookie)
	s.dropCookie(c, typedCookie)
	return s.endSession(c, cookie)
}

func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *Server) setCookie(c *fiber.Ctx, name, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", HTTPOnly: true, Secure: s.secure,
		SameSite: fiber.CookieSameSiteLaxMode, MaxAge: int(life.Seconds()), SessionOnly: life == 0,
	})
}

func (s *Server) dropCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(name), Path: "/", HTTPOnly: true, Secure: s.secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: time.Unix(1, 0)})
}

// language is that of the cookie, or the best of what the browser asks for, or
// the operator's.
func (s *Server) language(c *fiber.Ctx) string {
	if lang := c.Cookies(s.cookieName(langCookie)); s.texts[lang] != nil {
		return lang
	}
	if c.Get(fiber.HeaderAcceptLanguage) != "" {
		for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptLanguage), ",") {
			lang, _, _ := strings.Cut(strings.TrimSpace(part), ";")
			lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
			if lang == "no" {
				lang = "nb"
			}
			if s.texts[lang] != nil {
				return lang
			}
		}
	}
	return s.config.Service.DefaultLanguage
}
