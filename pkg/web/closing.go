package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// closingRoutes are what users do about a business that no longer uses the
// service.
func (s *Server) closingRoutes(app *fiber.App) {
	app.Post("/me/closed", s.user(s.leaveClosed))
}

// leaveClosed removes the connection to a business that is closed. What the user
// has recorded stays.
func (s *Server) leaveClosed(v *visit) error {
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err != nil {
			return err
		}
		return consent.Disconnect(tx, a, service)
	})
	if err != nil {
		return err
	}
	if err := s.flash(v.Ctx, "closed_left"); err != nil {
		return err
	}
	return v.Redirect("/me", fiber.StatusSeeOther)
}
