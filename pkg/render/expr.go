package render

import (
	"reflect"
	"slices"
	"text/template/parse"
)

// expr is a value whose type is known.
type expr struct {
	typ    reflect.Type
	eval   func(*frame) reflect.Value
	text   func(*frame) string // eval for a text that was just made, or nil
	fixed  bool                // the same on every page: eval looks at no frame
	known  bool                // the page, or what has its Base: Known.Values are of it
	any    bool                // of no one type; good for a condition alone
	inSlot bool                // it is kept
	slot   int                 // where
	parts  []expr              // the fields of a struct that a method of Known.Wraps makes
}

func (e expr) value() reflect.Value { return e.eval(nil) }

func literal(v reflect.Value) expr {
	return expr{typ: v.Type(), fixed: true, eval: func(*frame) reflect.Value { return v }}
}

// derived is a value that follows from others. It is computed at once when they
// are known.
func derived(t reflect.Type, eval func(*frame) reflect.Value, from ...expr) expr {
	for _, e := range from {
		if !e.fixed {
			return expr{typ: t, eval: eval}
		}
	}
	return literal(eval(nil))
}

func (c *compiler) pipe(pipe *parse.PipeNode, s scope) expr {
	if len(pipe.Cmds) != 1 {
		failf("%s: a pipeline of several commands", pipe)
	}
	return c.command(pipe.Cmds[0], s)
}

func (c *compiler) command(cmd *parse.CommandNode, s scope) expr {
	rest := cmd.Args[1:]
	args := make([]expr, len(rest))
	for i, n := range rest {
		args[i] = c.arg(n, s)
	}
	switch n := cmd.Args[0].(type) {
	case *parse.FieldNode:
		return c.chain(s.dot, n.Ident, args)
	case *parse.VariableNode:
		return c.chain(s.variable(n), n.Ident[1:], args)
	case *parse.ChainNode:
		return c.chain(c.arg(n.Node, s), n.Field, args)
	case *parse.IdentifierNode:
		return c.function(n.Ident, args)
	}
	if len(args) > 0 {
		failf("%s: not a function", cmd)
	}
	return c.arg(cmd.Args[0], s)
}

func (c *compiler) arg(n parse.Node, s scope) expr {
	switch n := n.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return c.chain(s.dot, n.Ident, nil)
	case *parse.VariableNode:
		return c.chain(s.variable(n), n.Ident[1:], nil)
	case *parse.ChainNode:
		return c.chain(c.arg(n.Node, s), n.Field, nil)
	case *parse.PipeNode:
		return c.pipe(n, s)
	case *parse.IdentifierNode:
		return c.function(n.Ident, nil)
	case *parse.StringNode:
		return literal(reflect.ValueOf(n.Text))
	case *parse.BoolNode:
		return literal(reflect.ValueOf(n.True))
	case *parse.NumberNode:
		if n.IsInt {
			return literal(reflect.ValueOf(int(n.Int64)))
		}
	}
	failf("%s: not known here", n)
	return expr{}
}

func (s scope) variable(n *parse.VariableNode) expr {
	e, ok := s.vars[n.Ident[0]]
	if !ok {
		failf("%s is not set", n.Ident[0])
	}
	return e
}

// chain asks for one member after the other; the last one gets the arguments.
func (c *compiler) chain(e expr, names []string, args []expr) expr {
	for i, name := range names {
		if i < len(names)-1 {
			e = c.member(e, name, nil)
		} else {
			e = c.member(e, name, args)
		}
	}
	if len(names) == 0 && len(args) > 0 {
		failf("a value is given arguments")
	}
	return e
}

// member is a method of a value, or a field of what it is or points to.
func (c *compiler) member(e expr, name string, args []expr) expr {
	if e.any {
		failf("%s of a value of no one type", name)
	}
	if v, ok := c.same(e, name); ok {
		if text, ok := v.Interface().(Text); ok {
			return call(name, literal(v), text.typ, args)
		}
		if v.Kind() == reflect.Func {
			return call(name, literal(v), v.Type(), args)
		}
		return literal(v)
	}
	if part, ok := c.part(e, name, args); ok {
		return part
	}
	if m, ok := e.typ.MethodByName(name); ok {
		result := call(name, literal(m.Func), m.Type, append([]expr{e}, args...))
		if slices.Contains(c.known.Wraps, name) {
			c.takeApart(&result, e, args)
		}
		return result
	}
	if len(args) > 0 {
		failf("%s of %s is no method", name, e.typ)
	}
	if e.typ.Kind() == reflect.Pointer {
		e = pointed(e, name)
	}
	return c.field(e, name)
}

