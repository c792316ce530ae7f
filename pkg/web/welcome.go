package web

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// codePage shows a new code, once, and asks for its last group.
type codePage struct {
	Page
	Code    string
	QR      QR
	Address string // of the site, for the sheet
	Action  string // where the last group is sent
}

// welcomePage is a step of the first login.
type welcomePage struct {
	Page
	Business   string
	Team       bool
	Closed     bool // the business no longer uses the service
	Categories []Choice
	LastDay    deadline.Day // sharing would last through this day
	AskDay     deadline.Day
	Action     string // where the answer is sent
}

// start makes a code for somebody without a service. The account is made when
// the last group has been typed back.
func (s *Server) start(c *fiber.Ctx) error {
	if !s.config.Service.StartWithoutService {
		return problemOf(fiber.StatusForbidden, "no_start")
	}
	if v, err := s.visit(c, userCookie); err == nil && !v.session.UseForm(field(c, "form")) {
		return problemOf(fiber.StatusConflict, "code_shown")
	}
	if p := s.within(c, s.limits.starts); p != nil {
		return p
	}
	code := accesscode.New()
	data := session.Session{Welcome: &session.Welcome{Fresh: code.Grouped()}, Own: field(c, "device") == "own"}
	data.UseForm(field(c, "form"))
	if err := s.endSession(c, userCookie); err != nil {
		return err
	}
	if err := s.startSession(c, userCookie, data); err != nil {
		return err
	}
	return s.showCode(c, fiber.StatusOK, s.page(c), code)
}

func (s *Server) showCode(c *fiber.Ctx, status int, page Page, code accesscode.Code) error {
	address := s.config.Server.BaseURL
	qr, err := newQR(address + "/#" + code.Grouped())
	if err != nil {
		return err
	}
	action := "/start/confirm"
	if page.User {
		action = "/me/code/confirm"
	}
	return s.render(c, status, "user/code", codePage{page, code.Grouped(), qr, address, action})
}

// beginWelcome starts the session of an issued code. The account is made when
// the welcome is finished.
func (s *Server) beginWelcome(c *fiber.Ctx, code accesscode.Code, own bool) error {
	if err := s.endSession(c, userCookie); err != nil {
		return err
	}
	data := session.Session{Welcome: &session.Welcome{Issued: code.Grouped()}, Own: own}
	if err := s.startSession(c, userCookie, data); err != nil {
		return err
	}
	return c.Redirect("/me/welcome", fiber.StatusSeeOther)
}

// newcomer wraps a handler that needs a welcome that is not finished.
func (s *Server) newcomer(h func(v *visit) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v, err := s.visit(c, userCookie)
		switch {
		case errors.Is(err, session.ErrNone):
			return c.Redirect("/", fiber.StatusSeeOther)
		case err != nil:
			return err
		case v.session.Welcome == nil:
			return c.Redirect("/me", fiber.StatusSeeOther)
		}
		if err := s.addIssuersHelp(v, v.session.Welcome); err != nil {
			return err
		}
		return h(v)
	}
}

// confirmPage shows the pending code again.
func (s *Server) confirmPage(v *visit) error {
	return s.withPending(v, v.session.Welcome.Fresh, "/me/welcome", s.showPending)
}

func (s *Server) showPending(v *visit, code accesscode.Code) error {
	return s.showCode(v.Ctx, fiber.StatusOK, v.page, code)
}

// withPending goes on with a pending code; without one it leads to where one is
// made.
func (s *Server) withPending(v *visit, pending, begin string, then func(*visit, accesscode.Code) error) error {
	code, err := accesscode.Parse(pending)
	if err != nil {
		return v.Redirect(begin, fiber.StatusSeeOther)
	}
	return then(v, code)
}

// confirm makes the account once the last group of its code was typed back.
func (s *Server) confirm(v *visit) error {
	return s.typedBack(v, v.session.Welcome.Fresh, "/me/welcome", s.finish)
}

