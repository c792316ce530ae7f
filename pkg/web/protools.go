package web

import "github.com/gofiber/fiber/v2"

// protoolsRoutes are what professionals can do beside reading: end sharing for
// somebody who lost the code, take out what they see, and leave.
func (s *Server) protoolsRoutes(app *fiber.App) {
	app.Get("/pro/export", s.staff(s.exportOverview))
	app.Get("/pro/users/:reference/export", s.staff(s.exportPerson))
	app.Get("/pro/users/:reference/end", s.staff(s.endPage))
	app.Post("/pro/users/:reference/end", s.staff(s.end))
	app.Get("/pro/profile/delete", s.colleague(s.leavePage))
	app.Post("/pro/profile/delete", s.colleague(s.leaveForGood))
}
