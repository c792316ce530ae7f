package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/attest"
)

// signer signs confirmations and knows its own again.
func (s *Server) signer() attest.Signer { return attest.New(s.ring.AttestSeed()) }

// confirmation is the signed text that says what was deleted, or is going to be.
// Nothing about it is kept.
func (s *Server) confirmation(p Page, d deleted) string {
	day := time.Unix(d.At, 0)
	what := p.T("rights.confirmation_done")
	if d.Due != 0 {
		what = p.T("rights.confirmation_asked", "Due", p.Day(d.Due))
	}
	return s.signer().Sign(p.T("rights.confirmation", "Service", p.Service, "Date", p.Date(day), "What", what, "Number", d.Number,
		"Registrations", d.Counts.Registrations, "Drafts", d.Counts.Drafts, "Replaced", d.Counts.Replaced))
}

type deletedPage struct {
	Page
	Done         deleted
	Confirmation string
}

// At is when it was done or asked for.
func (p deletedPage) At() time.Time { return time.Unix(p.Done.At, 0) }

// deleted confirms a deletion, for a minute, in which the page can be read in
// another language.
func (s *Server) deleted(c *fiber.Ctx) error {
	done, err := flashed[deleted](s, c)
	life := time.Minute - s.now().Sub(time.Unix(done.At, 0))
	if err != nil || life <= 0 {
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	s.setCookie(c, flashCookie, c.Cookies(s.cookieName(flashCookie)), life)
	page := s.page(c)
	return s.render(c, fiber.StatusOK, "public/deleted", deletedPage{page, done, s.confirmation(page, done)})
}

type checkPage struct {
	Page
	Text    string
	Checked bool
	Signed  bool
}

// checkPage takes a confirmation that somebody has kept.
func (s *Server) checkPage(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "public/check", checkPage{Page: s.page(c), Text: field(c, "text")})
}

// check says whether a confirmation is this service's own and unaltered.
func (s *Server) check(c *fiber.Ctx) error {
	text := field(c, "text")
	return s.render(c, fiber.StatusOK, "public/check",
		checkPage{Page: s.page(c), Text: text, Checked: true, Signed: s.signer().Check(text)})
}

// confirmationText hands out a confirmation as a file. A text that is not our
// own is not handed out under our name.
func (s *Server) confirmationText(c *fiber.Ctx) error {
	text := field(c, "text")
	if !s.signer().Check(text) {
		return problemOf(fiber.StatusUnprocessableEntity, "not_signed")
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="confirmation.txt"`)
	return c.SendString(strings.ReplaceAll(text, "\r\n", "\n"))
}
