package web

import (
	"cmp"
	"path"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// programRoutes are those of coping programmes.
func (s *Server) programRoutes(app *fiber.App) {
	app.Get("/me/programs", s.user(s.programs))
	app.Get("/me/programs/:id", s.user(s.program))
	app.Get("/me/programs/:id/print", s.user(s.programPrint))
	app.Get("/me/programs/:id/delete", s.user(s.programDeletePage))
	app.Post("/me/programs/:id/delete", s.user(s.programDelete))
	app.Post("/me/programs/:id/homework", s.user(s.programHomework))
	app.Post("/me/programs/:id/open", s.user(s.programOpen))
	app.Get("/me/programs/:id/media/:file", s.user(s.programMedia))
	app.Get("/me/programs/:id/:part/:page", s.user(s.programPage))
	app.Post("/me/programs/:id/:part/:page", s.user(s.programSave))
	app.Post("/me/programs/:id/:part/:page/answers", s.user(s.sameVisit(s.programBegin)))
}

// categories are those that are asked about: of programmes only where there are
// some.
func (s *Server) categories() []string {
	if len(s.catalogue.All()) > 0 {
		return account.Categories
	}
	return slices.DeleteFunc(slices.Clone(account.Categories), func(c string) bool { return c == vault.Programme })
}

// ProgramLine is a programme in a list.
type ProgramLine struct {
	ID, Title, Summary string
	Begun              bool
	Done, Parts        int
	Homework           int    // to be asked about
	Next, NextTitle    string // where one goes on
	Part               int    // in which part that is

	changed int64 // seconds since 1970
}

// PartLine is a part in the overview of its programme.
type PartLine struct {
	Number                                int
	Title, Aim                            string
	Minutes                               int
	Open, Done                            bool
	Pages, PagesSeen, Exercises, Answered int
	List                                  []PageLine
}

// PageLine is a page in the overview of its programme.
type PageLine struct {
	Title, Href string
	Seen        bool
}

type programsPage struct {
	Page
	Programs []ProgramLine
}

type programOverview struct {
	Page
	ProgramLine
	ForWhom, Pace              string
	Reviewer, Author, Licence  string
	Sources                    []string
	Minutes, DaysBetween       int
	Tools                      []Tool
	List                       []PartLine
	Ask                        []*ExerciseView // homework
	Locked, OpenAll, CanDelete bool
	Lifted                     bool // a professional has sent something that lifts the order
	Readers                    []string
}

// found is the programme of the address.
func (s *Server) found(v *visit) (*program.Program, error) {
	p, ok := s.catalogue.Get(v.Params("id"))
	if !ok {
		return nil, fiber.ErrNotFound
	}
	return p, nil
}

// progress reads how far an account has come in a programme.
func (s *Server) progress(r store.Reader, a *vault.Account, p *program.Program) (program.Progress, registration.Place, error) {
	list, err := registration.Exercises(r, a.Scope())
	if err != nil {
		return program.Progress{}, registration.Place{}, err
	}
	place, err := registration.LoadPlace(r, a, p.ID)
	if err != nil {
		return program.Progress{}, place, err
	}
	pr := place.Progress(registration.AnswersOf(list, p.ID))
	pr.Lift, err = s.lift(r, a, p)
	return pr, place, err
}

func (s *Server) today() int { return int(deadline.DayOf(s.now())) }

// line is a programme in a list. Of one that was never opened nothing is counted.
func (s *Server) line(p *program.Program, pr program.Progress, lang string) ProgramLine {
	l := ProgramLine{ID: p.ID, Title: p.Title.In(lang), Summary: p.Summary.In(lang), Parts: len(p.Parts), Begun: begunWith(pr)}
	part, page := &p.Parts[0], &p.Parts[0].Pages[0]
	if l.Begun {
		part, page = p.Resume(pr)
		l.Homework = len(p.DueHomework(pr, s.today()))
		for _, pp := range p.Overview(pr) {
			if pp.Done {
				l.Done++
			}
		}
	}
	l.Next, l.NextTitle, l.Part = pagePath(p.ID, part.Number, page.ID), page.Title.In(lang), part.Number
	return l
}

// begunWith reports whether a programme has been opened.
func begunWith(pr program.Progress) bool { return pr.At != "" || len(pr.Answers) > 0 }

// lines lists the programmes with how far the account has come: all, or those that
// are begun. Its answers are read only where there are any.
func (s *Server) lines(r store.Reader, a *vault.Account, begun registration.Begun, lang string, all bool) ([]ProgramLine, error) {
	sum, err := registration.ProgramSummary(r, a.ScopeOf(vault.Programme))
	if err != nil {
		return nil, err
	}
	if !all && len(sum.Courses) == 0 && !begun.Programs() {
		return nil, nil
	}
	var answers []registration.Exercise
	if len(sum.Courses) > 0 {
		if answers, err = registration.Exercises(r, a.Scope()); err != nil {
			return nil, err
		}
	}
	var out []ProgramLine
	for _, p := range s.catalogue.All() {
		place := begun.Place(p.ID)
		pr := place.Progress(registration.AnswersOf(answers, p.ID))
		switch {
		case begunWith(pr):
			if pr.Lift, err = s.lift(r, a, p); err != nil {
				return nil, err
			}
		case !all:
			continue
		}
		line := s.line(p, pr, lang)
		line.changed = place.Changed
		out = append(out, line)
	}
	return out, nil
}

// onTheWay is the programme that was used last of those that are begun and not
// through, if there is one.
func onTheWay(lines []ProgramLine) []ProgramLine {
	left := slices.DeleteFunc(lines, func(l ProgramLine) bool { return !l.Begun || l.Done == l.Parts && l.Homework == 0 })
	slices.SortFunc(left, func(x, y ProgramLine) int { return cmp.Compare(y.changed, x.changed) })
	return left[:min(1, len(left))]
}

// programs lists all programmes.
func (s *Server) programs(v *visit) error {
	page := programsPage{Page: v.page}
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		begun, err := registration.LoadBegun(r, a)
		if err != nil {
			return err
		}
		page.Programs, err = s.lines(r, a, begun, v.page.Lang, true)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "program/list", page)
}