// takeApart notes what a method of Wraps puts together.
func (c *compiler) takeApart(result *expr, of expr, args []expr) {
	t := result.typ
	if t.Kind() != reflect.Struct || t.NumField() != 2 || len(args) != 1 || t.Field(0).Type != c.known.Base || t.Field(1).Type != args[0].typ {
		failf("%s is not a page and something on it", t)
	}
	base := of
	if of.typ != c.known.Base {
		base = c.field(of, c.known.Base.Name())
	}
	result.known, result.parts = of.known, []expr{base, args[0]}
}

// part is a member of a struct that was taken apart, asked of the part that has it.
func (c *compiler) part(e expr, name string, args []expr) (expr, bool) {
	if e.parts == nil {
		return expr{}, false
	}
	if f, ok := e.typ.FieldByName(name); ok {
		part := e.parts[f.Index[0]]
		if len(f.Index) > 1 {
			part = c.member(part, name, args)
		}
		return part, len(f.Index) > 1 || len(args) == 0
	}
	for i, part := range e.parts {
		if _, has := part.typ.MethodByName(name); has && e.typ.Field(i).Anonymous {
			return c.member(part, name, args), true
		}
	}
	return expr{}, false
}

// same is a member of the page that is the same on every page, also where it is
// asked of what has the page's Base.
func (c *compiler) same(e expr, name string) (reflect.Value, bool) {
	v, known := c.known.Values[name]
	if !e.known || !known {
		return reflect.Value{}, false
	}
	if e.typ == c.known.Base {
		return reflect.ValueOf(v), true
	}
	base, embedded := e.typ.FieldByName(c.known.Base.Name())
	if !embedded || base.Type != c.known.Base {
		return reflect.Value{}, false
	}
	f, isField := e.typ.FieldByName(name)
	shadowed := isField && (len(f.Index) != len(base.Index)+1 || e.typ.FieldByIndex(f.Index[:len(f.Index)-1]).Type != c.known.Base)
	return reflect.ValueOf(v), !shadowed
}

// pointed is what a pointer points to.
func pointed(e expr, name string) expr {
	return derived(e.typ.Elem(), func(f *frame) reflect.Value {
		v := e.eval(f)
		if v.IsNil() {
			failf("%s of a nil pointer to %s", name, e.typ.Elem())
		}
		return v.Elem()
	}, e)
}

// field is a field of a struct. That of one that is kept is found in one step.
func (c *compiler) field(e expr, name string) expr {
	if e.typ.Kind() != reflect.Struct {
		failf("%s has no %s", e.typ, name)
	}
	f, ok := e.typ.FieldByName(name)
	if !ok || !f.IsExported() {
		failf("%s has no %s", e.typ, name)
	}
	if f.Type.Kind() == reflect.Interface {
		failf("%s of %s is an interface", name, e.typ)
	}
	found := derived(f.Type, fieldAt(e, f.Index), e)
	found.known = e.known && f.Type == c.known.Base && name == f.Type.Name()
	return found
}

func fieldAt(e expr, index []int) func(*frame) reflect.Value {
	slot, n := e.slot, index[0]
	switch {
	case len(index) > 1:
		return func(f *frame) reflect.Value { return e.eval(f).FieldByIndex(index) }
	case e.inSlot:
		return func(f *frame) reflect.Value { return f.slots[slot].Field(n) }
	}
	return func(f *frame) reflect.Value { return e.eval(f).Field(n) }
}

// truth is whether a value counts as true: it is not empty, not zero, not nil.
func truth(e expr) func(*frame) bool {
	eval := e.eval
	if e.any {
		return func(f *frame) bool { return eval(f).Bool() }
	}
	switch e.typ.Kind() {
	case reflect.Bool:
		return func(f *frame) bool { return eval(f).Bool() }
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return func(f *frame) bool { return eval(f).Len() > 0 }
	case reflect.Struct:
		return func(*frame) bool { return true }
	}
	return func(f *frame) bool { return !eval(f).IsZero() }
}
