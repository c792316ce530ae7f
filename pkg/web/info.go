package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/orgnumber"
)

// infoPages are the pages that anybody may read. Each has a template for every
// language: templates/info/<name>.<lang>.html.
var infoPages = []string{"privacy", "security", "accessibility", "contact", "help", "crisis", "lost-code"}

type infoPage struct {
	Page
	Operator   config.Operator
	Number     string    // organisation number, nine digits
	Version    time.Time // of the privacy statement
	Changes    []Change  // of the privacy statement, newest first
	UnusedDays int
	Checked    time.Time // when the crisis numbers were last checked
	Alone      bool
	PublicKey  string      // of confirmations; on the page about security
	Sells      bool        // access codes are sold
	Issuers    []issuerKey // that sign tokens; on the page about security
}

func (s *Server) info(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		page := infoPage{Page: s.page(c), Operator: s.config.Operator, Version: s.config.Policy.PrivacyVersion.Time(),
			UnusedDays: s.config.Service.UnusedCodesDays, Alone: s.config.Service.StartWithoutService, Sells: s.payment != nil}
		page.Issuers = s.issuerKeys()
		page.Changes = s.changes("", page.Lang)
		if number, err := orgnumber.Check(s.config.Operator.OrganisationNumber); err == nil {
			page.Number = number
		}
		for _, number := range s.config.Crisis {
			if at := number.LastChecked.Time(); page.Checked.IsZero() || at.Before(page.Checked) {
				page.Checked = at
			}
		}
		if name == "security" {
			page.PublicKey = s.signer().PublicKey()
		}
		if v, err := s.visit(c, userCookie); err == nil {
			page.User, page.Ends = v.session.User != nil, v.page.Ends
			if page.User && s.addLocalHelp(v) == nil { // the page itself needs no store
				page.Local = v.page.Local
			}
		}
		return s.render(c, fiber.StatusOK, "info/"+name+"."+page.Lang, page)
	}
}

// healthz says that the process answers.
func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz says whether the store still works.
func (s *Server) readyz(c *fiber.Ctx) error {
	if !s.ready() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready\n")
}
