package web

import (
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// recover turns a panic into a 500. Its value is not logged: it may quote a
// request.
func (s *Server) recover(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic", "route", c.Route().Path, "kind", fmt.Sprintf("%T", p), "stack", frames(debug.Stack()))
			err = s.fail(c, fiber.ErrInternalServerError)
		}
	}()
	return c.Next()
}

// frames keeps the names of functions and files of a stack, not the arguments.
func frames(stack []byte) []string {
	var out []string
	for line := range strings.Lines(string(stack)) {
		if strings.HasPrefix(line, "\t") {
			file, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			out = append(out, file)
		}
	}
	return out
}

// bound gives the request a context that ends: a client that goes away cancels
// nothing by itself.
func (s *Server) bound(c *fiber.Ctx) error {
	patience := patientFor(s.config.Server.RequestTimeout.Duration)
	defer patience.end()
	c.SetUserContext(patience)
	return c.Next()
}

// logged writes one line for what went wrong on our side. Requests that went
// well leave no trace.
func (s *Server) logged(c *fiber.Ctx) error {
	err := c.Next()
	if err != nil {
		if failed := s.fail(c, err); failed != nil {
			return failed
		}
	}
	if status := c.Response().StatusCode(); status >= 500 && status != fiber.StatusInsufficientStorage {
		s.log.Error("request failed", "route", c.Route().Path, "method", c.Method(), "status", status, "error", class(err))
	}
	return nil
}

// plainForm refuses forms that are not sent as the pages send them.
func (s *Server) plainForm(c *fiber.Ctx) error {
	kind := string(c.Request().Header.ContentType())
	if s.speaksJSON(c) {
		return c.Next() // it says what it takes
	}
	if c.Method() == fiber.MethodPost && kind != "" && !strings.HasPrefix(kind, fiber.MIMEApplicationForm) {
		return problemOf(fiber.StatusUnsupportedMediaType, "form_kind")
	}
	return c.Next()
}

// sameSite refuses posts that another site made a browser send, by the rule of
// net/http.CrossOriginProtection: Sec-Fetch-Site decides; without it Origin
// must name our host; a client that sends neither is no browser.
func (s *Server) sameSite(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodPost {
		return c.Next()
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
		origin := c.Get(fiber.HeaderOrigin)
		u, err := url.Parse(origin)
		if origin == "" || err == nil && u.Host == string(c.Request().Header.Host()) {
			return c.Next()
		}
	}
	return errCrossSite
}
