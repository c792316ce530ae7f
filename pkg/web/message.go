package web

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// MessageLine is a message in words.
type MessageLine struct {
	request.Message
	At string // where its sender's messages are
}

// The texts of what a message can be about.
var (
	kindTexts = map[request.Kind]string{
		request.Correction: "messages.correction",
		request.Suggestion: "messages.suggestion",
		request.Evaluation: "messages.evaluation",
		request.OnBehalf:   "messages.behalf",
	}
	outcomeTexts = map[request.Outcome]string{
		request.Waiting:    "messages.waiting",
		request.Answered:   "messages.answered",
		request.Closed:     "messages.closed",
		request.Identified: "messages.identified",
	}
	matterTexts = map[string]string{
		"access":     "messages.matter_access",
		"correction": "messages.matter_correction",
		"deletion":   "messages.matter_deletion",
		"other":      "messages.matter_other",
	}
	questionTexts = map[string]string{
		"find":       "messages.question_find",
		"understand": "messages.question_understand",
		"useful":     "messages.question_useful",
		"safe":       "messages.question_safe",
		"recommend":  "messages.question_recommend",
	}
	levelTexts = []string{"messages.level_none", "messages.level_1", "messages.level_2", "messages.level_3",
		"messages.level_4", "messages.level_5"}
)

// KindText, OutcomeText and AboutText are the ids of the texts for what the
// message is about and what has come of it.
func (l MessageLine) KindText() string { return cmp.Or(kindTexts[l.Kind], "messages.deleted") }

// OutcomeText is the id of the text for the outcome.
func (l MessageLine) OutcomeText() string { return outcomeTexts[l.Outcome] }

// AboutText is the id of the text for what the message is about.
func (l MessageLine) AboutText() string { return aboutText(l.Kind, l.About) }

// Given are the answers of an evaluation, in the order of the questions.
func (l MessageLine) Given() []Level {
	var out []Level
	for _, question := range request.Questions {
		if value, ok := l.Answers[question]; ok {
			out = append(out, Level{value, questionTexts[question], levelTexts[value], true})
		}
	}
	return out
}

func aboutText(kind request.Kind, about string) string {
	switch {
	case kind == request.OnBehalf:
		return matterTexts[about]
	case slices.Contains(account.Categories, about):
		return "category." + about
	}
	return "messages.about_other"
}

// Level is one answer that a question of the evaluation has.
type Level struct {
	Value          int
	Question, Text string // ids of texts
	Chosen         bool
}

type messagesPage struct {
	Page
	At       string
	Kinds    []MessageKind
	Messages []MessageLine // newest first
	Closed   bool          // nobody can read one yet
}

// MessageKind is a kind of message that can be sent.
type MessageKind struct{ ID, Text, What string }

var kindWhats = map[request.Kind]string{
	request.Correction: "messages.correction_what",
	request.Suggestion: "messages.suggestion_what",
	request.Evaluation: "messages.evaluation_what",
	request.OnBehalf:   "messages.behalf_what",
}

// messages lists what somebody has sent, and what can be sent.
func (s *Server) messages(from *sender) error {
	page := messagesPage{At: from.at}
	if done, err := flashed[string](s, from.Ctx); err == nil {
		from.page.Notice = done
	}
	page.Page = from.page
	for _, kind := range from.kinds {
		page.Kinds = append(page.Kinds, MessageKind{string(kind), kindTexts[kind], kindWhats[kind]})
	}
	err := from.read(func(r store.Reader, tickets [][]byte) error {
		b, err := operator(r)
		if err != nil {
			return err
		}
		page.Closed = b.Identity == 0
		page.Messages, err = s.messageLines(r, tickets, from.at)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(from.Ctx, fiber.StatusOK, "message/list", page)
}

// messageLines are a sender's messages, newest first.
func (s *Server) messageLines(r store.Reader, tickets [][]byte, at string) ([]MessageLine, error) {
	list, err := request.List(r, tickets, s.now())
	var out []MessageLine
	for _, m := range slices.Backward(list) {
		out = append(out, MessageLine{m, at})
	}
	return out, err
}

// unread are the messages with an answer that their sender has not opened.
func (s *Server) unread(r store.Reader, tickets [][]byte, at string) ([]MessageLine, error) {
	lines, err := s.messageLines(r, tickets, at)
	return slices.DeleteFunc(lines, func(l MessageLine) bool { return !l.Unread() }), err
}

type messagePage struct {
	Page
	MessageLine
	AnswerBy deadline.Day
}

// message shows one message with its answer, which counts as read from then on.
// A full store does not keep anybody from reading.
func (s *Server) message(from *sender) error {
	id, err := request.ParseID(from.Params("id"))
	if err != nil {
		return err
	}
	var m request.Message
	err = from.read(func(r store.Reader, tickets [][]byte) error {
		t, err := ticket(tickets, id)
		if err != nil {
			return err
		}
		m, err = request.Read(r, t, s.now())
		return err
	})
	if err != nil {
		return err
	}
	if m.Unread() {
		if err := ignore(s.markRead(from, id), store.ErrFull); err != nil {
			return err
		}
	}
	return s.render(from.Ctx, fiber.StatusOK, "message/one", messagePage{from.page, MessageLine{m, from.at},
		request.AnswerBy(m.Day)})
}

func (s *Server) markRead(from *sender, id request.ID) error {
	return from.write(func(tx store.Tx, tickets [][]byte) ([][]byte, error) {
		t, err := ticket(tickets, id)
		if err != nil {
			return tickets, err
		}
		return tickets, request.MarkRead(tx, t, s.now())
	})
}
