package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type referencesPage struct {
	Page
	Sharing []Sharing
}

// referencesPage shows the reference at each service and offers a new one.
func (s *Server) referencesPage(v *visit) error {
	page := referencesPage{Page: v.page}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		page.Notice = done
	}
	err := s.read(v, func(r store.Reader, a *vault.Account) (err error) {
		page.Sharing, err = s.sharing(r, a)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/reference", page)
}

// newReference gives the user another reference at a service.
func (s *Server) newReference(v *visit) error {
	reference, notice := organization.DrawReference(), ""
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err != nil {
			return err
		}
		b, err := organization.BusinessByID(tx, organization.ID(service.Business))
		if err != nil {
			return err
		}
		if notice = "reference_later"; service.Grant != nil {
			notice = "reference_new"
		}
		return consent.Refer(tx, a, b, service, reference, s.now())
	})
	if err != nil {
		return err
	}
	if err := s.flash(v.Ctx, notice); err != nil {
		return err
	}
	return v.Redirect("/me/reference", fiber.StatusSeeOther)
}
