package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

// savedPage shows what is to be kept outside the service.
type savedPage struct {
	Page
	Spare    []string // recovery codes
	Recovery []string // recovery key in groups, while this session has it
	Confirm  bool     // the recovery key has not been typed back
}

// savedPage shows recovery codes and recovery key until both are confirmed.
func (s *Server) savedPage(v *staffVisit) error { return s.showSaved(v, fiber.StatusOK) }

func (s *Server) showSaved(v *staffVisit, status int) error {
	st := v.session.Staff
	page := savedPage{Page: v.page, Spare: st.Spare}
	page.Confirm = v.professional.Super && !v.business.Recovered
	if st.Recovery != "" {
		page.Recovery = groups(st.Recovery, 6)
	}
	if len(page.Spare) == 0 && !page.Confirm {
		return v.Redirect("/pro", fiber.StatusSeeOther)
	}
	return s.render(v.Ctx, status, "staff/saved", page)
}

// saved takes one of the two confirmations.
func (s *Server) saved(v *staffVisit) error {
	key := field(v.Ctx, "recovery")
	if key != "" {
		err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
			return organization.ConfirmRecovery(tx, v.business.ID, key)
		})
		if errors.Is(err, organization.ErrRecovery) {
			v.page.Error = "recovery_key"
			return s.showSaved(v, fiber.StatusUnprocessableEntity)
		} else if err != nil {
			return err
		}
	}
	err := s.remember(v.visit, func(st *session.Session) error {
		if key != "" {
			st.Staff.Recovery = ""
		}
		if field(v.Ctx, "spare") == "saved" {
			st.Staff.Spare = nil
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.Redirect("/pro/saved", fiber.StatusSeeOther)
}
