package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// endPage asks before sharing is ended. Like the answer, it is the same whether
// something is shared or not.
type endPage struct {
	Page
	Reference string
	Checked   bool // as typed
}

// endPage is for the owner of a reference who has lost the code, and so cannot
// end the sharing in their own settings.
func (s *Server) endPage(v *staffVisit) error { return s.showEnd(v, fiber.StatusOK) }

func (s *Server) showEnd(v *staffVisit, status int) error {
	if err := s.adoptMoved(v); err != nil {
		return err
	}
	var i organization.Issued
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		i, err = s.issued(r, v)
		return err
	})
	if err != nil {
		return unshared(err)
	}
	return s.render(v.Ctx, status, "staff/end", endPage{v.page, i.Reference, field(v.Ctx, "checked") == "yes"})
}

// end deletes the grant behind a reference, if there is one, and revokes its
// code, if that is not in use, together with the audit entry.
func (s *Server) end(v *staffVisit) error {
	if field(v.Ctx, "checked") != "yes" {
		v.page.Error = "end_unchecked"
		return s.showEnd(v, fiber.StatusUnprocessableEntity)
	}
	if err := s.adoptMoved(v); err != nil {
		return err
	}
	e := s.entry(v, audit.End)
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		i, err := s.issued(r, v)
		if err != nil {
			return err
		}
		o, err := s.grantOf(r, v, i.Reference)
		e.Grant = o.ID
		return err
	})
	if err != nil {
		return unshared(err)
	}
	err = s.noted(v, e, func(tx store.Tx) error {
		i, err := s.issued(tx, v)
		if err != nil {
			return unshared(err)
		}
		if e.Grant != nil {
			err = consent.End(tx, e.Grant)
		}
		i.Revoked = true
		return errors.Join(err, account.Revoke(tx, i.Open), organization.SaveIssued(tx, s.ring, v.keys, i))
	})
	if err != nil {
		return err
	}
	return s.done(v, "sharing_ended_here", "/pro/codes/"+normalReference(v.Params("reference")))
}
