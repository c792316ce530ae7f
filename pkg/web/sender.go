package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// sender is a request of somebody who writes to the operator: a user, whose
// tickets are in the account, or a professional, whose are in their record.
type sender struct {
	*visit
	at     string         // where their messages are
	kinds  []request.Kind // what they can send
	secret []byte         // that only they know
	read   func(fn func(r store.Reader, tickets [][]byte) error) error
	write  func(fn func(tx store.Tx, tickets [][]byte) ([][]byte, error)) error
}

// messageRoutes are the messages of users and professionals to the operator.
func (s *Server) messageRoutes(app *fiber.App) {
	for at, who := range map[string]func(h func(from *sender) error) fiber.Handler{"/me/messages": s.userSends, "/pro/messages": s.staffSends} {
		app.Get(at, who(s.messages))
		app.Post(at, who(s.sendMessage))
		app.Get(at+"/new", who(s.chooseMessage))
		app.Get(at+"/new/:kind", who(s.newMessage))
		app.Get(at+"/:id", who(s.message))
	}
}

// userSends wraps a handler for a user.
func (s *Server) userSends(h func(from *sender) error) fiber.Handler {
	return s.user(func(v *visit) error { return h(s.userSender(v)) })
}

// staffSends wraps a handler for a professional.
func (s *Server) staffSends(h func(from *sender) error) fiber.Handler {
	return s.staff(func(v *staffVisit) error { return h(s.staffSender(v)) })
}

func (s *Server) userSender(v *visit) *sender {
	return &sender{
		visit: v, at: "/me/messages", secret: v.session.User.Master,
		kinds: []request.Kind{request.Correction, request.Suggestion, request.Evaluation},
		read: func(fn func(store.Reader, [][]byte) error) error {
			return s.read(v, func(r store.Reader, a *vault.Account) error { return fn(r, a.Data.Tickets) })
		},
		write: func(fn func(store.Tx, [][]byte) ([][]byte, error)) error {
			return s.write(v, func(tx store.Tx, a *vault.Account) (err error) {
				a.Data.Tickets, err = fn(tx, a.Data.Tickets)
				return err
			})
		},
	}
}

func (s *Server) staffSender(v *staffVisit) *sender {
	return &sender{
		visit: v.visit, at: "/pro/messages", secret: []byte(v.session.Staff.Identity),
		kinds: []request.Kind{request.OnBehalf, request.Correction, request.Suggestion, request.Evaluation},
		read: func(fn func(store.Reader, [][]byte) error) error {
			return s.usage.View(v.UserContext(), func(r store.Reader) error {
				p, err := organization.ProfessionalByID(r, v.professional.ID)
				if err != nil {
					return err
				}
				return fn(r, p.Tickets)
			})
		},
		write: func(fn func(store.Tx, [][]byte) ([][]byte, error)) error {
			return s.usage.Update(v.UserContext(), func(tx store.Tx) error {
				if err := v.still(tx); err != nil {
					return err
				}
				p, err := organization.ProfessionalByID(tx, v.professional.ID)
				if err != nil {
					return err
				}
				if p.Tickets, err = fn(tx, p.Tickets); err != nil {
					return err
				}
				return organization.SaveProfessional(tx, p)
			})
		},
	}
}

// operator is the operator's organisation; without an identity when nobody can
// read a message yet.
func operator(r store.Reader) (organization.Business, error) {
	b, err := organization.Operator(r)
	return b, ignore(err, organization.ErrNotFound)
}

// ticket is the sender's ticket of a message, or request.ErrNotFound.
func ticket(tickets [][]byte, id request.ID) ([]byte, error) {
	for _, t := range tickets {
		if request.IDOf(t) == id {
			return t, nil
		}
	}
	return nil, request.ErrNotFound
}

// forgetTickets drops the tickets of messages that are gone from an account, at
// its first login of a day: messages go by days.
func (s *Server) forgetTickets(tx store.Tx, a *vault.Account) (err error) {
	a.Data.Tickets, err = request.Standing(tx, a.Data.Tickets, s.now())
	return err
}
