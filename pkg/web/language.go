package web

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const languageLife = 365 * 24 * time.Hour

// retyped are the pages whose forms are shown again with what was typed.
var retyped = regexp.MustCompile(`^/(me/welcome|me/registrations/[0-9a-f]+/correct|me/connect(/[0-9a-f]+)?|me/programs/[a-z0-9_]+/[0-9]+/[a-z0-9_]+|me/sharing/tools|(me|pro)/messages/new/[a-z]+|deleted/check|staff/requests/[0-9a-f]+|` +
	`pro/(login|link/[^/]+|profile|profile/delete|business|staff|codes|codes/[0-9A-Z]+|users/[0-9A-Z]+/end))$`)

// setLanguagePost changes the language and returns to the page it came from.
// What was typed into that page's form comes along and is not lost.
func (s *Server) setLanguagePost(c *fiber.Ctx) error {
	lang := field(c, "lang")
	if s.texts[lang] == nil {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "lang")
	}
	s.setLanguage(c, lang)
	c.Request().Header.SetCookie(s.cookieName(langCookie), lang)
	if err := s.keepLanguage(c, lang); err != nil {
		return err
	}
	to := localPath(field(c, "from"))
	if id, ok := strings.CutPrefix(to, "/me/mapping/"); ok {
		if err := s.keepAnswers(c, id, begunAnswers); err != nil {
			return err
		}
	}
	if to == "/me" {
		if err := s.keepCheckIn(c); err != nil {
			return err
		}
	}
	if to == "/" && (field(c, "code") != "" || field(c, "held") != "") {
		page := s.frontPage(c)
		page.Path, page.Code, page.Own = "/", field(c, "code"), field(c, "device") == "own"
		page.To, page.Held = ownPlace(field(c, "to")), field(c, "held")
		return s.render(c, fiber.StatusOK, "public/front", page)
	}
	if retyped.MatchString(to) && c.Request().PostArgs().Len() > 2 { // more than "lang" and "from"
		return s.retype(c, to)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// keepLanguage stores the language in the account of whoever is logged in.
func (s *Server) keepLanguage(c *fiber.Ctx, lang string) error {
	v, err := s.visit(c, userCookie)
	if err != nil || v.session.User == nil {
		return ignore(err, session.ErrNone)
	}
	err = s.write(v, func(_ store.Tx, a *vault.Account) error {
		a.Data.Language = lang
		return nil
	})
	return ignore(err, account.ErrEnded, account.ErrPaused, store.ErrFull)
}

// localPath is a path of this site; the front page for anything else.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return "/"
	}
	return (&url.URL{Path: path.Clean(u.Path)}).String()
}

// keepAnswers saves what has been answered of a mapping, so that changing the
// language loses nothing.
func (s *Server) keepAnswers(c *fiber.Ctx, id string, read answersTo) error {
	in, ok := s.instruments.Get(id)
	v, err := s.visit(c, userCookie)
	if !ok || err != nil || v.session.User == nil {
		return ignore(err, session.ErrNone)
	}
	return ignore(s.saveDraft(v, in, read), account.ErrEnded, account.ErrPaused)
}
