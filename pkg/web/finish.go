package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// finish makes the account under the code that was chosen and shares what was
// ticked.
func (s *Server) finish(v *visit, code accesscode.Code) error {
	begun := s.arrival(v.Ctx)
	var ref account.Ref
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		start := account.Start{Code: code, Language: v.page.Lang, Policy: s.policyVersion()}
		if v.session.Welcome.Issued != "" {
			var err error
			if start.Pending, err = s.pending(tx, v.session.Welcome); err != nil {
				return err
			}
		}
		a, made, err := account.Create(tx, s.ring, start, s.now())
		if err != nil {
			return err
		}
		ref = made
		if err := s.shareChosen(tx, a, v.session.Welcome); err != nil {
			return err
		}
		if err := registration.RecordVisit(tx, a, begun); err != nil {
			return err
		}
		return a.Save(tx)
	})
	if errors.Is(err, account.ErrTaken) || errors.Is(err, account.ErrUnknown) {
		ref, err = s.madeBefore(v, code, err)
	}
	if err != nil {
		return err
	}
	if err := s.endSession(v.Ctx, userCookie); err != nil {
		return err
	}
	started := userSession(ref, v.session.Own)
	started.Forms, started.User.Visit = v.session.Forms, keptUntil(begun.ID, s.now())
	if err := s.startSession(v.Ctx, userCookie, started); err != nil {
		return err
	}
	return v.Redirect("/me", fiber.StatusSeeOther)
}

// madeBefore finds the account that an earlier try has made under the code, when
// its session was lost on the way; otherwise the error stands.
func (s *Server) madeBefore(v *visit, code accesscode.Code, instead error) (account.Ref, error) {
	var found account.Found
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		found, err = account.Find(r, s.ring, code, s.now())
		return err
	})
	if err != nil || found.Account == nil {
		return account.Ref{}, instead
	}
	return found.Ref, nil
}

// shareChosen shares what was ticked at the welcome with the business that
// issued the code.
func (s *Server) shareChosen(tx store.Tx, a *vault.Account, w *session.Welcome) error {
	if len(a.Data.Services) == 0 || len(w.Categories) == 0 {
		return nil
	}
	service := a.Data.Services[0]
	b, err := organization.BusinessByID(tx, organization.ID(service.Business))
	if err != nil {
		return err
	}
	return consent.Share(tx, a, told(b, w.Team), service, w.Categories, s.now())
}

// told is the business as its user was told that it is: where the question did
// not say that all professionals read, the grant does not let them, though the
// business was switched to team meanwhile.
func told(b organization.Business, team string) organization.Business {
	b.Team = b.Team && team != "no"
	return b
}
