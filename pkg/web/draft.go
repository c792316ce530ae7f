package web

import (
	"maps"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// draftDays is how long a form that is not finished can be gone on with: its
// questions are about the time before it.
const draftDays = 14

// current is a draft that can be gone on with, an empty one in place of an old
// one, and the version of the tool that it goes on in: the one it was begun in.
func (s *Server) current(in *instrument.Instrument, d registration.Draft) (*instrument.Instrument, registration.Draft) {
	if len(d.Answers) == 0 {
		return in, d
	}
	begun, there := s.instruments.Version(in.ID, d.Version)
	if !there || s.stale(in, d) {
		return in, registration.Draft{Instrument: in.ID, Answers: map[string]int{}}
	}
	return begun, d
}

// stale reports whether a form must begin anew: after 14 days, when its version
// of the tool is not there any more, and one for every day each day.
func (s *Server) stale(in *instrument.Instrument, d registration.Draft) bool {
	_, there := s.instruments.Version(in.ID, d.Version)
	switch {
	case len(d.Answers) == 0:
		return false
	case in.Place == instrument.Daily:
		return !there || !s.isToday(d.Changed)
	}
	return !there || !s.now().Before(time.Unix(d.Changed, 0).AddDate(0, 0, draftDays))
}

// answersTo reads what a request answers to the questions of a tool.
type answersTo func(*fiber.Ctx, *instrument.Instrument) (map[string]int, error)

// withAnswers adds what a request answers to the draft of a tool, and returns it with
// the version that it is in. Nothing is saved.
func (s *Server) withAnswers(c *fiber.Ctx, r store.Reader, a *vault.Account, in *instrument.Instrument, read answersTo) (*instrument.Instrument, registration.Draft, error) {
	draft, err := registration.LoadDraft(r, a, in.ID)
	if err != nil {
		return nil, draft, err
	}
	in, draft = s.current(in, draft)
	answers, err := read(c, in)
	maps.Copy(draft.Answers, answers)
	draft.Version = in.Version
	return in, draft, err
}

// saveDraft adds what a request answers to the draft of a tool.
func (s *Server) saveDraft(v *visit, in *instrument.Instrument, read answersTo) error {
	return s.write(v, func(tx store.Tx, a *vault.Account) error {
		_, draft, err := s.withAnswers(v.Ctx, tx, a, in, read)
		if err != nil || len(draft.Answers) == 0 {
			return err
		}
		return registration.SaveDraft(tx, a, draft, s.now())
	})
}

// begunAnswers are the answers of a form that is gone on with.
func begunAnswers(c *fiber.Ctx, in *instrument.Instrument) (map[string]int, error) {
	if err := sameVersion(c, in); err != nil {
		return nil, err
	}
	return formAnswers(c, in)
}

// oneAnswer is an answer that is saved as soon as it is given.
func oneAnswer(c *fiber.Ctx, in *instrument.Instrument) (map[string]int, error) {
	if err := sameVersion(c, in); err != nil {
		return nil, err
	}
	item := field(c, "item")
	value, err := strconv.Atoi(field(c, "value"))
	if err != nil {
		return nil, problemOf(fiber.StatusUnprocessableEntity, "unknown_value", item)
	}
	if err := in.Check(item, value); err != nil {
		return nil, problemOf(fiber.StatusUnprocessableEntity, explain(err).id, item)
	}
	return map[string]int{item: value}, nil
}

// sameVersion refuses a form that was opened in another version than the one
// that is gone on with: its answers are not to be read as others. Scripts need
// not name the version.
func sameVersion(c *fiber.Ctx, in *instrument.Instrument) error {
	if shown := field(c, "version"); shown != "" && shown != in.Version {
		return problemOf(fiber.StatusConflict, "another_version")
	}
	return nil
}
