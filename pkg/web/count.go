package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/statistics"
)

// countedAs are routes that are counted under another's name: which page comes
// after an answer tells something about the answer.
var countedAs = map[string]string{"/me/registrations/:id/care": "/me/registrations/:id"}

// Counters are those of the App that was made last.
func (s *Server) Counters() *statistics.Counters { return s.counters }

// newCounters has a counter for every route that people use, by its pattern.
func newCounters(app *fiber.App) *statistics.Counters {
	named := map[statistics.Route]string{}
	for _, r := range app.GetRoutes(true) {
		if r.Method == fiber.MethodHead || strings.HasPrefix(r.Path, "/static/") || strings.HasPrefix(r.Path, "/redeem") || r.Path == "/healthz" || r.Path == "/readyz" {
			continue
		}
		pattern := r.Path
		if as, ok := countedAs[pattern]; ok {
			pattern = as
		}
		named[statistics.Route{Method: r.Method, Pattern: r.Path}] = r.Method + " " + pattern
	}
	return statistics.NewCounters(named)
}

const beingCounted = "counted" // of a request that is being counted

// counted counts a request once it is answered. It looks at the pattern of the
// route, the status and the families of system and browser, and at nothing else.
func (s *Server) counted(c *fiber.Ctx) error {
	if c.Locals(beingCounted) != nil {
		return c.Next() // handed on within the request, which is counted once
	}
	c.Locals(beingCounted, true)
	if err := c.Next(); err != nil {
		return err // not answered yet; only what could not be rendered comes here
	}
	s.count(c)
	return nil
}

func (s *Server) count(c *fiber.Ctx) {
	route := c.Route()
	if route.Path == "/" && c.Response().StatusCode() == fiber.StatusNotFound {
		return // no route was found; this is the middleware's own
	}
	s.counters.Count(statistics.Route{Method: route.Method, Pattern: route.Path}, c.Response().StatusCode(), device(c), s.now())
}
