package web

import (
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// programSave keeps the answers of a page and goes on. Where the answers call
// for words on the same page, it is shown again first.
func (s *Server) programSave(v *visit) error {
	p, part, page, err := addressed(v.Ctx, s.catalogue)
	if err != nil {
		return err
	}
	form := s.exerciseAnswers(v.Ctx, p, v.page.Lang, asked(p, part.Number, page))
	later := field(v.Ctx, "then") == "later"
	saved, err := s.keepPage(v, keeping{p, part, page, form, !later && form.wrong == nil})
	switch {
	case err != nil:
		return err
	case !saved.open:
		return s.programWith(v, p, "program_locked")
	case form.wrong != nil:
		return s.showProgramPage(v, p, fiber.StatusUnprocessableEntity, form.wrong)
	case later:
		return s.homeWith(v, "program_kept")
	case replies(page, p.Counting(saved.before), p.Counting(saved.after.Answers)):
		if err := s.flash(v.Ctx, "program_read"); err != nil {
			return err
		}
		return v.Redirect(pagePath(p.ID, part.Number, page.ID), fiber.StatusSeeOther)
	}
	return s.goOnFrom(v, p, part, page, saved.after)
}

// goOnFrom leads to the next page of a part, and from its last page to the
// overview.
func (s *Server) goOnFrom(v *visit, p *program.Program, part *program.Part, page *program.Page, pr program.Progress) error {
	pp := p.Overview(pr)[part.Number-1]
	if !pp.Open { // the page alone was sent
		return s.homeWith(v, "program_sent_done")
	}
	if next := following(part, page); next != nil {
		if len(asked(p, part.Number, page)) > 0 {
			if err := s.flash(v.Ctx, "program_saved"); err != nil {
				return err
			}
		}
		return v.Redirect(pagePath(p.ID, part.Number, next.ID), fiber.StatusSeeOther)
	}
	switch {
	case !pp.Done:
		return s.programWith(v, p, "program_part_left")
	case part.Number == len(p.Parts):
		return s.programWith(v, p, "program_done")
	}
	return s.programWith(v, p, "program_part_done")
}

// following is the next page of the part, nil after the last.
func following(part *program.Part, page *program.Page) *program.Page {
	i := slices.IndexFunc(part.Pages, func(pg program.Page) bool { return pg.ID == page.ID })
	if i+1 < len(part.Pages) {
		return &part.Pages[i+1]
	}
	return nil
}

// keeping is what is to be stored of a page.
type keeping struct {
	p    *program.Program
	part *program.Part
	page *program.Page
	form filledIn
	on   bool // one goes on from the page
}

// keptPage is what saving a page came to.
type keptPage struct {
	open   bool
	before program.Answers
	after  program.Progress
}

// keepPage stores the answers of a page that can be read and, if one goes on
// from it, that it was seen.
func (s *Server) keepPage(v *visit, k keeping) (kept keptPage, err error) {
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		pr, place, err := s.progress(tx, a, k.p)
		if err != nil {
			return err
		}
		kept = keptPage{open: k.p.CanRead(pr, k.page.ID), before: pr.Answers}
		if !kept.open {
			return nil
		}
		k.move(&place, pr, s.today())
		after, err := registration.SaveAnswers(tx, a, &place, k.form.given, slices.Collect(maps.Keys(k.form.gone)), s.now())
		if err != nil {
			return err
		}
		place.Begin(k.form.begun, after)
		kept.after = place.Progress(after)
		kept.after.Lift = pr.Lift
		return registration.SaveProgress(tx, a, k.p, place, after, s.now())
	})
	return kept, err
}

// move notes where somebody is. A page that alone was sent is beside the way.
func (k keeping) move(place *registration.Place, pr program.Progress, today int) {
	pp := k.p.Overview(pr)[k.part.Number-1]
	if pp.Open {
		place.Page = k.page.ID
	}
	if !k.on {
		return
	}
	ahead(place, k.page.ID, pp.InOrder)
	if pp.Open {
		goneOn(place, k.p, k.part, k.page)
	}
	if _, seen := place.Seen[k.page.ID]; !seen {
		place.Seen[k.page.ID] = today
	}
}

// ahead notes that a page is gone on from before its turn, or that its turn has
// come.
func ahead(place *registration.Place, page string, inOrder bool) {
	_, seen := place.Seen[page]
	switch {
	case inOrder:
		place.Ahead = slices.DeleteFunc(place.Ahead, func(id string) bool { return id == page })
	case !seen:
		place.Ahead = append(place.Ahead, page)
	}
}