// typedBack goes on with a pending code once its last group was typed back. A
// wrong one shows the code again.
func (s *Server) typedBack(v *visit, pending, begin string, then func(*visit, accesscode.Code) error) error {
	return s.withPending(v, pending, begin, func(v *visit, code accesscode.Code) error {
		if !code.LastGroup(field(v.Ctx, "last_group")) {
			v.page.Error = "last_group"
			return s.showCode(v.Ctx, fiber.StatusUnprocessableEntity, v.page, code)
		}
		return then(v, code)
	})
}

// welcome asks about sharing, then about an own code.
func (s *Server) welcome(v *visit) error { return s.welcomeStep(v, fiber.StatusOK) }

// sharingQuestion is the page that asks about sharing with a business.
func (s *Server) sharingQuestion(v *visit, action string) welcomePage {
	today := deadline.DayOf(s.now())
	return welcomePage{Page: v.page, Categories: s.choices(nil, values(v.Ctx, "category")), Action: action,
		LastDay: today + consent.EndDays - 1, AskDay: today + consent.AskDays}
}

func (s *Server) welcomeStep(v *visit, status int) error {
	w := v.session.Welcome
	if w.Issued == "" || w.Fresh != "" {
		return v.Redirect("/start/confirm", fiber.StatusSeeOther)
	}
	page := s.sharingQuestion(v, "/me/welcome")
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		pending, err := s.pending(r, w)
		if err != nil {
			return err
		}
		b, err := organization.BusinessByID(r, organization.ID(pending.Business))
		page.Business, page.Team, page.Closed = b.Name, b.Team, b.Closed > 0
		return err
	})
	if err != nil {
		return err
	}
	if w.Asked || page.Closed { // there is nobody to share with
		return s.render(v.Ctx, status, "user/own_code", page)
	}
	return s.render(v.Ctx, status, "user/welcome", page)
}

// welcomeAnswer takes the answers to both questions, together or one by one.
func (s *Server) welcomeAnswer(v *visit) error {
	w := v.session.Welcome
	if w.Issued == "" {
		return v.Redirect("/start/confirm", fiber.StatusSeeOther)
	}
	categories := values(v.Ctx, "category")
	if err := s.knownCategories(categories, nil); err != nil {
		return err
	}
	own := field(v.Ctx, "own_code")
	if !slices.Contains([]string{"", "no", "yes"}, own) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "own_code")
	}
	if err := s.remember(v, func(st *session.Session) error {
		if st.Welcome == nil {
			return session.ErrNone
		}
		answered(st.Welcome, field(v.Ctx, "sharing"), categories, field(v.Ctx, "team"))
		if own == "yes" {
			st.Welcome.Fresh = accesscode.New().Grouped()
		}
		return nil
	}); err != nil {
		return err
	}
	if own == "no" {
		code, err := accesscode.Parse(v.session.Welcome.Issued)
		if err != nil {
			return err
		}
		return s.finish(v, code)
	}
	return v.Redirect("/me/welcome", fiber.StatusSeeOther)
}

// answered takes the answer about sharing; the last one counts. A form that is
// about the code alone leaves it as it was.
func answered(w *session.Welcome, sharing string, categories []string, team string) {
	switch {
	case sharing == "later":
		w.Categories = nil
	case sharing != "" || len(categories) > 0:
		w.Categories, w.Team = categories, team
	}
	w.Asked = true
}

// knownCategories refuses a category that there is not, where some tools are
// categories of their own.
func (s *Server) knownCategories(list, tools []string) error {
	for _, c := range list {
		if tool, ok := vault.ToolOf(c); !slices.Contains(s.categories(), c) && !(ok && slices.Contains(tools, tool)) {
			return problemOf(fiber.StatusUnprocessableEntity, "unknown_category", c)
		}
	}
	return nil
}

// pending finds the issued code of a welcome again.
func (s *Server) pending(r store.Reader, w *session.Welcome) (*account.Pending, error) {
	issued, err := accesscode.Parse(w.Issued)
	if err != nil {
		return nil, err
	}
	found, err := account.Find(r, s.ring, issued, s.now())
	if err == nil && found.Pending == nil {
		err = account.ErrUnknown // taken into use in another browser meanwhile
	}
	return found.Pending, err
}
