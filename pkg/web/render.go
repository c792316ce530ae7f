package web

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"reflect"
	"sync"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/render"
)

// checkTemplates reports every file of the templates that cannot be parsed. All
// are parsed into one set, once: no page is made of it.
func checkTemplates(fsys fs.FS) error {
	var faults []error
	set := template.New("layout").Funcs(funcs)
	for _, pattern := range []string{"templates/*.html", "templates/*/*.html"} {
		names, err := fs.Glob(fsys, pattern)
		faults = append(faults, err)
		for _, name := range names {
			if _, err := set.ParseFS(fsys, name); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	return errors.Join(faults...)
}

// loadTemplate parses a page together with the layout and the parts. A page is
// templates/<area>/<name>.html and is rendered as "<area>/<name>".
func loadTemplate(fsys fs.FS, name string) (*template.Template, error) {
	t, err := template.New("layout").Funcs(funcs).ParseFS(fsys, "templates/*.html", "templates/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("templates/%s.html: %w", name, err)
	}
	return t, nil
}

// funcs are what the templates may call beside the methods of their page.
var funcs = template.FuncMap{
	"add": func(a, b int) int { return a + b },
}

// compiledPages are the pages that have been asked for, compiled for their languages.
type compiledPages struct{ of sync.Map } // pageKey -> *render.Program

type pageKey struct{ name, lang string }

// compiledPage is the template of a page in its language.
func (s *Server) compiledPage(name string, page any) (*render.Program, error) {
	key := pageKey{name, page.(interface{ language() string }).language()}
	if p, ok := s.compiled.of.Load(key); ok {
		return p.(*render.Program), nil
	}
	t, err := loadTemplate(s.assets, name)
	if err != nil {
		return nil, err
	}
	p, err := render.Compile(t, "layout.html", reflect.Indirect(reflect.ValueOf(page)).Type(), s.common[key.lang].known())
	if err != nil {
		return nil, fmt.Errorf("templates/%s.html: %w", name, err)
	}
	kept, _ := s.compiled.of.LoadOrStore(key, p)
	return kept.(*render.Program), nil
}

// known is what templates write alike on every page of a language.
func (p Page) known() render.Known {
	return render.Known{Base: reflect.TypeFor[Page](), Funcs: funcs, Wraps: []string{"Tool", "Ask", "Show", "ReadBy"}, Values: map[string]any{
		"Lang": p.Lang, "Service": p.Service, "Demo": p.Demo, "Crisis": p.Crisis,
		"CSS": p.CSS, "JS": p.JS, "Icon": p.Icon, "Labels": p.Labels, "Notes": p.Notes,
		"T": p.T, "Date": p.Date, "Day": render.TextOf(p.Day), "Clock": p.Clock, "ISO": p.ISO, "Month": render.TextOf(p.Month),
	}}
}

// render executes a page, or what a pointer to one points to, into the body of the
// response.
func (s *Server) render(c *fiber.Ctx, status int, name string, page any) error {
	program, err := s.compiledPage(name, page)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	response := c.Response()
	out, err := program.Append(response.SwapBody(nil)[:0], page)
	if err != nil {
		return err
	}
	response.SwapBody(out)
	response.Header.SetContentType("text/html; charset=utf-8")
	c.Status(status)
	return nil
}
