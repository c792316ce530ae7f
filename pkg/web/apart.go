package web

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// apartRoutes are about sharing each mapping tool by itself.
func (s *Server) apartRoutes(app *fiber.App) {
	app.Get("/me/sharing/tools", s.user(s.apart))
	app.Post("/me/sharing/tools", s.user(s.apartAnswer))
}

// apartPage is where tools are shared by themselves, or together again.
type apartPage struct {
	Page
	Together []ToolChoice
	Apart    []ToolChoice
	Services []ToolService // that something is shared with now
}

// ToolChoice is a mapping tool, with the businesses that can read it if it is
// shared by itself, and those that could, or no longer could, if it were shared
// together with the others again.
type ToolChoice struct {
	ID, Title           string
	Chosen              bool
	Readers, Gain, Lose []string
}

// ToolService is a business that something is shared with.
type ToolService struct {
	ID, Business string
	Reads        bool // the tools that are shared together
	Chosen       bool
}

func (s *Server) apart(v *visit) error { return s.showApart(v, fiber.StatusOK, "") }

func (s *Server) showApart(v *visit, status int, problem string) error {
	page := apartPage{Page: v.page}
	page.Error = problem
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		list, err := s.sharing(r, a)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(sh Sharing) bool { return !sh.Shared })
		page.Services = toolServices(list, values(v.Ctx, "keep"))
		page.Apart = s.toolsApart(list, a.Tools(), v.page.Lang)
		page.Together = s.toolsTogether(a, v.page.Lang, values(v.Ctx, "tool"))
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "user/apart", page)
}

func toolServices(list []Sharing, chosen []string) []ToolService {
	var out []ToolService
	for _, sh := range list {
		out = append(out, ToolService{sh.ID, sh.Business, slices.Contains(sh.Categories, vault.Mapping), slices.Contains(chosen, sh.ID)})
	}
	return out
}

func (s *Server) toolsTogether(a *vault.Account, lang string, chosen []string) []ToolChoice {
	var out []ToolChoice
	for _, id := range s.installed() {
		if !a.Apart(id) {
			out = append(out, ToolChoice{ID: id, Title: s.title(id, lang), Chosen: slices.Contains(chosen, id)})
		}
	}
	return out
}

func (s *Server) toolsApart(list []Sharing, tools []string, lang string) []ToolChoice {
	var out []ToolChoice
	rest := readersOf(list, vault.Mapping)
	for _, id := range tools {
		readers := readersOf(list, vault.Tool(id))
		out = append(out, ToolChoice{ID: id, Title: s.title(id, lang), Readers: readers,
			Gain: without(rest, readers), Lose: without(readers, rest)})
	}
	return out
}

// without are the names that are not among others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// apartAnswer splits tools off or joins them to the others again.
func (s *Server) apartAnswer(v *visit) error {
	action, tools := field(v.Ctx, "action"), values(v.Ctx, "tool")
	if action == "split_all" {
		action, tools = "split", s.installed()
	}
	if action != "split" && action != "join" {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "action")
	}
	if len(tools) == 0 {
		return s.showApart(v, fiber.StatusUnprocessableEntity, "no_tool")
	}
	err := s.write(v, func(tx store.Tx, a *vault.Account) error {
		if action == "join" {
			return account.Join(tx, a, tools, s.now())
		}
		keep, err := keepers(a, values(v.Ctx, "keep"))
		if err = errors.Join(err, s.knownTools(tools)); err != nil {
			return err
		}
		return account.Split(tx, a, tools, keep, s.now())
	})
	if err != nil {
		return err
	}
	if action == "join" {
		return s.settled(v, "tools_joined")
	}
	return s.settled(v, "tools_split")
}

// knownTools refuses a tool that is not installed.
func (s *Server) knownTools(list []string) error {
	for _, id := range list {
		if !slices.Contains(s.installed(), id) {
			return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "tool")
		}
	}
	return nil
}

// keepers are the businesses that a form names as readers.
func keepers(a *vault.Account, ids []string) ([]organization.ID, error) {
	var out []organization.ID
	for _, id := range ids {
		service, err := chosenService(a, id)
		if err != nil {
			return nil, err
		}
		out = append(out, organization.ID(service.Business))
	}
	return out, nil
}

// installed are the ids of the mapping tools that there are.
func (s *Server) installed() []string {
	var out []string
	for _, in := range s.instruments.All() {
		out = append(out, in.ID)
	}
	return out
}

// title is the title of a mapping tool; its id when it is not installed.
func (s *Server) title(id, lang string) string {
	in, ok := s.instruments.Get(id)
	if !ok {
		return id
	}
	title, _ := in.Title.In(lang)
	return title
}

func (s *Server) titles(ids []string, lang string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, s.title(id, lang))
	}
	return out
}

// toolTitles are the titles of all mapping tools, by id.
func (s *Server) toolTitles(lang string) map[string]string {
	out := map[string]string{}
	for _, id := range s.installed() {
		out[id] = s.title(id, lang)
	}
	return out
}

// Category is the name of a category, which may be a mapping tool that is shared
// by itself.
func (p Page) Category(id string) string {
	if tool, ok := vault.ToolOf(id); ok {
		return p.T("category.mapping") + " – " + p.toolTitle(tool)
	}
	return p.T("category." + id)
}

// CategoryWhat says what a category is.
func (p Page) CategoryWhat(id string) string {
	if tool, ok := vault.ToolOf(id); ok {
		return p.T("pertool.category_what", "Tool", p.toolTitle(tool))
	}
	return p.T("category." + id + "_what")
}

// toolTitle is the title of a tool; its id when it is not installed any more.
func (p Page) toolTitle(tool string) string {
	if title := p.titles[tool]; title != "" {
		return title
	}
	return tool
}
