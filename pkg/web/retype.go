package web

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
)

const typedCookie = "typed"

// secretFields travel in no cookie.
var secretFields = []string{"code", "password", "totp"}

// typedForm is what was typed into the form of a page.
type typedForm struct {
	Path string `json:"p"`
	Body []byte `json:"b"`
}

// retype shows a page again with what was typed into its form. That travels in a
// sealed cookie that lives a minute and opens in this visit alone, so that Back finds
// pages and no form to send again. A form with a secret, or too large for a cookie, is answered at once.
func (s *Server) retype(c *fiber.Ctx, to string) error {
	raw, err := json.Marshal(typedForm{to, c.Body()})
	if err != nil {
		return err
	}
	sealed := base64.RawURLEncoding.EncodeToString(s.forms.Seal("typed form", raw, s.visitor(c)))
	if len(sealed) > maxHeldCookie || slices.ContainsFunc(secretFields, c.Request().PostArgs().Has) {
		return reopen(c, to)
	}
	s.setCookie(c, typedCookie, sealed, time.Minute)
	return c.Redirect(to, fiber.StatusSeeOther)
}

// retyping gives a page what was typed into its form, once.
func (s *Server) retyping(c *fiber.Ctx) error {
	if sealed := c.Cookies(s.cookieName(typedCookie)); sealed != "" && c.Method() == fiber.MethodGet {
		if form, ok := s.openTyped(c, sealed); ok && form.Path == c.Path() {
			s.dropCookie(c, typedCookie)
			c.Request().PostArgs().ParseBytes(form.Body)
		}
	}
	return c.Next()
}

func (s *Server) openTyped(c *fiber.Ctx, sealed string) (form typedForm, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return form, false
	}
	raw, err = s.forms.Open("typed form", raw, s.visitor(c))
	return form, err == nil && json.Unmarshal(raw, &form) == nil
}

// visitor is who asks, whether logged in or not: another one has other cookies.
func (s *Server) visitor(c *fiber.Ctx) []byte {
	return []byte(c.Cookies(s.cookieName(userCookie)) + " " + c.Cookies(s.cookieName(staffCookie)))
}

// reopen answers with a page whose form keeps what was typed: its handler reads
// the fields as they were sent.
func reopen(c *fiber.Ctx, to string) error {
	c.Method(fiber.MethodGet)
	c.Path(to)
	return c.RestartRouting()
}

// reopened reports whether the page is shown again with what was typed.
func reopened(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodGet && c.Request().PostArgs().Len() > 0
}
