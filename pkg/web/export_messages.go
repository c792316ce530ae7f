package web

import (
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// MessageFacts are the facts about a message to the operator and its answer.
type MessageFacts struct {
	Sent      string         `json:"sent"` // date
	Kind      string         `json:"kind,omitempty"`
	About     string         `json:"about,omitempty"`
	Reference string         `json:"reference,omitempty"`
	Text      string         `json:"text,omitempty"`
	Answers   map[string]int `json:"answers,omitempty"`
	Language  string         `json:"language,omitempty"`
	Outcome   string         `json:"outcome,omitempty"` // answered, closed or identified
	Answered  string         `json:"answered,omitempty"`
	Answer    string         `json:"answer,omitempty"`
	Read      string         `json:"read,omitempty"`
	GoneOn    string         `json:"gone_on"`
}

func messageFacts(m request.Message) MessageFacts {
	return MessageFacts{Sent: m.Day.String(), Kind: string(m.Kind), About: m.About, Reference: m.Reference, Text: m.Text,
		Answers: m.Content.Answers, Language: m.Language, Outcome: string(m.Outcome), Answered: dayText(m.Answered), Answer: m.Words,
		Read: dayText(m.Read), GoneOn: m.Gone.String()}
}

// allMessageFacts are those of all messages of a sender, oldest first.
func (s *Server) allMessageFacts(r store.Reader, tickets [][]byte) ([]MessageFacts, error) {
	list, err := request.List(r, tickets, s.now())
	var out []MessageFacts
	for _, m := range list {
		out = append(out, messageFacts(m))
	}
	return out, err
}

func (s *Server) exportMessages(r store.Reader, a *vault.Account, e *Everything) error {
	messages, err := s.allMessageFacts(r, a.Data.Tickets)
	e.Messages = append(e.Messages, messages...)
	return err
}

// staffUnread are the answers that a professional has not opened.
func (s *Server) staffUnread(v *staffVisit) (lines []MessageLine, err error) {
	err = s.usage.View(v.UserContext(), func(r store.Reader) error {
		lines, err = s.unread(r, v.professional.Tickets, "/pro/messages")
		return err
	})
	return lines, err
}
