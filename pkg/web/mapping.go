package web

import (
	"maps"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// mappingPage is the form of a mapping tool.
type mappingPage struct {
	Page
	ID, Title, Stem, StemLang, Period, PeriodLang, Licence string
	Citations                                              []string
	Questions                                              []Question
	Answered, Required                                     int
	Attempt                                                string
	Action                                                 string // where the form goes
	Early                                                  bool   // the last time was less than the interval ago
	Last                                                   registration.Point
	Interval                                               int    // days
	Foreign                                                string // the text that says why the wording is in another language
	Unverified                                             bool
	Anew                                                   bool     // what was begun is too old to go on with
	Readers                                                []string // businesses that can read what is saved
	Kept                                                   Kept
}

// mapping shows the form with what was answered before.
func (s *Server) mapping(v *visit) error {
	in, ok := s.instruments.Get(v.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	return s.showMapping(v, in, fiber.StatusOK, nil)
}

func (s *Server) showMapping(v *visit, in *instrument.Instrument, status int, missing []string) error {
	var draft registration.Draft
	var sum registration.Summary
	err := s.readPage(v, func(r store.Reader, a *vault.Account) (err error) {
		if draft, err = registration.LoadDraft(r, a, in.ID); err != nil {
			return err
		}
		sum, err = registration.Summarise(r, a.Scope())
		return err
	})
	if err != nil {
		return err
	}
	anew := s.stale(in, draft)
	if anew {
		draft.Answers = nil
	}
	page := s.mappingPage(v, in, draft.Answers, missing)
	page.Anew = anew && in.Place != instrument.Daily
	if page.Readers, err = s.readers(v, vault.Tool(in.ID)); err != nil {
		return err
	}
	page.Action = "/me/mapping/" + in.ID
	page.Kept = s.kept(v, "mapping/"+in.ID+"/"+in.Version)
	if course := sum.Courses[in.ID]; course != nil {
		page.Last = course.Last
		page.Early = in.Place != instrument.Daily && s.now().Before(course.Last.Time().AddDate(0, 0, in.MinIntervalDays))
	}
	if missing != nil {
		page.Error = "unfinished"
	}
	return s.render(v.Ctx, status, "user/mapping", page)
}

// mappingPage fills the form of an instrument.
func (s *Server) mappingPage(v *visit, in *instrument.Instrument, answers map[string]int, missing []string) mappingPage {
	page := mappingPage{Page: v.page, ID: in.ID, Attempt: newFormKey(), Interval: in.MinIntervalDays, Citations: in.Citations}
	page.Title, _ = in.Title.In(v.page.Lang)
	page.Stem, page.StemLang = in.Stem.In(v.page.Lang)
	page.Period, page.PeriodLang = in.Period.In(v.page.Lang)
	page.Licence, _ = in.Licence.Notice.In(v.page.Lang)
	page.Foreign = foreign(page.StemLang, v.page.Lang)
	page.Unverified = in.Unverified(v.page.Lang)
	page.Missing = missing
	asked, blank := in.Asked(answers), v.page.forms[in.ID]
	page.Questions = make([]Question, 0, len(asked))
	for i, item := range asked {
		q := blank[item.ID]
		q.Number, q.Missing = i+1, slices.Contains(missing, item.ID)
		if value, ok := answers[item.ID]; ok {
			q = s.answered(q, value)
			if !item.Optional {
				page.Answered++
			}
		}
		if !item.Optional {
			page.Required++
		}
		page.Questions = append(page.Questions, q)
	}
	return page
}

// saveAnswer keeps one answer as soon as it is given.
func (s *Server) saveAnswer(v *visit) error {
	in, ok := s.instruments.Get(v.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	item := field(v.Ctx, "item")
	value, err := strconv.Atoi(field(v.Ctx, "value"))
	if err != nil {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", item)
	}
	if err := in.Check(item, value); err != nil {
		return problemOf(fiber.StatusUnprocessableEntity, explain(err).id, item)
	}
	if err := s.saveDraft(v, in, map[string]int{item: value}); err != nil {
		return err
	}
	return v.Redirect("/me/mapping/"+in.ID, fiber.StatusSeeOther)
}

// saveDraft adds answers to the draft of an instrument.
func (s *Server) saveDraft(v *visit, in *instrument.Instrument, answers map[string]int) error {
	return s.write(v, func(tx store.Tx, a *vault.Account) error {
		return s.draftIn(tx, a, in, answers)
	})
}

func (s *Server) draftIn(tx store.Tx, a *vault.Account, in *instrument.Instrument, answers map[string]int) error {
	draft, err := s.draft(tx, a, in)
	if err != nil {
		return err
	}
	maps.Copy(draft.Answers, answers)
	draft.Version = in.Version
	return registration.SaveDraft(tx, a, draft, s.now())
}

// saveMapping finishes a mapping, or keeps what came of it.
func (s *Server) saveMapping(v *visit) error {
	in, ok := s.instruments.Get(v.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	answers, err := formAnswers(v.Ctx, in)
	if err != nil {
		return err
	}
	if field(v.Ctx, "then") == "later" {
		if err := s.saveDraft(v, in, answers); err != nil {
			return err
		}
		return s.homeWith(v, "draft_kept")
	}
	return s.finishMapping(v, in, answers)
}

// finishMapping scores the answers together with those that were kept before.
func (s *Server) finishMapping(v *visit, in *instrument.Instrument, answers map[string]int) error {
	var result instrument.Result
	var id registration.ID
	more := false // a question came up that the form did not show
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		draft, err := s.draft(tx, a, in)
		if err != nil {
			return err
		}
		maps.Copy(draft.Answers, answers)
		result = in.Score(draft.Answers)
		more = result.Complete && unseen(v, in, draft.Answers)
		if !result.Complete || more {
			return s.draftIn(tx, a, in, answers)
		}
		id = attemptID(a.ID, in.ID, field(v.Ctx, "attempt"))
		return registration.Save(tx, a, id, s.recorded(in, v.page.Lang, draft.Answers, result))
	})
	switch {
	case err != nil:
		return err
	case more:
		v.page.Notice = "one_more"
		return s.showMapping(v, in, fiber.StatusOK, nil)
	case !result.Complete:
		return s.showMapping(v, in, fiber.StatusUnprocessableEntity, result.Missing)
	case result.Risk:
		return v.Redirect("/me/registrations/"+id.String()+"/care", fiber.StatusSeeOther)
	case in.Place == instrument.Daily:
		return s.homeWith(v, "checked_in")
	}
	return v.Redirect("/me/registrations/"+id.String(), fiber.StatusSeeOther)
}

// unseen reports whether the answers call for a question that the browser's
// form did not have. Scripts do not send "shown" and are not asked again.
func unseen(v *visit, in *instrument.Instrument, answers map[string]int) bool {
	shown := values(v.Ctx, "shown")
	if len(shown) == 0 {
		return false
	}
	seen := map[string]bool{}
	for _, id := range shown {
		seen[id] = true
	}
	for _, item := range in.Asked(answers) {
		if !seen[item.ID] {
			return true
		}
	}
	return false
}

// recorded is what is kept of a finished mapping. An answer to a question that
// the others no longer call for is dropped.
func (s *Server) recorded(in *instrument.Instrument, lang string, answers map[string]int, result instrument.Result) registration.Mapping {
	kept := map[string]int{}
	for _, item := range in.Asked(answers) {
		if value, ok := answers[item.ID]; ok {
			kept[item.ID] = value
		}
	}
	return registration.Mapping{Instrument: in.ID, Version: in.Version, Language: lang, Answers: kept,
		Score: result.Score, Band: result.BandKey(), Risk: result.Risk, At: s.now().Unix(),
		Scales: result.Scores(), ScaleBands: result.ScaleBands(), NoTotal: in.Total == nil}
}

// homeWith returns to the start page with a notice.
func (s *Server) homeWith(v *visit, notice string) error {
	if err := s.flash(v.Ctx, notice); err != nil {
		return err
	}
	return v.Redirect("/me", fiber.StatusSeeOther)
}
