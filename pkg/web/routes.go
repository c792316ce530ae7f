package web

import "github.com/gofiber/fiber/v2"

func (s *Server) routes(app *fiber.App) {
	app.Get("/static/:file", s.staticFile)
	app.Get("/healthz", s.healthz)
	app.Get("/readyz", s.readyz)

	app.Get("/", s.front)
	app.Post("/login", s.login)
	app.Post("/logout", s.logout)
	app.Get("/exit", s.quickExit)
	app.Post("/language", s.setLanguagePost)
	app.Get("/deleted", s.deleted)
	for _, name := range infoPages {
		app.Get("/"+name, s.info(name))
	}

	app.Post("/start", s.start)
	app.Get("/start/confirm", s.newcomer(s.confirmPage))
	app.Post("/start/confirm", s.newcomer(s.confirm))
	app.Get("/me/welcome", s.newcomer(s.welcome))
	app.Post("/me/welcome", s.newcomer(s.welcomeAnswer))

	app.Get("/me", s.userReads(s.home))
	app.Post("/me/stay", s.user(s.stay))
	app.Get("/me/mapping/:id", s.userReads(s.mapping))
	app.Post("/me/mapping/:id", s.userReads(s.saveMapping))
	app.Post("/me/mapping/:id/answers", s.user(s.saveAnswer))
	app.Get("/me/development", s.user(s.development))
	app.Get("/me/registrations", s.userReads(s.registrations))
	app.Get("/me/registrations/:id", s.userReads(s.registration))
	app.Get("/me/registrations/:id/care", s.userReads(s.care))
	app.Get("/me/registrations/:id/correct", s.userReads(s.correctPage))
	app.Post("/me/registrations/:id/correct", s.userReads(s.correct))
	app.Get("/me/registrations/:id/delete", s.userReads(s.deletePage))
	app.Post("/me/registrations/:id/delete", s.userReads(s.remove))
	app.Get("/me/settings", s.user(s.settings))
	app.Get("/me/code", s.user(s.changeCodePage))
	app.Post("/me/code", s.user(s.newCode))
	app.Get("/me/code/confirm", s.user(s.newCodePage))
	app.Post("/me/code/confirm", s.user(s.confirmNewCode))
	app.Get("/me/preview", s.user(s.preview))
	app.Post("/me/sharing", s.user(s.sharingAnswer))
	app.Get("/me/data", s.user(s.data))
	app.Get("/me/export", s.user(s.export))
	app.Get("/me/delete", s.user(s.erasePage))
	app.Post("/me/delete", s.user(s.erase))

	s.toolsRoutes(app)
	s.buyerRoutes(app)
	s.closingRoutes(app)
	s.programRoutes(app)
	s.activityRoutes(app)
	s.clockRoutes(app)
	s.rightsRoutes(app)
	s.notesRoutes(app)
	s.sentRoutes(app)
	s.staffRoutes(app)
	s.messageRoutes(app)
	s.operatorRoutes(app)
	s.purchaseAPIRoutes(app)
}
