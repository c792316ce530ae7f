package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// OwnAnswer is what somebody has answered, in words.
type OwnAnswer struct {
	ID, Question string
	Lines        []string
}

// OwnPart are the answers of one part.
type OwnPart struct {
	Number  int
	Title   string
	Answers []OwnAnswer
}

// OwnNote is a place for a note that only the user's browser has.
type OwnNote struct{ ID, Title string }

type programPrint struct {
	Page
	ID, Title string
	Parts     []OwnPart
	Written   []OwnNote
}

// programPrint is a page with one's own plan and answers, to read or print.
func (s *Server) programPrint(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	page := programPrint{Page: v.page, ID: p.ID, Title: p.Title.In(v.page.Lang), Written: notesOf(p, v.page.Lang)}
	err = s.read(v, func(r store.Reader, a *vault.Account) error {
		pr, _, err := s.progress(r, a, p)
		page.Parts = ownAnswers(programView{p: p, page: v.page, answers: p.Counting(pr.Answers), seen: pr.Seen})
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "program/print", page)
}

// notesOf are the notes that a programme asks for.
func notesOf(p *program.Program, lang string) (out []OwnNote) {
	for _, part := range p.Parts {
		for _, page := range part.Pages {
			for _, b := range page.Blocks {
				if b.Note != nil {
					out = append(out, OwnNote{noteID(p, b.Note), b.Note.Title.In(lang)})
				}
			}
		}
	}
	return out
}

// ownAnswers are the answers that there are, part by part, and the homework of
// pages that were seen.
func ownAnswers(view programView) (out []OwnPart) {
	for _, part := range view.p.Parts {
		own := OwnPart{Number: part.Number, Title: part.Title.In(view.page.Lang)}
		for _, pg := range part.Pages {
			for _, b := range pg.Blocks {
				own.Answers = append(own.Answers, view.own(pg, b)...)
			}
		}
		if own.Answers != nil {
			out = append(out, own)
		}
	}
	return out
}

// own is what was answered in a block.
func (v programView) own(page program.Page, b program.Block) []OwnAnswer {
	var id, question string
	switch lang := v.page.Lang; {
	case b.Exercise != nil:
		id, question = b.Exercise.ID, b.Exercise.Question.In(lang)
	case b.Checklist != nil:
		id, question = b.Checklist.ID, b.Checklist.Title.In(lang)
	case b.Homework != nil:
		lines := v.homeworkAnswer(b.Homework.ID)
		if _, seen := v.seen[page.ID]; !seen && lines == nil {
			return nil
		}
		return []OwnAnswer{{b.Homework.ID, v.page.T("program.homework") + ": " + b.Homework.Task.In(lang), lines}}
	}
	if lines := v.inWords(id); lines != nil {
		return []OwnAnswer{{id, question, lines}}
	}
	return nil
}

func (v programView) homeworkAnswer(id string) (lines []string) {
	for _, chosen := range v.answers[id].Chosen {
		lines = append(lines, v.page.T(homeworkTexts[chosen]))
	}
	return lines
}
