package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/program"
)

// ContentLoader reads the programmes anew, with their faults. With a fault the
// catalogue is not used.
type ContentLoader func() (*program.Catalogue, []program.Fault)

type previewList struct {
	Page
	Faults   []string
	Programs []programOverview
}

// Preview is an application that shows programmes to who writes them, in the
// style of the service and read anew for each page: every word of every page,
// whatever it is shown for. It stores nothing and has no accounts.
func (s *Server) Preview(load ContentLoader) *fiber.App {
	app := fiber.New(fiber.Config{AppName: "selvhjelp", Immutable: true, CaseSensitive: true, ErrorHandler: s.fail, DisableStartupMessage: true})
	app.Use(s.recover)
	s.guard(app)
	app.Get("/static/:file", s.static.serve)
	app.Post("/language", s.setLanguagePost)
	app.Get("/", func(c *fiber.Ctx) error { return s.previewList(c, load) })
	app.Get("/me/programs/:id", func(c *fiber.Ctx) error { return c.Redirect("/", fiber.StatusSeeOther) })
	app.Get("/me/programs/:id/media/:file", func(c *fiber.Ctx) error {
		catalogue, _ := load()
		return sendMedia(c, catalogue)
	})
	app.Get("/me/programs/:id/:part/:page", func(c *fiber.Ctx) error { return s.previewPage(c, load) })
	app.Post("/me/programs/:id/:part/:page", func(c *fiber.Ctx) error { return previewNext(c, load) })
	return app
}

// previewList lists the programmes with their pages, or their faults.
func (s *Server) previewList(c *fiber.Ctx, load ContentLoader) error {
	catalogue, faults := load()
	list := previewList{Page: s.page(c)}
	for _, f := range faults {
		list.Faults = append(list.Faults, f.Error())
	}
	if faults == nil {
		for _, p := range catalogue.All() {
			list.Programs = append(list.Programs, s.overviewOf(list.Page, p, program.Progress{OpenAll: true}))
		}
	}
	return s.render(c, fiber.StatusOK, "program/preview", list)
}

// previewPage shows one page with everything on it.
func (s *Server) previewPage(c *fiber.Ctx, load ContentLoader) error {
	catalogue, faults := load()
	if faults != nil {
		return s.previewList(c, func() (*program.Catalogue, []program.Fault) { return catalogue, faults })
	}
	p, part, page, err := addressed(c, catalogue)
	if err != nil {
		return err
	}
	view := programView{p: p, page: s.page(c), titles: pageTitle(catalogue, s.language(c)), tool: func(id string) string { return id }, preview: true}
	return s.render(c, fiber.StatusOK, "program/page", view.show(part, page))
}

// previewNext goes on to the next page of the programme.
func previewNext(c *fiber.Ctx, load ContentLoader) error {
	catalogue, faults := load()
	if faults != nil {
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	p, part, page, err := addressed(c, catalogue)
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
