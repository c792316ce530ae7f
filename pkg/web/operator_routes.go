package web

import (
	"github.com/gofiber/fiber/v2"
)

// operatorRoutes are the area of the operator's own staff. They log in like
// professionals, and share with them the pages about colleagues and themselves.
func (s *Server) operatorRoutes(app *fiber.App) {
	app.Get("/staff", s.operators(s.requests))
	app.Get("/staff/requests/:id", s.operators(s.openRequest))
	app.Post("/staff/requests/:id/answer", s.operators(s.answerRequest))
	app.Post("/staff/requests/:id/close", s.operators(s.closeRequest))
	app.Post("/staff/requests/:id/delete", s.operators(s.deleteRequest))
	app.Get("/staff/evaluations", s.operators(s.evaluations))
	app.Get("/staff/jobs", s.operators(s.nightly))
	app.Get("/staff/audit", s.operators(s.audit))
}

// operators wraps a handler that is for the operator's staff alone.
func (s *Server) operators(h func(v *staffVisit) error) fiber.Handler {
	letIn := s.keyed(h)
	return s.colleague(func(v *staffVisit) error {
		if !v.business.Operator {
			return fiber.ErrNotFound
		}
		return letIn(v)
	})
}

// staffHome is where somebody lands after the login.
func staffHome(operator bool) string {
	if operator {
		return "/staff"
	}
	return "/pro"
}