// goneOn notes that somebody goes on from a page, to the next of its part or the
// first of the next part.
func goneOn(place *registration.Place, p *program.Program, part *program.Part, page *program.Page) {
	if next := following(part, page); next != nil {
		place.Page = next.ID
	} else if part.Number < len(p.Parts) {
		place.Page = p.Parts[part.Number].Pages[0].ID
	}
}

// replies reports whether the answers of a page have called for feedback, words
// or an offer on that page which were not there before.
func replies(page *program.Page, before, after program.Answers) bool {
	here := map[string]bool{}
	for _, b := range page.Blocks {
		if e := b.Exercise; e != nil {
			here[e.ID] = true
			for _, o := range e.Options {
				if o.Feedback != nil && !slices.Contains(before[e.ID].Chosen, o.ID) && slices.Contains(after[e.ID].Chosen, o.ID) {
					return true
				}
			}
		}
		about := slices.ContainsFunc(b.Conditions, func(c program.Condition) bool { return here[c.Exercise] })
		if about && program.Holds(b.Conditions, after) && !program.Holds(b.Conditions, before) {
			return true
		}
	}
	return false
}

// programBegin keeps what is ticked on a page before it is saved, one exercise at
// a time. Nobody else can read it, and nothing follows from it until the page is
// saved.
func (s *Server) programBegin(v *visit) error {
	p, part, page, err := addressed(v.Ctx, s.catalogue)
	if err != nil {
		return err
	}
	one := slices.DeleteFunc(asked(p, part.Number, page), func(e *program.Exercise) bool { return e.ID != field(v.Ctx, "item") })
	form := s.exerciseAnswers(v.Ctx, p, v.page.Lang, one)
	if len(one) == 0 || len(form.wrong) > len(form.begun) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value")
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		pr, place, err := s.progress(tx, a, p)
		if err != nil || !p.CanRead(pr, page.ID) {
			return err
		}
		keeping{p: p, part: part, page: page}.move(&place, pr, s.today())
		place.Begin(form.shown(), pr.Answers)
		return registration.SavePlace(tx, a, place, s.now())
	})
	if err != nil {
		return err
	}
	return v.Redirect(pagePath(p.ID, part.Number, page.ID), fiber.StatusSeeOther)
}

// programHomework keeps the answers to the homework that was asked about.
func (s *Server) programHomework(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		pr, place, err := s.progress(tx, a, p)
		if err != nil {
			return err
		}
		var list []*program.Exercise
		for _, h := range p.DueHomework(pr, s.today()) {
			list = append(list, p.Exercise(h.ID))
		}
		form := s.exerciseAnswers(v.Ctx, p, v.page.Lang, list)
		if form.wrong != nil {
			return problemOf(fiber.StatusUnprocessableEntity, "exercise_wrong", form.wrong...)
		}
		answers, err := registration.SaveAnswers(tx, a, &place, form.given, nil, s.now())
		if err != nil {
			return err
		}
		return registration.SaveProgress(tx, a, p, place, answers, s.now())
	})
	if err != nil {
		return err
	}
	return s.programWith(v, p, "program_homework")
}

// programOpen lifts the order of the parts, or puts it back.
func (s *Server) programOpen(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error {
		place, err := registration.LoadPlace(tx, a, p.ID)
		if err != nil {
			return err
		}
		place.OpenAll = field(v.Ctx, "all") == "yes"
		return registration.SavePlace(tx, a, place, s.now())
	})
	if err != nil {
		return err
	}
	if field(v.Ctx, "all") == "yes" {
		return s.programWith(v, p, "program_opened")
	}
	return s.programWith(v, p, "program_ordered")
}

// programDeletePage asks whether everything about a programme is to go.
func (s *Server) programDeletePage(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "program/delete", programsPage{v.page, []ProgramLine{{ID: p.ID, Title: p.Title.In(v.page.Lang)}}})
}

// programDelete removes everything about a programme.
func (s *Server) programDelete(v *visit) error {
	p, err := s.found(v)
	if err != nil {
		return err
	}
	err = s.write(v, func(tx store.Tx, a *vault.Account) error { return registration.DeleteProgram(tx, a, p.ID) })
	if err != nil {
		return err
	}
	return s.programWith(v, p, "program_deleted")
}

// programPlace is the page that a form of a programme stands on.
func programPlace(action string) string {
	for _, end := range []string{"/homework", "/open"} {
		if rest, ok := strings.CutSuffix(action, end); ok {
			return rest
		}
	}
	return action
}
