package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
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
	HasNote              bool   // which takes a script
	Action               string // where the form goes
	Before               string // the page before
	PartEnds             bool   // on this page
	Last                 bool   // of the programme
	Reviewed             bool
	Preview              bool
	Readers              []string
	Kept                 Kept
	Watch                string // in a preview: address of the script that loads the page anew
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
	var place registration.Place
	err = s.read(v, func(r store.Reader, a *vault.Account) (err error) {
		pr, place, err = s.progress(r, a, p)
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
	view := programView{p: p, page: v.page, answers: p.Counting(pr.Answers), begun: place.Begun, wrong: wrong,
		titles: pageTitle(s.catalogue, v.page.Lang), tool: toolTitle(s.instruments, v.page.Lang)}
	if reopened(v.Ctx) {
		view.begun = s.exerciseAnswers(v.Ctx, p, v.page.Lang, asked(p, part.Number, page)).shown()
	}
	view.note = func(n *program.Note) *Note {
		note := s.note(v, noteID(p, n), n.Title.In(v.page.Lang), n.Prompt.In(v.page.Lang))
		return &note
	}
	shown := view.show(part, page)
	if !p.Overview(pr)[part.Number-1].Open {
		shown.Before = "" // the page alone was sent
	}
	if shown.Readers, err = s.readers(v, vault.Programme); err != nil {
		return err
	}
	shown.Kept = s.kept(v, "program/"+p.ID+"/"+p.Version+"/"+page.ID)
	return s.render(v.Ctx, status, "program/page", shown)
}

// noteID is what a note of a programme is kept under in a browser.
func noteID(p *program.Program, n *program.Note) string { return p.ID + "/" + n.ID }

// show makes the page.
func (v programView) show(part *program.Part, page *program.Page) programPage {
	lang := v.page.Lang
	i := slices.IndexFunc(part.Pages, func(pg program.Page) bool { return pg.ID == page.ID })
	out := programPage{Page: v.page, Program: v.p.Title.In(lang), ProgramHref: "/me/programs/" + v.p.ID,
		Part:  PartLine{Number: part.Number, Title: part.Title.In(lang), Aim: part.Aim.In(lang), Minutes: part.Minutes, Pages: len(part.Pages)},
		Title: page.Title.In(lang), Number: i + 1, Blocks: v.blocks(page, part.Number), Action: pagePath(v.p.ID, part.Number, page.ID),
		PartEnds: i == len(part.Pages)-1, Last: part.Number == len(v.p.Parts) && i == len(part.Pages)-1, Reviewed: v.p.Reviewer != "", Preview: v.preview}
	out.HasNote = slices.ContainsFunc(out.Blocks, func(b BlockView) bool { return b.Note != nil })
	if i > 0 {
		out.Before = pagePath(v.p.ID, part.Number, part.Pages[i-1].ID)
	}
	return out
}

// pageTitle finds the title of a programme and the heading of its page that is
// offered.
func pageTitle(catalogue *program.Catalogue, lang string) func(id, page string) (title, heading string) {
	return func(id, pageID string) (title, heading string) {
		if p, ok := catalogue.Get(id); ok {
			if _, page := p.Page(pageID); page != nil {
				return p.Title.In(lang), page.Title.In(lang)
			}
		}
		return "", ""
	}
}

func toolTitle(tools *instrument.Catalogue, lang string) func(string) string {
	return func(id string) string {
		if in, ok := tools.Get(id); ok {
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
