package web

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// sentRoutes are for what professionals send, on both sides.
func (s *Server) sentRoutes(app *fiber.App) {
	app.Get("/me/sent", s.user(s.sentPage))
	app.Post("/me/sent", s.user(s.answerSent))
	app.Post("/pro/users/:reference/send", s.staff(s.send))
}

// The standard messages and the standard replies: nobody writes to anybody here,
// so that nothing urgent waits for somebody to look.
var (
	sentMessages = []string{"may_help", "before", "since_last", "talked"}
	sentReplies  = []string{"read", "done", "later", "talk"}
)

// Received is something that was sent, as both sides see it.
type Received struct {
	Sendable
	ID, ServiceID string // hexadecimal
	Business, Who string
	Message       string // ids of texts
	Reply         string
	On, Replied   deadline.Day
}

// received is one thing that was sent. What there is no longer has no link.
func (s *Server) received(one consent.Sent, page Page) Received {
	out := Received{Sendable: Sendable{To: one.To, Title: one.To}, ID: hex.EncodeToString(one.ID),
		Message: one.Message, Reply: one.Reply, On: one.Day, Replied: one.Replied}
	if found, ok := s.sendable(one.To, page); ok {
		out.Sendable = found
	}
	return out
}

// allReceived lists what all services have sent to a user, newest first.
func (s *Server) allReceived(r store.Reader, a *vault.Account, page Page) ([]Received, error) {
	var out []Received
	for _, service := range a.Data.Services {
		list, err := consent.Received(r, service, s.now())
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		b, err := organization.BusinessByID(r, organization.ID(service.Business))
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			line := s.received(one, page)
			line.Business, line.ServiceID = b.Name, hexID(b.ID)
			if line.Who, err = overview.NameOf(r, one.By); err != nil {
				return nil, err
			}
			out = append(out, line)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// unanswered keeps what the user has not replied to.
func unanswered(list []Received) []Received {
	return slices.DeleteFunc(list, func(one Received) bool { return one.Reply != "" })
}

// SentLine is one thing that was sent, on a page of the user's.
type SentLine struct {
	Page
	Received
	Replies []string
}

func sentLines(p Page, list []Received) []SentLine {
	var out []SentLine
	for _, one := range list {
		out = append(out, SentLine{p, one, sentReplies})
	}
	return out
}

type sentPage struct {
	Page
	Sent []SentLine
}

// sentPage shows everything that was sent, with the replies, which can be
// changed.
func (s *Server) sentPage(v *visit) error {
	if done, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = done
	}
	page := sentPage{Page: v.page}
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		list, err := s.allReceived(r, a, v.page)
		page.Sent = sentLines(v.page, list)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/sent", page)
}

// answerSent keeps a standard reply.
func (s *Server) answerSent(v *visit) error {
	reply := field(v.Ctx, "reply")
	if !slices.Contains(sentReplies, reply) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "reply")
	}
	id, err := hex.DecodeString(field(v.Ctx, "id"))
	if err != nil {
		return consent.ErrNotSent
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err != nil {
			return err
		}
		return consent.Answer(tx, service, id, reply, s.now())
	})
	if err != nil {
		return err
	}
	if err := s.flash(v.Ctx, "sent_answered"); err != nil {
		return err
	}
	return v.Redirect("/me/sent", fiber.StatusSeeOther)
}

// From names who sent it.
func (r Received) From() string {
	return strings.Join(slices.DeleteFunc([]string{r.Who, r.Business}, func(s string) bool { return s == "" }), ", ")
}
