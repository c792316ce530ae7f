package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type changeCodePage struct {
	Page
	Form    string
	Sharing []Sharing
}

// changeCodePage explains what changing the code means, step by step.
func (s *Server) changeCodePage(v *visit) error {
	page := changeCodePage{Page: v.page, Form: newFormKey()}
	err := s.read(v, func(r store.Reader, a *vault.Account) (err error) {
		page.Sharing, err = s.sharing(r, a)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/change_code", page)
}

// newCode draws the new code and shows it, once for a form key. The old one goes
// on until the last group of the new one was typed back.
func (s *Server) newCode(v *visit) error {
	if err := s.awake(v); err != nil {
		return err
	}
	code := accesscode.New()
	err := s.remember(v, func(st *session.Session) error {
		if !st.UseForm(field(v.Ctx, "form")) {
			return problemOf(fiber.StatusConflict, "code_shown")
		}
		st.User.Fresh = code.Grouped()
		return nil
	})
	if err != nil {
		return err
	}
	v.page.Path = "/me/code/confirm"
	return s.showCode(v.Ctx, fiber.StatusOK, v.page, code)
}

// newCodePage shows the pending code again.
func (s *Server) newCodePage(v *visit) error {
	return s.withPending(v, v.session.User.Fresh, "/me/code", s.showPending)
}

// confirmNewCode changes the code once the last group of the new one was typed
// back.
func (s *Server) confirmNewCode(v *visit) error {
	return s.typedBack(v, v.session.User.Fresh, "/me/code", s.changeCode)
}

// changeCode puts the account under the new code. Every other session of the
// account ends.
func (s *Server) changeCode(v *visit, code accesscode.Code) error {
	// What the clock or an earlier change has left is done first.
	if err := s.write(v, func(store.Tx, *vault.Account) error { return nil }); err != nil {
		return err
	}
	if err := s.reseal(v); err != nil {
		return err
	}
	own := v.session.Own
	var ref account.Ref
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		a, err := account.Resume(tx, s.ring, v.ref())
		if err != nil {
			return err
		}
		if err := consent.Settle(tx, a, s.now()); err != nil {
			return err
		}
		if ref, err = account.ChangeCode(tx, a, v.ref(), code); err != nil {
			return err
		}
		return a.Save(tx)
	})
	if err != nil {
		return err
	}
	next := userSession(ref, own)
	next.User.Visit = v.session.User.Visit
	next.User.Later = v.session.User.Later
	return s.codeChanged(v, next)
}

// codeChanged goes on under the new code. It is changed whatever happens now: an
// error leads to the login, never to a page that says it was not saved.
func (s *Server) codeChanged(v *visit, next session.Session) error {
	flashed := s.flash(v.Ctx, "code_changed")
	if err := errors.Join(flashed, s.endSession(v.Ctx, userCookie), s.startSession(v.Ctx, userCookie, next)); err != nil {
		s.log.Error("after a change of code", "error", class(err))
		s.dropCookie(v.Ctx, userCookie)
		return v.Redirect("/", fiber.StatusSeeOther)
	}
	v.session = next
	if err := s.reseal(v); err != nil {
		s.log.Error("after a change of code", "error", class(err))
	}
	return v.Redirect("/me/settings", fiber.StatusSeeOther)
}
