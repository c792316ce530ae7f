package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// RequestLine is a message as the staff's list shows it.
type RequestLine struct {
	request.Item
	State string // late_by_law, late, today, open, done or deleted
	Left  int    // working days until the answer is due
	Old   int    // working days since it was received
}

var stateOfRequest = map[string]string{
	"late_by_law": "operator.late_by_law",
	"late":        "operator.late",
	"today":       "operator.today",
	"open":        "operator.open",
	"done":        "operator.done",
	"deleted":     "operator.deleted",
}

// StateText is the id of the text for State.
func (l RequestLine) StateText() string { return stateOfRequest[l.State] }

// Overdue reports whether the answer should have been given.
func (l RequestLine) Overdue() bool { return l.State == "late" || l.State == "late_by_law" }

// Short is the beginning of the id, for people.
func (l RequestLine) Short() string { return l.ID.String()[:8] }

func requestLine(i request.Item, today deadline.Day) RequestLine {
	line := RequestLine{Item: i, State: "open", Left: request.WorkingDays(today, i.AnswerBy()), Old: i.Age(today)}
	switch {
	case i.Deleted:
		line.State = "deleted"
	case i.Done:
		line.State = "done"
	case today > i.Legal():
		line.State = "late_by_law"
	case today > i.AnswerBy():
		line.State = "late"
	case today == i.AnswerBy():
		line.State = "today"
	}
	return line
}

type requestsPage struct {
	Page
	Waiting, Done []RequestLine
	Overdue       int
	Keep          bool // something is still to be kept outside the service
	News          *News
}

// requests lists the messages without opening any, what is due first first.
func (s *Server) requests(v *staffVisit) error {
	s.notice(v)
	page := requestsPage{Page: v.page, Keep: len(v.session.Staff.Spare) > 0 || v.session.Staff.Recovery != "",
		News: s.news(v.professional.Policy, v.page.Lang, "/pro/understood")}
	var items []request.Item
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		items, err = request.Inbox(r, s.now())
		return err
	})
	if err != nil {
		return err
	}
	for _, i := range items {
		line := requestLine(i, deadline.DayOf(s.now()))
		if i.Done {
			page.Done = append(page.Done, line)
			continue
		}
		page.Waiting = append(page.Waiting, line)
		if line.Overdue() {
			page.Overdue++
		}
	}
	return s.render(v.Ctx, fiber.StatusOK, "operator/requests", page)
}

// AnswerStart is a standard beginning of an answer, to be edited by hand.
type AnswerStart struct{ ID, Name, Words string }

// answerStarts are the standard beginnings: the texts of their names and words.
var answerStarts = []AnswerStart{
	{"thanks", "operator.start_thanks", "operator.start_thanks_words"},
	{"self", "operator.start_self", "operator.start_self_words"},
	{"unknown", "operator.start_unknown", "operator.start_unknown_words"},
}

type requestPage struct {
	Page
	MessageLine
	Line   RequestLine
	Starts []AnswerStart
	Words  string // the answer as typed, or begun
}

// openRequest shows a message, with the standard beginning that was chosen.
func (s *Server) openRequest(v *staffVisit) error {
	return s.showRequest(v, fiber.StatusOK, typedText(v.Ctx, "words"))
}

// showRequest opens a message. The audit entry is committed before it is read.
func (s *Server) showRequest(v *staffVisit, status int, words string) error {
	id, err := request.ParseID(v.Params("id"))
	if err != nil {
		return err
	}
	err = s.noted(v, s.entry(v, audit.Request), func(tx store.Tx) error {
		tx.Essential()
		return request.Exists(tx, id, s.now())
	})
	if err != nil {
		return err
	}
	var m request.Message
	err = s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		m, err = request.Open(r, v.keys, id, s.now())
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "operator/request", s.requestPage(v, m, words))
}

// requestPage puts a message into words. A beginning is in the language that its
// sender reads.
func (s *Server) requestPage(v *staffVisit, m request.Message, words string) requestPage {
	item := request.Item{ID: m.ID, Day: m.Day, Done: m.Outcome != request.Waiting}
	page := requestPage{Page: v.page, MessageLine: MessageLine{Message: m}, Line: requestLine(item, deadline.DayOf(s.now())),
		Starts: answerStarts, Words: words}
	page.Path = "/staff/requests/" + m.ID.String()
	texts := s.texts[m.Language]
	chosen := slices.IndexFunc(answerStarts, func(a AnswerStart) bool { return a.ID == v.Query("start") })
	if chosen >= 0 && texts != nil && words == "" {
		page.Words = texts.get(answerStarts[chosen].Words)
	}
	return page
}

// answerRequest seals an answer for the sender.
func (s *Server) answerRequest(v *staffVisit) error {
	words := typedText(v.Ctx, "words")
	err := s.settleRequest(v, audit.Reply, func(tx store.Tx, id request.ID) error {
		return request.Answer(tx, v.keys, id, words, s.now())
	})
	if err == nil {
		return s.done(v, "request_answered", "/staff")
	}
	kept := []int{fiber.StatusUnprocessableEntity, fiber.StatusInsufficientStorage, fiber.StatusConflict}
	if p := explain(err); slices.Contains(kept, p.status) {
		v.page.Error, v.page.Missing = p.id, []string{"words"}
		return s.showRequest(v, p.status, words)
	}
	return err
}

// closeRequest ends a message without words.
func (s *Server) closeRequest(v *staffVisit) error {
	err := s.settleRequest(v, audit.Reply, func(tx store.Tx, id request.ID) error {
		return request.Close(tx, v.keys, id, s.now())
	})
	if err != nil {
		return err
	}
	return s.done(v, "request_closed", "/staff")
}

// deleteRequest deletes a message that identifies a person.
func (s *Server) deleteRequest(v *staffVisit) error {
	err := s.settleRequest(v, audit.Purge, func(tx store.Tx, id request.ID) error {
		return request.DeleteIdentifying(tx, v.keys, id, s.now())
	})
	if err != nil {
		return err
	}
	return s.done(v, "request_deleted", "/staff")
}

// settleRequest changes the message of the path, together with its audit entry.
func (s *Server) settleRequest(v *staffVisit, what string, change func(tx store.Tx, id request.ID) error) error {
	id, err := request.ParseID(v.Params("id"))
	if err != nil {
		return err
	}
	return s.noted(v, s.entry(v, what), func(tx store.Tx) error { return change(tx, id) })
}
