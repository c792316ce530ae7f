package web

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// CheckIn is a short form for every day on the start page.
type CheckIn struct {
	Form  mappingPage
	Done  bool // today
	Words string
}

// toolsPage lists all mapping tools.
type toolsPage struct {
	Page
	Tools []Tool
}

func (s *Server) toolsRoutes(app *fiber.App) {
	app.Get("/me/mapping", s.user(s.allTools))
}

// allTools lists every mapping tool, so that the start page need not.
func (s *Server) allTools(v *visit) error {
	page := toolsPage{Page: v.page}
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		begun, err := registration.LoadBegun(r, a)
		if err != nil {
			return err
		}
		page.Tools, err = s.tools(r, a, begun, v.page.Lang)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/tools", page)
}

// Recommended are the tools that everybody is offered on the start page.
func (p toolsPage) Recommended() []Tool { return p.among(true) }

// Others are all other tools.
func (p toolsPage) Others() []Tool { return p.among(false) }

func (p toolsPage) among(recommended bool) []Tool {
	return slices.DeleteFunc(slices.Clone(p.Tools), func(t Tool) bool { return (t.Place != "") != recommended })
}

// toolCard is one tool on a page.
type toolCard struct {
	Page
	Tool
}

// Tool puts a tool on the page.
func (p Page) Tool(t Tool) toolCard { return toolCard{p, t} }

// langForm is the form that the buttons for the language send, so that they
// lose nothing of what was chosen.
func langForm(list []CheckIn) string {
	for _, c := range list {
		if !c.Done {
			return c.Form.ID + "-form"
		}
	}
	return "language"
}

// offered are the tools that stand on the start page: those recommended to
// everybody, and of the others those begun or due again. It takes the list.
func offered(tools []Tool) []Tool {
	return slices.DeleteFunc(tools, func(t Tool) bool {
		begun := t.Place == "" && (t.Answered > 0 || t.Done && t.Due)
		return t.Place != instrument.First && !begun
	})
}

// checkIns are the forms for every day, with what was filled in today.
func (s *Server) checkIns(v *visit, begun registration.Begun, tools []Tool) []CheckIn {
	out := make([]CheckIn, 0, 1)
	for _, t := range tools {
		in, ok := s.instruments.Get(t.ID)
		if !ok || in.Place != instrument.Daily {
			continue
		}
		in, draft := s.current(in, begun.Draft(in.ID))
		form := s.mappingPage(v, in, draft.Answers, nil)
		form.Action = "/me/mapping/" + in.ID
		out = append(out, CheckIn{Form: form, Done: t.Done && s.isToday(t.Last.At), Words: t.Words})
	}
	return out
}

// isToday reports whether a time is on this day on the wall.
func (s *Server) isToday(unix int64) bool {
	return localDay(registration.Point{At: unix}.Time(), s.location) == localDay(s.now(), s.location)
}

// keepCheckIn saves what was chosen on the start page, so that changing the
// language loses nothing.
func (s *Server) keepCheckIn(c *fiber.Ctx) error {
	var errs []error
	for _, in := range s.instruments.All() {
		if in.Place == instrument.Daily {
			errs = append(errs, s.keepAnswers(c, in.ID, func(c *fiber.Ctx, form *instrument.Instrument) (map[string]int, error) {
				if strangeField(c, form) != "" { // that of another tool
					return nil, nil
				}
				return begunAnswers(c, form)
			}))
		}
	}
	return errors.Join(errs...)
}

// foreign is the text that says why the wording is in another language than the
// page; "" when it is not.
func foreign(is, page string) string {
	switch is {
	case page:
		return ""
	case "en":
		return "tools.english"
	}
	return "mapping.foreign"
}
