package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// clockRoutes are what the time limits ask and tell.
func (s *Server) clockRoutes(app *fiber.App) {
	app.Get("/me/question", s.user(s.question))
	app.Post("/me/question", s.user(s.questionAnswer))
	app.Post("/me/understood", s.user(s.understood))
	app.Post("/pro/understood", s.colleague(s.staffUnderstood))
	app.Get("/schema/export-v1.json", s.exportSchema)
}

// FollowUp asks whether the follow-up by one business goes on. It is a card on
// the start page from the 22nd week, and a page of its own from the 25th.
type FollowUp struct {
	Page
	Sharing
}

// followUps are those that are open and were not put off in this session, the
// pressing ones first.
func followUps(v *visit, list []Sharing) []FollowUp {
	var out []FollowUp
	for _, sh := range list {
		if sh.Ask && !slices.Contains(v.session.User.Later, sh.ID) {
			out = append(out, FollowUp{v.page, sh})
		}
	}
	slices.SortStableFunc(out, func(a, b FollowUp) int { return urgency(b) - urgency(a) })
	return out
}

func urgency(q FollowUp) int {
	if q.Insist {
		return 1
	}
	return 0
}

// pressing reports whether a question comes before the start page.
func pressing(list []FollowUp) bool { return len(list) > 0 && list[0].Insist }

// question asks one question after the other. Only the start page leads here:
// who is filling something in is never interrupted.
func (s *Server) question(v *visit) error {
	if done, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = done
	}
	var open []FollowUp
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		list, err := s.sharing(r, a)
		open = followUps(v, list)
		return err
	})
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return v.Redirect("/me", fiber.StatusSeeOther)
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/question", open[0])
}

// questionActions are the answers, as what is done about sharing.
var questionActions = map[string]string{"yes": "continue", "no": "stop"}

func (s *Server) questionAnswer(v *visit) error {
	answer := field(v.Ctx, "answer")
	if answer == "later" {
		return s.questionLater(v)
	}
	action := questionActions[answer]
	if action == "" {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "answer")
	}
	err := s.decide(v, action, nil)
	if err != nil {
		return err
	}
	return s.homeWith(v, sharingDone[action])
}

// questionLater puts a question off until the next login.
func (s *Server) questionLater(v *visit) error {
	var id string
	err := s.read(v, func(_ store.Reader, a *vault.Account) error {
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err == nil {
			id = hexID(organization.ID(service.Business))
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.remember(v, func(st *session.Session) error {
		if st.User == nil {
			return session.ErrNone
		}
		if !slices.Contains(st.User.Later, id) {
			st.User.Later = append(st.User.Later, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.homeWith(v, "question_later")
}

// understood notes that the user knows of an end of sharing, or of the privacy
// statement in force. A form about something older leaves the newer to be told.
func (s *Server) understood(v *visit) error {
	today := deadline.DayOf(s.now())
	through, err := strconv.Atoi(field(v.Ctx, "day"))
	if field(v.Ctx, "day") == "" {
		through, err = int(today), nil
	}
	if err != nil {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "day")
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		if version := field(v.Ctx, "policy"); version != "" {
			if version == s.policyVersion() {
				a.Data.Policy = version
			}
			return nil
		}
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err != nil {
			return err
		}
		return consent.Understood(tx, a, service, deadline.Day(through), s.now())
	})
	if err != nil {
		return err
	}
	return v.Redirect("/me", fiber.StatusSeeOther)
}

// Month is a month, year*12 + month - 1, in words.
func (p Page) Month(m int) string {
	return p.T("date.month", "Month", p.T("date.m"+strconv.Itoa(m%12+1)), "Year", m/12)
}
