package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// mappingPage is the form of a mapping tool.
type mappingPage struct {
	Page
	ID, Version, Title, Stem, StemLang, Period, PeriodLang, Licence string
	Citations                                                       []string
	Questions                                                       []Question
	Answered, Required                                              int
	Attempt                                                         string
	Action                                                          string // where the form goes
	Early                                                           bool   // the last time was less than the interval ago
	Last                                                            registration.Point
	Interval                                                        int    // days
	Foreign                                                         string // the text that says why the wording is in another language
	Unverified                                                      bool
	Anew                                                            bool     // what was begun is too old to go on with
	Readers                                                         []string // businesses that can read what is saved
	Kept                                                            Kept
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
	anew := s.stale(in, draft) && in.Place != instrument.Daily
	in, draft = s.current(in, draft)
	page := s.mappingPage(v, in, draft.Answers, missing)
	page.Anew = anew
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
	page := mappingPage{Page: v.page, ID: in.ID, Version: in.Version, Attempt: newFormKey(), Interval: in.MinIntervalDays, Citations: in.Citations}
	page.Title, _ = in.Title.In(v.page.Lang)
	page.Stem, page.StemLang = in.Stem.In(v.page.Lang)
	page.Period, page.PeriodLang = in.Period.In(v.page.Lang)
	page.Licence, _ = in.Licence.Notice.In(v.page.Lang)
	page.Foreign = foreign(page.StemLang, v.page.Lang)
	page.Unverified = in.Unverified(v.page.Lang)
	page.Missing = missing
	asked, blank := in.Asked(answers), v.page.forms[in]
	if blank == nil { // an older version, or one that is being written
		blank = s.blankForm(in, v.page.Lang)
	}
	page.Questions = make([]Question, 0, len(asked))
	for i, item := range asked {
		q := blank[item.ID]
		q.Number, q.Missing = i+1, slices.Contains(missing, item.ID)
		if value, ok := answers[item.ID]; ok {
			q = s.answered(q, value, v.page.Lang)
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
	if err := s.saveDraft(v, in, oneAnswer); err != nil {
		return err
	}
	return v.Redirect("/me/mapping/"+in.ID, fiber.StatusSeeOther)
}

// saveMapping finishes a mapping, or keeps what came of it.
func (s *Server) saveMapping(v *visit) error {
	in, ok := s.instruments.Get(v.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	if field(v.Ctx, "then") == "later" {
		if err := s.saveDraft(v, in, begunAnswers); err != nil {
			return err
		}
		return s.homeWith(v, "draft_kept")
	}
	return s.finishMapping(v, in)
}

// finishMapping scores the answers together with those that were kept before, in
// the version that they were begun in.
func (s *Server) finishMapping(v *visit, in *instrument.Instrument) error {
	var result instrument.Result
	var id registration.ID
	more := false // a question came up that the form did not show
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		form, draft, err := s.withAnswers(v.Ctx, tx, a, in, begunAnswers)
		if err != nil {
			return err
		}
		result = form.Score(draft.Answers)
		more = result.Complete && unseen(v, form, draft.Answers)
		if !result.Complete || more {
			return registration.SaveDraft(tx, a, draft, s.now())
		}
		id = attemptID(a.ID, in.ID, field(v.Ctx, "attempt"))
		return registration.Save(tx, a, id, s.recorded(form, v.page.Lang, draft.Answers, result))
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
