package web

import "github.com/gofiber/fiber/v2"

// rightsRoutes are what users do with their connections and with the account as
// a whole.
func (s *Server) rightsRoutes(app *fiber.App) {
	app.Get("/me/connect", s.user(s.connectPage))
	app.Post("/me/connect", s.user(s.connect))
	app.Get("/me/connect/:service", s.user(s.connectedPage))
	app.Post("/me/connect/:service", s.user(s.connectedAnswer))
	app.Get("/me/reference", s.user(s.referencesPage))
	app.Post("/me/reference", s.user(s.newReference))
	app.Get("/me/pause", s.user(s.pausePage))
	app.Post("/me/pause", s.user(s.pause))
	app.Post("/me/resume", s.user(s.resume))
	app.Get("/deleted/check", s.checkPage)
	app.Post("/deleted/check", s.check)
	app.Post("/deleted/text", s.confirmationText)
}
