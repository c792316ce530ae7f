package main

import (
	"context"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// demoMessages are what users have written: whose code, how many days ago, and
// what was answered.
var demoMessages = []struct {
	state   string
	days    int
	content request.Content
	answer  string
}{
	{"asked", 12, request.Content{Kind: request.Suggestion, Text: "Bokstavene kunne vært større.", Language: "nb"}, ""},
	{"asked", 6, request.Content{Kind: request.Correction, About: vault.Activity, Text: "Det står en dag for mye.", Language: "nb"},
		"Takk for at du skrev. Dagen er den du tok koden i bruk."},
	{"sharing", 3, request.Content{Kind: request.Evaluation, Answers: map[string]int{"find": 4, "understand": 5, "useful": 3, "safe": 5}, Language: "nn"}, ""},
}

// demoOnBehalf is what the professional has asked.
var demoOnBehalf = request.Content{Kind: request.OnBehalf, About: "access", Text: "Brukeren vil vite hvor lenge koden gjelder.",
	Language: "nb", Professional: true}

// messages makes the operator with one of its staff, and messages to it.
func (s seeder) messages(ctx context.Context, w *demoWorld, professional organization.ID) error {
	keys, err := s.office(ctx, w)
	if err == nil {
		err = s.evaluations(ctx, keys)
	}
	if err != nil {
		return err
	}
	for _, m := range demoMessages {
		err := s.usage.Update(ctx, func(tx store.Tx) error {
			a, err := s.account(tx, *w, m.state)
			if err != nil {
				return err
			}
			ticket, err := s.send(tx, m.content, m.days)
			if err != nil {
				return err
			}
			a.Data.Tickets = append(a.Data.Tickets, ticket)
			if m.answer != "" {
				if err := request.Answer(tx, keys, request.IDOf(ticket), m.answer, s.now); err != nil {
					return err
				}
			}
			return a.Save(tx)
		})
		if err != nil {
			return err
		}
	}
	return s.usage.Update(ctx, func(tx store.Tx) error {
		p, err := organization.ProfessionalByID(tx, professional)
		if err != nil {
			return err
		}
		ticket, err := s.send(tx, demoOnBehalf, 1)
		if err != nil {
			return err
		}
		p.Tickets = [][]byte{ticket}
		return organization.SaveProfessional(tx, p)
	})
}

// office makes the operator's organisation with one of its staff, whose recovery
// key counts as saved.
func (s seeder) office(ctx context.Context, w *demoWorld) (*organization.Keys, error) {
	var b organization.Business
	err := s.usage.Update(ctx, func(tx store.Tx) (err error) {
		b, err = organization.FoundOperator(tx, "Demodrift")
		return err
	})
	if err != nil {
		return nil, err
	}
	accepted, staff, err := s.join(ctx, organization.Link{Business: b.ID, Super: true}, "Drift Demo", "drift@example.org")
	if err != nil {
		return nil, err
	}
	w.Staff = staff
	return accepted.Keys, s.usage.Update(ctx, func(tx store.Tx) error {
		return organization.ConfirmRecovery(tx, b.ID, accepted.RecoveryKey)
	})
}

// send stores a message that was sent some days ago and returns its ticket.
func (s seeder) send(tx store.Tx, c request.Content, days int) ([]byte, error) {
	operator, err := organization.Operator(tx)
	if err != nil {
		return nil, err
	}
	ticket := request.NewTicket(nil, "")
	return ticket, request.Send(tx, operator, ticket, c, s.now.Add(-time.Duration(days)*24*time.Hour))
}

// account opens the account of the demo's code in a state.
func (s seeder) account(r store.Reader, w demoWorld, state string) (*vault.Account, error) {
	for _, c := range w.Codes {
		if c.State != state {
			continue
		}
		code, err := accesscode.Parse(c.Code)
		if err != nil {
			return nil, err
		}
		found, err := account.Find(r, s.ring, code, s.now)
		return found.Account, err
	}
	return nil, account.ErrUnknown
}
