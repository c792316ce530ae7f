package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/program"
)

// Content is what somebody is writing, as it stands: programmes and mapping tools,
// or their faults.
type Content struct {
	Programs *program.Catalogue
	Tools    *instrument.Catalogue
	Faults   []string // a line each; without any the rest can be shown
}

// ContentSource reads content anew, and tells whether it has changed: its stamp is
// another then.
type ContentSource struct {
	Read  func() Content
	Stamp func() string
}

type previewList struct {
	Page
	Faults   []string
	Programs []programOverview
	Tools    []toolLine
	Watch    string // address of the script that loads the page anew
}

// Preview is an application that shows content to who writes it, in the style of
// the service and read anew for each page, which follows when a file changes:
// every word of every page, whatever it is shown for. It stores nothing and has no
// accounts.
func (s *Server) Preview(content ContentSource) *fiber.App {
	app := fiber.New(fiber.Config{AppName: "selvhjelp", Immutable: true, CaseSensitive: true, ErrorHandler: s.fail, DisableStartupMessage: true})
	app.Use(s.recover, s.retyping)
	s.guard(app)
	shown := func(h func(c *fiber.Ctx, content Content) error) fiber.Handler {
		return func(c *fiber.Ctx) error {
			read := content.Read()
			if read.Faults != nil {
				return s.previewList(c, read)
			}
			return h(c, read)
		}
	}
	app.Get("/static/:file", s.static.serve)
	app.Get("/stamp", func(c *fiber.Ctx) error { return c.SendString(content.Stamp()) })
	app.Post("/language", s.setLanguagePost)
	app.Get("/", shown(s.previewList))
	app.Get("/me/programs/:id", func(c *fiber.Ctx) error { return c.Redirect("/", fiber.StatusSeeOther) })
	app.Get("/me/programs/:id/media/:file", shown(func(c *fiber.Ctx, content Content) error { return sendMedia(c, content.Programs) }))
	app.Get("/me/programs/:id/:part/:page", shown(s.previewPage))
	app.Post("/me/programs/:id/:part/:page", shown(previewNext))
	app.Get("/me/mapping/:id", shown(s.previewTool))
	app.Post("/me/mapping/:id", shown(s.previewTool))
	return app
}

// previewList lists the programmes with their pages and the mapping tools, or the
// faults.
func (s *Server) previewList(c *fiber.Ctx, content Content) error {
	list := previewList{Page: s.page(c), Faults: content.Faults, Watch: s.static.url("watch.js")}
	if content.Faults == nil {
		for _, p := range content.Programs.All() {
			list.Programs = append(list.Programs, s.overviewOf(list.Page, p, program.Progress{OpenAll: true}))
		}
		list.Tools = toolLines(content.Tools, list.Page.Lang)
	}
	return s.render(c, fiber.StatusOK, "program/preview", list)
}

// previewPage shows one page with everything on it.
func (s *Server) previewPage(c *fiber.Ctx, content Content) error {
	p, part, page, err := addressed(c, content.Programs)
	if err != nil {
		return err
	}
	lang := s.language(c)
	view := programView{p: p, page: s.page(c), titles: pageTitle(content.Programs, lang), tool: toolTitle(content.Tools, lang), preview: true}
	shown := view.show(part, page)
	shown.Watch = s.static.url("watch.js")
	return s.render(c, fiber.StatusOK, "program/page", shown)
}

// previewNext goes on to the next page of the programme.
func previewNext(c *fiber.Ctx, content Content) error {
	p, part, page, err := addressed(c, content.Programs)
	if err != nil {
		return err
	}
	if next := following(part, page); next != nil {
		return c.Redirect(pagePath(p.ID, part.Number, next.ID), fiber.StatusSeeOther)
	}
	if part.Number < len(p.Parts) {
		return c.Redirect(pagePath(p.ID, part.Number+1, p.Parts[part.Number].Pages[0].ID), fiber.StatusSeeOther)
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// addressed finds the page of the address.
func addressed(c *fiber.Ctx, catalogue *program.Catalogue) (*program.Program, *program.Part, *program.Page, error) {
	p, ok := catalogue.Get(c.Params("id"))
	if !ok {
		return nil, nil, nil, fiber.ErrNotFound
	}
	part, page := p.Page(c.Params("page"))
	if page == nil || strconv.Itoa(part.Number) != c.Params("part") {
		return nil, nil, nil, fiber.ErrNotFound
	}
	return p, part, page, nil
}
