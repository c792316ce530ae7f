package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type connectPage struct {
	Page
	Code string // as typed
}

// connectPage has the field for a code of a service.
func (s *Server) connectPage(v *visit) error {
	if err := s.awake(v); err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/connect", connectPage{v.page, field(v.Ctx, "code")})
}

// connect makes an issued code a connection. Every code that is none gets one
// answer: that a code opens an account is not told here.
func (s *Server) connect(v *visit) error {
	code, err := accesscode.Parse(field(v.Ctx, "code"))
	if err != nil {
		return s.refuseConnect(v, "mistyped")
	}
	var service organization.ID
	var shares bool // the service already; it goes on under the new reference
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		connected, err := account.Connect(tx, a, code, s.now())
		if err == nil {
			service, shares = organization.ID(connected.Business), connected.Grant != nil
		}
		return err
	})
	if errors.Is(err, account.ErrUnknown) {
		return s.refuseConnect(v, "connect_unknown")
	} else if err != nil {
		return err
	}
	if shares {
		return s.settled(v, "reference_new")
	}
	return v.Redirect("/me/connect/"+hexID(service), fiber.StatusSeeOther)
}

func (s *Server) refuseConnect(v *visit, id string) error {
	page := connectPage{Page: v.page, Code: field(v.Ctx, "code")}
	page.Error = id
	return s.render(v.Ctx, fiber.StatusUnprocessableEntity, "user/connect", page)
}

// connectedPage asks about sharing with a service, as the welcome does.
func (s *Server) connectedPage(v *visit) error {
	page := s.sharingQuestion(v, "/me/connect/"+v.Params("service"))
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		service, err := chosenService(a, v.Params("service"))
		if err != nil {
			return err
		}
		b, err := organization.BusinessByID(r, organization.ID(service.Business))
		page.Business, page.Team, page.Categories = b.Name, b.Team, s.choices(a.Tools(), values(v.Ctx, "category"))
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/welcome", page)
}

// connectedAnswer shares what was ticked; nothing when nothing was, or later.
func (s *Server) connectedAnswer(v *visit) error {
	categories := values(v.Ctx, "category")
	if field(v.Ctx, "sharing") == "later" || len(categories) == 0 {
		return s.settled(v, "connected")
	}
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		service, err := chosenService(a, v.Params("service"))
		if err = errors.Join(err, s.knownCategories(categories, a.Tools())); err != nil {
			return err
		}
		b, err := organization.BusinessByID(tx, organization.ID(service.Business))
		if err != nil {
			return err
		}
		return consent.Share(tx, a, told(b, field(v.Ctx, "team")), service, categories, s.now())
	})
	if err != nil {
		return err
	}
	return s.settled(v, "sharing_share")
}

// settled leads to the settings, which say what was done.
func (s *Server) settled(v *visit, notice string) error {
	if err := s.flash(v.Ctx, notice); err != nil {
		return err
	}
	return v.Redirect("/me/settings", fiber.StatusSeeOther)
}