// program is the overview of one programme: what it is, what is done and what
// is left.
func (s *Server) program(v *visit) error { return s.showProgram(v, fiber.StatusOK) }

func (s *Server) showProgram(v *visit, status int) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = done
	}
	page := programOverview{Page: v.page}
	err = s.read(v, func(r store.Reader, a *vault.Account) error {
		pr, _, err := s.progress(r, a, p)
		if err != nil {
			return err
		}
		page = s.overviewOf(v.page, p, pr)
		page.Tools, err = s.toolsOf(r, a, p, v.page.Lang)
		return err
	})
	if err != nil {
		return err
	}
	if page.Readers, err = s.readers(v, vault.Programme); err != nil {
		return err
	}
	return s.render(v.Ctx, status, "program/one", page)
}

// overviewOf is the overview of a programme for somebody who has come that far.
func (s *Server) overviewOf(page Page, p *program.Program, pr program.Progress) programOverview {
	lang := page.Lang
	o := programOverview{Page: page, ProgramLine: s.line(p, pr, lang), ForWhom: p.ForWhom.In(lang), Pace: p.Pace.In(lang),
		Reviewer: p.Reviewer, Author: p.Author, Licence: p.Licence, Sources: p.Sources, DaysBetween: p.DaysBetweenParts, OpenAll: pr.OpenAll, Lifted: pr.Lift.Any()}
	o.CanDelete = o.Begun
	for _, pp := range p.Overview(pr) {
		l := PartLine{Number: pp.Part.Number, Title: pp.Part.Title.In(lang), Aim: pp.Part.Aim.In(lang), Minutes: pp.Part.Minutes,
			Open: pp.Open, Done: pp.Done, Pages: len(pp.Part.Pages), PagesSeen: pp.PagesSeen, Exercises: pp.Exercises, Answered: pp.Answered}
		for _, pg := range pp.Part.Pages {
			_, seen := pr.Seen[pg.ID]
			l.List = append(l.List, PageLine{pg.Title.In(lang), pagePath(p.ID, l.Number, pg.ID), seen})
		}
		o.Locked = o.Locked || !pp.Open
		o.Minutes += l.Minutes
		o.List = append(o.List, l)
	}
	view := programView{p: p, page: page, answers: p.Counting(pr.Answers)}
	for _, h := range p.DueHomework(pr, s.today()) {
		o.Ask = append(o.Ask, view.homework(h))
	}
	return o
}

// toolsOf are the mapping tools that a programme offers.
func (s *Server) toolsOf(r store.Reader, a *vault.Account, p *program.Program, lang string) ([]Tool, error) {
	begun, err := registration.LoadBegun(r, a)
	if err != nil {
		return nil, err
	}
	tools, err := s.tools(r, a, begun, lang)
	return slices.DeleteFunc(tools, func(t Tool) bool { return !slices.Contains(p.Mapping, t.ID) }), err
}

// programMedia hands out a picture or a sound.
func (s *Server) programMedia(v *visit) error { return sendMedia(v.Ctx, s.catalogue) }

func sendMedia(c *fiber.Ctx, catalogue *program.Catalogue) error {
	p, ok := catalogue.Get(c.Params("id"))
	if !ok || p.Media[c.Params("file")] == nil {
		return fiber.ErrNotFound
	}
	c.Type(path.Ext(c.Params("file")))
	return c.Send(p.Media[c.Params("file")])
}
