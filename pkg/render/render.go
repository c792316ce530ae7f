// Package render executes the templates of html/template, byte for byte as
// html/template does, at a fraction of the cost.
//
//   - html/template parses the templates and decides what each place in them needs
//     (text, attribute, address). This package runs the trees that it has escaped.
//     Whatever could need escaping goes through html/template's own escapers; only
//     what cannot is copied. A place for which there is no escaper here (inside of
//     a script, say) is an error of Compile.
//   - A template is compiled for one type of page: fields and methods are resolved
//     once, and a name that the type has not is an error of Compile. Types are
//     therefore known everywhere: no field may be an interface.
//   - What is the same on every page is given to Compile and written down then:
//     the texts of a language, the service's name, lists that never change, and
//     what follows from them.
//   - Nothing of one execution is left for the next.
//
// It knows templates as selvhjelp writes them: actions, if, with, range, template,
// variables, and the usual functions. Anything else is an
// error of Compile.
package render

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"reflect"
	"sync"
	"text/template/parse"
)

// Known is what stays the same from page to page.
type Known struct {
	// Base is the struct that every page is or embeds, whose members Values names.
	Base reflect.Type
	// Values are the fields of Base that never change, and the methods that
	// depend on nothing else, bound to a value: func(...) with one result, or a
	// Text. They count where the page itself is asked, not where it holds another Base.
	Values map[string]any
	// Wraps are the methods of Base whose result is a struct of the Base that was
	// asked and of their argument. They are not called where a member of the
	// result is asked for, and Values count there too.
	Wraps []string
	// Funcs are the functions that the template may call.
	Funcs template.FuncMap
}

// Program is a template compiled for one type of page. It may be used by several
// goroutines.
type Program struct {
	page   reflect.Type
	code   code
	slots  int
	frames sync.Pool // of *frame, with nothing in them
}

// fault carries an error up to Compile or Append.
type fault struct{ error }

func failf(format string, args ...any) { panic(fault{fmt.Errorf("render: "+format, args...)}) }

// caught turns a fault into an error; any other panic goes on.
func caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case fault:
		*err = p.error
	default:
		panic(p)
	}
}

// Compile prepares the template of a name for pages of a type. set is escaped by
// it, and cannot be changed after.
func Compile(set *template.Template, name string, page reflect.Type, known Known) (p *Program, err error) {
	defer caught(&err)
	t := set.Lookup(name)
	if t == nil {
		return nil, fmt.Errorf("render: there is no template %s", name)
	}
	in := inliner{set: set, seen: map[string]bool{}}
	in.list(t.Tree.Root)
	if escaped, ok := errors.AsType[*template.Error](set.ExecuteTemplate(io.Discard, name, nil)); ok {
		return nil, escaped
	}
	p = &Program{page: page}
	c := &compiler{all: set, known: known, program: p, changes: map[string]bool{}}
	whole := c.slot(page)
	whole.known = true
	c.template(&p.code, t.Tree, whole)
	return p, nil
}

// Append appends the template's output for a page of the program's type, or for what
// a pointer to one points to.
func (p *Program) Append(out []byte, page any) (_ []byte, err error) {
	defer caught(&err)
	v := reflect.Indirect(reflect.ValueOf(page))
	if v.Type() != p.page {
		return out, fmt.Errorf("render: a page of type %s, want %s", v.Type(), p.page)
	}
	f := p.frame()
	defer p.free(f)
	f.out, f.slots[0] = out, v
	p.code.run(f)
	return f.out, nil
}

func (p *Program) frame() *frame {
	if f, ok := p.frames.Get().(*frame); ok {
		return f
	}
	return &frame{slots: make([]reflect.Value, p.slots)}
}

// free keeps the room of an execution, and nothing that was in it.
func (p *Program) free(f *frame) {
	f.out = nil
	clear(f.slots)
	p.frames.Put(f)
}

// frame is one execution.
type frame struct {
	out   []byte
	slots []reflect.Value // of the page, of variables, and of the dot inside with and range
}

// code is a sequence of texts and of steps that decide something.
type code []piece

type piece struct {
	text []byte
	step func(*frame) // nil for a text
}

func (c code) run(f *frame) {
	for i := range c {
		if c[i].step != nil {
			c[i].step(f)
		} else {
			f.out = append(f.out, c[i].text...)
		}
	}
}

// write adds a text, to the one before it if there is one.
func (c *code) write(text []byte) {
	if n := len(*c); n > 0 && (*c)[n-1].step == nil {
		(*c)[n-1].text = append((*c)[n-1].text, text...)
		return
	}
	*c = append(*c, piece{text: append([]byte(nil), text...)})
}

func (c *code) do(step func(*frame)) { *c = append(*c, piece{step: step}) }

// scope is what the names in a part of a template mean.
type scope struct {
	dot  expr
	vars map[string]expr // with their dollar sign
}

// inner is the scope of a block.
func (s scope) inner() scope { return scope{s.dot, maps.Clone(s.vars)} }

type compiler struct {
	all     *template.Template
	known   Known
	program *Program
	changes map[string]bool // variables that are set more than once
	depth   int
}

// template compiles what a template writes for its dot. Templates that others
// call are written out where they are called.
func (c *compiler) template(out *code, tree *parse.Tree, dot expr) {
	if c.depth++; c.depth > 50 {
		failf("%s calls itself", tree.Name)
	}
	walk(tree.Root, func(n parse.Node) {
		if p, ok := n.(*parse.PipeNode); ok && p != nil && p.IsAssign {
			c.changes[p.Decl[0].Ident[0]] = true
		}
	})
	c.list(out, tree.Root, scope{dot, map[string]expr{"$": dot}})
	c.depth--
}

// slot makes room for a value that is known only when the page is there.
func (c *compiler) slot(t reflect.Type) expr {
	n := c.program.slots
	c.program.slots++
	return expr{typ: t, inSlot: true, slot: n, eval: func(f *frame) reflect.Value { return f.slots[n] }}
}
