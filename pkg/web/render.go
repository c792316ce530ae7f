package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// loadTemplates parses every page together with the layout and the parts. A
// page is templates/<area>/<name>.html and is rendered as "<area>/<name>".
func loadTemplates(fsys fs.FS) (map[string]*template.Template, error) {
	base, err := template.New("layout").Funcs(funcs).ParseFS(fsys, "templates/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "templates/*/*.html")
	if err != nil {
		return nil, err
	}
	out := map[string]*template.Template{}
	var faults []error
	for _, name := range names {
		t, err := template.Must(base.Clone()).ParseFS(fsys, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		out[strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), path.Ext(name))] = t
	}
	return out, errors.Join(faults...)
}

// funcs are what the templates may call beside the methods of their page.
var funcs = template.FuncMap{
	"add": func(a, b int) int { return a + b },
}

// render executes a page into a buffer and sends it.
func (s *Server) render(c *fiber.Ctx, status int, name string, page any) error {
	var out bytes.Buffer
	t, ok := s.templates[name]
	if !ok {
		return fmt.Errorf("web: no template %s", name)
	}
	if err := t.ExecuteTemplate(&out, "layout.html", page); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.Status(status).Send(out.Bytes())
}
