package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

const (
	heldFor       = 15 * time.Minute
	heldCookie    = "held"
	maxHeldCookie = 3500 // bytes; browsers take 4096 with name and attributes
)

// holdable are the forms in which somebody has filled something in. What deletes
// or shares is not sent on by itself: the person decides anew.
var holdable = regexp.MustCompile(`^/me/(messages|mapping/[a-z0-9_]+|programs/[a-z0-9_]+/[0-9]+/[a-z0-9_]+|registrations/[0-9a-f]+/correct)$`)

// held is a form that came after its session had ended. It travels in a sealed
// field of the login form, and is sent on after a login with the same code.
type held struct {
	Path   string `json:"p"`
	Body   []byte `json:"b"`
	Lookup []byte `json:"l"` // whose session it was
	At     int64  `json:"t"`
}

// holdForm sends a form that came too late to the login. What was filled in
// waits there in a sealed field, which travels in a cookie until the page is
// shown; one that is too large for a cookie is shown at once.
func (s *Server) holdForm(c *fiber.Ctx) error {
	lookup := s.endedLookup(c)
	if lookup == nil || !holdable.MatchString(c.Path()) {
		return c.Redirect(loginFor(formPlace(c.Path())), fiber.StatusSeeOther)
	}
	raw, err := json.Marshal(held{c.Path(), c.Body(), lookup, s.now().Unix()})
	if err != nil {
		return err
	}
	field := base64.RawURLEncoding.EncodeToString(s.forms.Seal("held form", raw))
	if len(field) <= maxHeldCookie {
		s.setCookie(c, heldCookie, field, heldFor)
		return c.Redirect(loginFor(formPlace(c.Path())), fiber.StatusSeeOther)
	}
	page := s.frontPage(c)
	page.Path, page.To, page.Held, page.Error = "/", formPlace(c.Path()), field, "form_kept"
	return s.render(c, fiber.StatusUnauthorized, "public/front", page)
}

// loginFor is the address of the login that leads back to a place.
func loginFor(place string) string { return "/?" + url.Values{"to": {place}}.Encode() }

// formPlace is the page that a form stands on.
func formPlace(action string) string {
	switch {
	case action == "/me/sharing":
		return "/me/settings"
	case strings.HasSuffix(action, "/answers"):
		return strings.TrimSuffix(action, "/answers")
	case strings.HasPrefix(action, "/me/visits/"):
		return "/me/data"
	case action == "/me/stay", action == "/me/understood", action == "/me/closed":
		return "/me"
	case strings.HasPrefix(action, "/me/programs/"):
		return programPlace(action)
	case action == "/me/resume":
		return "/me/pause"
	}
	return action
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
