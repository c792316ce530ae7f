package web

import "github.com/gofiber/fiber/v2"

// staffRoutes are the professionals' area.
func (s *Server) staffRoutes(app *fiber.App) {
	app.Get("/pro/login", s.staffLoginPage)
	app.Post("/pro/login", s.staffLogin)
	app.Get("/pro/link/:token", s.linkPage)
	app.Post("/pro/link/:token", s.accept)

	app.Post("/pro/logout", s.colleague(s.staffLogout))
	app.Post("/pro/stay", s.colleague(s.staffStay))
	app.Get("/pro/saved", s.colleague(s.savedPage))
	app.Post("/pro/saved", s.colleague(s.saved))
	app.Post("/pro/recover", s.colleague(s.recoverAccess))
	app.Get("/pro/profile", s.colleague(s.profile))
	app.Post("/pro/profile", s.colleague(s.saveProfile))
	app.Get("/pro/profile/export", s.colleague(s.exportProfile))

	app.Get("/pro", s.staff(s.overview))
	app.Get("/pro/users/:reference", s.staff(s.person))
	app.Post("/pro/users/:reference/hand-over", s.staff(s.handOver))
	app.Post("/pro/users/:reference/cover", s.staff(s.cover))
	app.Get("/pro/codes", s.staff(s.codes))
	app.Post("/pro/codes", s.staff(s.issue))
	app.Get("/pro/codes/print", s.staff(s.printCodes))
	app.Post("/pro/codes/printed", s.staff(s.printed))
	app.Post("/pro/codes/revoke", s.staff(s.revoke))
	app.Post("/pro/codes/archive", s.staff(s.archive))
	app.Get("/pro/codes/:reference", s.staff(s.reference))
	app.Get("/pro/audit", s.staff(s.audit))

	app.Get("/pro/staff", s.member(s.staffList))
	app.Post("/pro/staff/let-in", s.member(s.letIn))
	app.Post("/pro/staff/invite", s.member(onlySuper(s.invite)))
	app.Post("/pro/staff/reset", s.member(onlySuper(s.reset)))
	app.Post("/pro/staff/deactivate", s.member(onlySuper(s.deactivate)))
	app.Post("/pro/staff/super", s.member(onlySuper(s.setSuper)))
	app.Get("/pro/business", s.super(s.businessPage))
	app.Post("/pro/business", s.super(s.saveBusiness))
	s.protoolsRoutes(app)
}
