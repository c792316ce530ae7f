package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// besides is the choice of a correction that is about no category.
const besides = "other"

// messageForm is the form of one kind of message.
type messageForm struct {
	Page
	At, Kind, Title, What string
	Matters               []Matter
	Statements            []Statement
	Text, Reference       string // as typed
	Max                   int    // characters
	OnBehalf              bool
	AnswerBy              deadline.Day
	Attempt               string
}

// Matter is something that a message can be about.
type Matter struct {
	ID, Text string
	Chosen   bool
}

// Statement is a question of the evaluation.
type Statement struct {
	ID, Text string
	Levels   []Level
}

// chooseMessage leads to the form of the kind that the query names, or to the
// list with the choice.
func (s *Server) chooseMessage(from *sender) error {
	kind := request.Kind(from.Query("kind"))
	if slices.Contains(from.kinds, kind) {
		return from.Redirect(from.at+"/new/"+string(kind), fiber.StatusSeeOther)
	}
	return from.Redirect(from.at, fiber.StatusSeeOther)
}

// newMessage shows an empty form. While nobody can read a message there is none.
func (s *Server) newMessage(from *sender) error {
	kind := request.Kind(from.Params("kind"))
	if !slices.Contains(from.kinds, kind) {
		return fiber.ErrNotFound
	}
	closed := false
	err := from.read(func(r store.Reader, _ [][]byte) error {
		b, err := operator(r)
		closed = b.Identity == 0
		return err
	})
	if err != nil {
		return err
	}
	if closed {
		return from.Redirect(from.at, fiber.StatusSeeOther)
	}
	content, attempt := request.Content{Kind: kind}, newFormKey()
	if reopened(from.Ctx) {
		content, attempt = readMessage(from), field(from.Ctx, "attempt")
		content.Kind = kind
	}
	return s.showMessageForm(from, content, attempt, fiber.StatusOK)
}

func (s *Server) showMessageForm(from *sender, c request.Content, attempt string, status int) error {
	page := messageForm{Page: from.page, At: from.at, Kind: string(c.Kind), Title: kindTexts[c.Kind], What: kindWhats[c.Kind],
		Text: c.Text, Reference: c.Reference, Max: c.Kind.Max(), OnBehalf: c.Kind == request.OnBehalf,
		AnswerBy: request.AnswerBy(deadline.DayOf(s.now())), Attempt: attempt}
	page.Path = from.at + "/new/" + page.Kind
	for _, id := range s.matters(c.Kind) {
		page.Matters = append(page.Matters, Matter{id, aboutText(c.Kind, id), id == c.About})
	}
	if c.Kind == request.Evaluation {
		page.Statements = statements(c.Answers)
	}
	return s.render(from.Ctx, status, "message/new", page)
}

// matters are what a message of a kind can be about.
func (s *Server) matters(kind request.Kind) []string {
	switch kind {
	case request.Correction:
		return append(slices.Clone(s.categories()), besides)
	case request.OnBehalf:
		return request.Matters
	}
	return nil
}

func statements(given map[string]int) []Statement {
	var out []Statement
	for _, id := range request.Questions {
		st := Statement{ID: id, Text: questionTexts[id]}
		value, answered := given[id]
		for level := request.MostFits; level >= request.NoneFits; level-- {
			st.Levels = append(st.Levels, Level{level, st.Text, levelTexts[level], answered && level == value})
		}
		out = append(out, st)
	}
	return out
}

// sendMessage takes a message in. What is wrong with it is said on the form,
// with everything that was typed.
func (s *Server) sendMessage(from *sender) error {
	c, attempt := readMessage(from), field(from.Ctx, "attempt")
	if !slices.Contains(from.kinds, c.Kind) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "kind")
	}
	err := c.Check()
	if of := s.matters(c.Kind); of != nil && !slices.Contains(of, c.About) {
		err = request.ErrKind
	}
	if err == nil {
		err = s.deliver(from, c, request.NewTicket(from.secret, attempt))
	}
	if err != nil {
		return s.refuseMessage(from, c, attempt, err)
	}
	if err := s.flash(from.Ctx, "message_sent"); err != nil {
		return err
	}
	return from.Redirect(from.at, fiber.StatusSeeOther)
}

// refuseMessage says on the form why a message was not taken.
func (s *Server) refuseMessage(from *sender, c request.Content, attempt string, err error) error {
	p := explain(err)
	switch p.status {
	case fiber.StatusUnprocessableEntity:
		from.page.Missing = []string{wrongField(c, p.id)}
	case fiber.StatusConflict, fiber.StatusInsufficientStorage:
	default:
		return err
	}
	from.page.Error = p.id
	return s.showMessageForm(from, c, attempt, p.status)
}

// wrongField is the field that an error is about.
func wrongField(c request.Content, id string) string {
	switch {
	case id == "message_kind" && c.Kind != request.Evaluation:
		return "about"
	case c.Kind == request.Evaluation:
		return "evaluation"
	}
	return "text"
}

// deliver stores the message, and its ticket with the sender.
func (s *Server) deliver(from *sender, c request.Content, ticket []byte) error {
	return from.write(func(tx store.Tx, tickets [][]byte) ([][]byte, error) {
		b, err := operator(tx)
		if err != nil {
			return nil, err
		}
		if tickets, err = request.Add(tx, tickets, ticket, s.now()); err != nil {
			return nil, err
		}
		return tickets, request.Send(tx, b, ticket, c, s.now())
	})
}

// readMessage reads the form.
func readMessage(from *sender) request.Content {
	c := request.Content{Kind: request.Kind(field(from.Ctx, "kind")), About: field(from.Ctx, "about"),
		Text: typedText(from.Ctx, "text"), Language: from.page.Lang, Professional: from.page.Staff}
	if c.Kind == request.OnBehalf {
		c.Reference = normalReference(field(from.Ctx, "reference"))
	}
	for _, question := range request.Questions {
		value, err := strconv.Atoi(field(from.Ctx, question))
		if c.Kind != request.Evaluation || err != nil {
			continue
		}
		if c.Answers == nil {
			c.Answers = map[string]int{}
		}
		c.Answers[question] = value
	}
	return c
}

// typedText is a field of several lines. Browsers send two characters for the
// end of a line, which counts as one.
func typedText(c *fiber.Ctx, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(field(c, name), "\r\n", "\n"))
}
