package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// schemaFile describes what users download as JSON, field by field. It is
// served under a public address that stands in every download.
const (
	schemaFile = "schema/export-v1.schema.json"
	schemaPath = "/schema/export-v1.json"
)

// exportSchema hands out the schema.
func (s *Server) exportSchema(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/schema+json")
	return c.Send(s.schema)
}

// export hands the user everything: as JSON, or as a page to read and keep.
func (s *Server) export(v *visit) error {
	switch v.Query("format") {
	case "", "json":
		return s.exportJSON(v)
	case "html":
		return s.exportCopy(v)
	}
	return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "format")
}

func (s *Server) exportJSON(v *visit) error {
	e, err := s.exported(v)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return download(v.Ctx, fiber.MIMEApplicationJSONCharsetUTF8, "export.json", raw)
}

// copyPage is everything as one file that needs nothing else: no other file, no
// script, no network.
type copyPage struct {
	Page
	Everything
	Style    template.CSS
	CopiedOn deadline.Day
	Charts   []Course
	Results  []Result // oldest first
}

func (s *Server) exportCopy(v *visit) error {
	page := copyPage{Page: v.page, Style: template.CSS(s.static.files[s.static.url("app.css")]), CopiedOn: deadline.DayOf(s.now())}
	err := s.readPaused(v, func(r store.Reader, a *vault.Account) (err error) {
		if page.Everything, err = s.everything(r, a); err != nil {
			return err
		}
		list, err := registration.List(r, a.Scope(), true)
		page.Charts, page.Results = s.charts(v.page, list), s.results(list, v.page.Lang)
		return err
	})
	if err != nil {
		return err
	}
	t, err := loadTemplate(s.assets, "user/copy")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "copy.html", page); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	return download(v.Ctx, fiber.MIMETextHTMLCharsetUTF8, "export.html", out.Bytes())
}

func (s *Server) results(list []registration.Mapping, lang string) []Result {
	var out []Result
	for _, m := range list {
		out = append(out, s.result(m, lang))
	}
	return out
}

// download sends a file for the user to keep.
func download(c *fiber.Ctx, kind, name string, content []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(content)
}
