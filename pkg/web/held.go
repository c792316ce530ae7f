package web

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

const heldFor = 15 * time.Minute

// held is a form that came after its session had ended. It travels in a sealed
// field of the login form, and is sent on after a login with the same code.
type held struct {
	Path   string `json:"p"`
	Body   []byte `json:"b"`
	Lookup []byte `json:"l"` // whose session it was
	At     int64  `json:"t"`
}

// holdForm answers a form that came too late with the login form. Nothing that
// was filled in is lost.
func (s *Server) holdForm(c *fiber.Ctx) error {
	page := s.frontPage(c)
	page.Error = "session_ended"
	page.To = "/me"
	if lookup := s.endedLookup(c); lookup != nil && strings.HasPrefix(c.Path(), "/me/") {
		raw, err := json.Marshal(held{c.Path(), c.Body(), lookup, s.now().Unix()})
		if err != nil {
			return err
		}
		page.Held = base64.RawURLEncoding.EncodeToString(s.forms.Seal("held form", raw))
		page.Error = "form_kept"
	}
	return s.render(c, fiber.StatusUnauthorized, "public/front", page)
}

// endedLookup is the lookup key of the session that the cookie stood for, if
// its record is still there.
func (s *Server) endedLookup(c *fiber.Ctx) []byte {
	token, err := session.ParseToken(c.Cookies(s.cookieName(userCookie)))
	if err != nil {
		return nil
	}
	var lookup []byte
	err = s.sessions.View(c.UserContext(), func(r store.Reader) error {
		ended, err := session.Load(r, token, time.Unix(0, 0))
		if err == nil && ended.User != nil {
			lookup = ended.User.Lookup
		}
		return err
	})
	if err != nil {
		return nil
	}
	return lookup
}

// openHeld reads the sealed field; false when it is another person's, too old
// or not ours.
func (s *Server) openHeld(field string, lookup []byte) (held, bool) {
	var h held
	sealed, err := base64.RawURLEncoding.DecodeString(field)
	if err != nil {
		return h, false
	}
	raw, err := s.forms.Open("held form", sealed)
	if err != nil || json.Unmarshal(raw, &h) != nil {
		return h, false
	}
	fresh := s.now().Sub(time.Unix(h.At, 0)) < heldFor
	return h, fresh && string(h.Lookup) == string(lookup)
}

// sendHeld hands a kept form to the handler it was meant for. It is called at
// the end of a login, whose new session the handler must see.
func (s *Server) sendHeld(c *fiber.Ctx, h held) error {
	cookie := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(cookie)
	name := s.cookieName(userCookie)
	cookie.SetKey(name)
	if c.Response().Header.Cookie(cookie) {
		c.Request().Header.SetCookie(name, string(cookie.Value()))
	}
	c.Request().SetBody(h.Body)
	c.Request().PostArgs().ParseBytes(h.Body) // the login form was parsed already
	c.Path(h.Path)
	return c.RestartRouting()
}
