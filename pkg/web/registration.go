package web

import (
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Result is a finished mapping as a page shows it.
type Result struct {
	registration.Mapping
	Title    string
	Words    string      // the scores on one line
	Lines    []ScoreLine // the total, if there is one, and the scales
	Answers  []Given
	Change   int // of the total, since the one before
	Compared bool
	Apart    bool                   // in a course: its scores are not comparable with those of the tool as it is offered
	tool     *instrument.Instrument // in its version; nil when that is not installed any more
}

// line is the score of a scale, "" for the total.
func (r Result) line(id string) (ScoreLine, bool) {
	i := slices.IndexFunc(r.Lines, func(l ScoreLine) bool { return l.ID == id })
	if i < 0 {
		return ScoreLine{}, false
	}
	return r.Lines[i], true
}

// counts reports whether the scores can be compared with those of a version.
func (r Result) counts(in *instrument.Instrument) bool {
	return r.tool != nil && in != nil && in.CountsAs(r.tool)
}

// BandName is the name of the total's band, "" for none.
func (r Result) BandName() string {
	l, _ := r.line("")
	return l.BandName
}

// Parts are the scales.
func (r Result) Parts() []ScoreLine {
	return slices.DeleteFunc(slices.Clone(r.Lines), func(l ScoreLine) bool { return l.ID == "" })
}

// Points is the size of the change.
func (r Result) Points() int { return max(r.Change, -r.Change) }

// Given is one answer in words.
type Given struct {
	Question, QuestionLang, Answer, AnswerLang string
}

type registrationPage struct {
	Page
	Result
}

type registrationsPage struct {
	Page
	Results []Result
}

// registrations lists what the user has recorded, newest first.
func (s *Server) registrations(v *visit) error {
	list, err := s.mappings(v)
	if err != nil {
		return err
	}
	page := registrationsPage{Page: v.page}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		page.Notice = done
	}
	for _, m := range slices.Backward(list) {
		page.Results = append(page.Results, s.result(m, v.page.Lang))
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/registrations", page)
}

// mappings reads all of the user's mappings, oldest first.
func (s *Server) mappings(v *visit) (list []registration.Mapping, err error) {
	err = s.readPage(v, func(r store.Reader, a *vault.Account) error {
		list, err = registration.List(r, a.Scope(), true)
		return err
	})
	return list, err
}

// one finds the mapping that the path names, together with its result.
func (s *Server) one(v *visit) (Result, error) {
	id, err := registration.ParseID(v.Params("id"))
	if err != nil {
		return Result{}, err
	}
	list, err := s.mappings(v)
	if err != nil {
		return Result{}, err
	}
	i := slices.IndexFunc(list, func(m registration.Mapping) bool { return m.ID == id })
	if i < 0 {
		return Result{}, registration.ErrNotFound
	}
	out := s.result(list[i], v.page.Lang)
	for _, before := range slices.Backward(list[:i]) {
		if before.Instrument == out.Instrument {
			out.Change, out.Compared = out.Score-before.Score, !out.NoTotal && s.result(before, v.page.Lang).counts(out.tool)
			break
		}
	}
	return out, nil
}

// result puts a mapping into words, those of the version it was answered in. A
// version that is not installed any more leaves its numbers.
func (s *Server) result(m registration.Mapping, lang string) Result {
	out := Result{Mapping: m, Title: toolTitle(s.instruments, lang)(m.Instrument)}
	out.tool, _ = s.instruments.Version(m.Instrument, m.Version)
	out.Lines = lines(out.tool, m.Point(), lang)
	out.Words = s.inWords(m.Point(), out.Lines, lang)
	if out.tool == nil {
		return out
	}
	for _, item := range out.tool.Items {
		if value, ok := m.Answers[item.ID]; ok {
			out.Answers = append(out.Answers, given(item, value, lang))
		}
	}
	return out
}

func given(item instrument.Item, value int, lang string) Given {
	var g Given
	g.Question, g.QuestionLang = item.Text.In(lang)
	for _, o := range item.Options {
		if o.Value == value {
			g.Answer, g.AnswerLang = o.Text.In(lang)
		}
	}
	return g
}

// registration shows one mapping with its result.
func (s *Server) registration(v *visit) error { return s.showOne(v, "user/registration") }

// care comes before a result in which a risk item was above zero. It does not
// block: the result is one step on.
func (s *Server) care(v *visit) error { return s.showOne(v, "user/care") }

// deletePage asks whether a registration should be deleted.
func (s *Server) deletePage(v *visit) error { return s.showOne(v, "user/delete_one") }

func (s *Server) showOne(v *visit, template string) error {
	result, err := s.one(v)
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, template, registrationPage{v.page, result})
}

// correctPage shows the form with what was recorded.
func (s *Server) correctPage(v *visit) error { return s.showCorrection(v, fiber.StatusOK, nil, nil) }

func (s *Server) showCorrection(v *visit, status int, answers map[string]int, missing []string) error {
	result, err := s.one(v)
	if err != nil {
		return err
	}
	in := result.tool
	if in == nil {
		return fiber.ErrNotFound
	}
	if answers == nil {
		changed, err := formAnswers(v.Ctx, in) // none, unless the language was changed
		if err != nil {
			return err
		}
		answers = map[string]int{}
		maps.Copy(answers, result.Mapping.Answers)
		maps.Copy(answers, changed)
	}
	page := s.mappingPage(v, in, answers, missing)
	if page.Readers, err = s.readers(v, vault.Tool(in.ID)); err != nil {
		return err
	}
	page.Action = "/me/registrations/" + result.ID.String() + "/correct"
	page.Last = registration.Point{At: result.At}
	if missing != nil {
		page.Error = "unfinished"
	}
	return s.render(v.Ctx, status, "user/correct", page)
}

// correct replaces the answers of a mapping.
func (s *Server) correct(v *visit) error {
	result, err := s.one(v)
	if err != nil {
		return err
	}
	in := result.tool
	if in == nil {
		return fiber.ErrNotFound
	}
	answers, err := formAnswers(v.Ctx, in)
	if err != nil {
		return err
	}
	scored := in.Score(answers)
	if !scored.Complete {
		return s.showCorrection(v, fiber.StatusUnprocessableEntity, answers, scored.Missing)
	}
	m := s.recorded(in, v.page.Lang, answers, scored)
	m.ID = result.ID
	if err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		return registration.Correct(tx, a, m, s.now())
	}); err != nil {
		return err
	}
	return v.Redirect("/me/registrations/"+m.ID.String(), fiber.StatusSeeOther)
}

// remove deletes one registration.
func (s *Server) remove(v *visit) error {
	id, err := registration.ParseID(v.Params("id"))
	if err != nil {
		return err
	}
	if err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		return registration.Delete(tx, a, id)
	}); err != nil {
		return err
	}
	if err := s.flash(v.Ctx, "registration_deleted"); err != nil {
		return err
	}
	return v.Redirect("/me/registrations", fiber.StatusSeeOther)
}
