package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const languageLife = 365 * 24 * time.Hour

// setLanguagePost changes the language and returns to the page it came from.
// What was typed into that page's form comes along and is not lost.
func (s *Server) setLanguagePost(c *fiber.Ctx) error {
	lang := c.FormValue("lang")
	if s.texts[lang] == nil {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "lang")
	}
	s.setLanguage(c, lang)
	c.Request().Header.SetCookie(s.cookieName(langCookie), lang)
	if err := s.keepLanguage(c, lang); err != nil {
		return err
	}
	to := c.FormValue("from")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		to = "/"
	}
	if id, ok := strings.CutPrefix(to, "/me/mapping/"); ok {
		if err := s.keepAnswers(c, id); err != nil {
			return err
		}
	}
	if c.FormValue("code") != "" && to == "/" {
		page := s.frontPage(c)
		page.Path, page.Code, page.Own = "/", c.FormValue("code"), c.FormValue("device") == "own"
		page.To, page.Held = ownPlace(c.FormValue("to")), c.FormValue("held")
		return s.render(c, fiber.StatusOK, "public/front", page)
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
	return ignore(err, account.ErrEnded)
}

// keepAnswers saves what has been answered of a mapping, so that changing the
// language loses nothing.
func (s *Server) keepAnswers(c *fiber.Ctx, id string) error {
	in, ok := s.instruments.Get(id)
	v, err := s.visit(c, userCookie)
	if !ok || err != nil || v.session.User == nil {
		return ignore(err, session.ErrNone)
	}
	answers, err := formAnswers(c, in)
	if err != nil || len(answers) == 0 {
		return err
	}
	return ignore(s.saveDraft(v, in, answers), account.ErrEnded)
}
