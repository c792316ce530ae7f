package web

import (
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// programPage is one page of a programme.
type programPage struct {
	Page
	Program, ProgramHref string
	Part                 PartLine
	Title                string
	Number               int // of the page in its part, from 1
	Blocks               []BlockView
	Action               string // where the form goes
	Before               string // the page before
	Last                 bool   // of the programme
	Reviewed             bool
	Preview              bool
	Readers              []string
}

// programPage shows a page with what was answered before.
func (s *Server) programPage(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = done
	}
	return s.showProgramPage(v, p, fiber.StatusOK, nil)
}

// showProgramPage shows it; a part that is not open yet leads to the overview.
func (s *Server) showProgramPage(v *visit, p *program.Program, status int, wrong []string) error {
	_, part, page, err := addressed(v.Ctx, s.catalogue)
	if err != nil {
		return err
	}
	var pr program.Progress
	err = s.read(v, func(r store.Reader, a *vault.Account) (err error) {
		pr, _, err = s.progress(r, a, p)
		return err
	})
	if err != nil {
		return err
	}
	if !p.CanRead(pr, page.ID) {
		return s.programWith(v, p, "program_locked")
	}
	if wrong != nil {
		v.page.Error, v.page.Missing = "exercise_wrong", wrong
	}
	view := programView{p: p, page: v.page, answers: s.filledIn(v, p, asked(p, part.Number, page), pr), wrong: wrong,
		titles: pageTitle(s.catalogue, v.page.Lang), tool: s.toolTitle(v.page.Lang)}
	shown := view.show(part, page)
	if !p.Overview(pr)[part.Number-1].Open {
		shown.Before = "" // the page alone was sent
	}
	if shown.Readers, err = s.readers(v, vault.Programme); err != nil {
		return err
	}
	return s.render(v.Ctx, status, "program/page", shown)
}

// filledIn are the answers that count, with what the form has that is shown
// again in another language.
func (s *Server) filledIn(v *visit, p *program.Program, list []*program.Exercise, pr program.Progress) program.Answers {
	answers := p.Counting(pr.Answers)
	if reopened(v.Ctx) {
		given, gone, _ := s.exerciseAnswers(v.Ctx, p, v.page.Lang, list)
		maps.Copy(answers, given)
		maps.DeleteFunc(answers, func(id string, _ program.Answer) bool { return slices.Contains(gone, id) })
	}
	return answers
}

// show makes the page.
func (v programView) show(part *program.Part, page *program.Page) programPage {
	lang := v.page.Lang
	i := slices.IndexFunc(part.Pages, func(pg program.Page) bool { return pg.ID == page.ID })
	out := programPage{Page: v.page, Program: v.p.Title.In(lang), ProgramHref: "/me/programs/" + v.p.ID,
		Part:  PartLine{Number: part.Number, Title: part.Title.In(lang), Aim: part.Aim.In(lang), Minutes: part.Minutes, Pages: len(part.Pages)},
		Title: page.Title.In(lang), Number: i + 1, Blocks: v.blocks(page, part.Number), Action: pagePath(v.p.ID, part.Number, page.ID),
		Last: part.Number == len(v.p.Parts) && i == len(part.Pages)-1, Reviewed: v.p.Reviewer != "", Preview: v.preview}
	if i > 0 {
		out.Before = pagePath(v.p.ID, part.Number, part.Pages[i-1].ID)
	}
	return out
}

// pageTitle finds the heading of a page that is offered.
func pageTitle(catalogue *program.Catalogue, lang string) func(id, page string) string {
	return func(id, pageID string) string {
		if p, ok := catalogue.Get(id); ok {
			if _, page := p.Page(pageID); page != nil {
				return page.Title.In(lang)
			}
		}
		return ""
	}
}

func (s *Server) toolTitle(lang string) func(string) string {
	return func(id string) string {
		if in, ok := s.instruments.Get(id); ok {
			title, _ := in.Title.In(lang)
			return title
		}
		return id
	}
}

// programWith leads to the overview of a programme with a notice.
func (s *Server) programWith(v *visit, p *program.Program, notice string) error {
	if err := s.flash(v.Ctx, notice); err != nil {
		return err
	}
	return v.Redirect("/me/programs/"+p.ID, fiber.StatusSeeOther)
}
