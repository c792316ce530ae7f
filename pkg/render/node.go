package render

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"
)

func (c *compiler) list(out *code, list *parse.ListNode, s scope) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		c.node(out, n, s)
	}
}

// node compiles one node. Variables that it sets are added to the scope.
func (c *compiler) node(out *code, n parse.Node, s scope) {
	switch n := n.(type) {
	case *parse.TextNode:
		out.write(n.Text)
	case *parse.CommentNode:
	case *parse.ActionNode:
		c.action(out, n.Pipe, s)
	case *parse.IfNode:
		inner := s.inner()
		c.branch(out, c.set(out, n.Pipe, inner), n.List, n.ElseList, inner, inner)
	case *parse.WithNode:
		inner := s.inner()
		e := c.kept(out, c.set(out, n.Pipe, inner))
		c.branch(out, e, n.List, n.ElseList, scope{e, inner.vars}, inner)
	case *parse.RangeNode:
		c.rangeOver(out, n, s)
	case *parse.TemplateNode:
		c.call(out, n, s)
	default:
		failf("%s: not known here", n)
	}
}

// action writes a value through the escapers that html/template has put there,
// or sets a variable.
func (c *compiler) action(out *code, pipe *parse.PipeNode, s scope) {
	if len(pipe.Decl) > 0 {
		c.set(out, pipe, s)
		return
	}
	e := c.command(pipe.Cmds[0], s)
	if e.any {
		failf("%s: a value of no one type is not written", pipe)
	}
	var names []string
	for _, cmd := range pipe.Cmds[1:] {
		names = append(names, cmd.String())
	}
	write := writer(strings.Join(names, " "), e)
	if e.fixed {
		var f frame
		write(&f)
		out.write(f.out)
		return
	}
	out.do(write)
}

// set compiles a pipeline that may set one variable, and returns its value.
func (c *compiler) set(out *code, pipe *parse.PipeNode, s scope) expr {
	e := c.pipe(pipe, s)
	if len(pipe.Decl) == 0 {
		return e
	}
	name := pipe.Decl[0].Ident[0]
	switch {
	case len(pipe.Decl) > 1:
		failf("%s: variables are set one at a time", pipe)
	case pipe.IsAssign:
		c.assign(out, s.variable(pipe.Decl[0]), e)
		return e
	case c.changes[name]:
		e = c.inSlot(out, e)
		e.known = false // what it is set to later may have another Base
	default:
		e = c.kept(out, e)
	}
	s.vars[name] = e
	return e
}

// assign sets a variable anew.
func (c *compiler) assign(out *code, to, e expr) {
	if to.typ != e.typ {
		failf("a variable of type %s is set to %s", to.typ, e.typ)
	}
	out.do(func(f *frame) { f.slots[to.slot] = e.eval(f) })
}

// kept has a value computed here and now, however often it is asked for.
func (c *compiler) kept(out *code, e expr) expr {
	switch {
	case e.fixed || e.inSlot:
		return e
	case e.parts != nil:
		e.parts = slices.Clone(e.parts)
		for i, part := range e.parts {
			e.parts[i] = c.kept(out, part)
		}
		return e
	}
	return c.inSlot(out, e)
}

func (c *compiler) inSlot(out *code, e expr) expr {
	kept := c.slot(e.typ)
	kept.any, kept.known = e.any, e.known
	out.do(func(f *frame) { f.slots[kept.slot] = e.eval(f) })
	return kept
}

// branch compiles what depends on whether a value is empty.
func (c *compiler) branch(out *code, e expr, yes, no *parse.ListNode, ifSo, ifNot scope) {
	isTrue := truth(e)
	if e.fixed {
		if isTrue(nil) {
			c.list(out, yes, ifSo.inner())
		} else {
			c.list(out, no, ifNot.inner())
		}
		return
	}
	var then, otherwise code
	c.list(&then, yes, ifSo.inner())
	c.list(&otherwise, no, ifNot.inner())
	out.do(func(f *frame) {
		if isTrue(f) {
			then.run(f)
		} else {
			otherwise.run(f)
		}
	})
}

// call writes out the template that is called.
func (c *compiler) call(out *code, n *parse.TemplateNode, s scope) {
	t := c.all.Lookup(n.Name)
	if t == nil || t.Tree == nil || n.Pipe == nil { // also one that is called inside of a tag, not with the dot
		failf("%s: no such template here, or it is given nothing", n)
	}
	c.template(out, t.Tree, c.kept(out, c.pipe(n.Pipe, s)))
}

// rangeOver compiles a loop over a slice, an array or a map, whose keys come in
// order. A list that is known is written out.
func (c *compiler) rangeOver(out *code, n *parse.RangeNode, s scope) {
	list := c.pipe(n.Pipe, s)
	if list.fixed && list.typ.Kind() == reflect.Slice {
		c.unroll(out, n, list.value(), s)
		return
	}
	var body, otherwise code
	key, elem := elements(list.typ)
	k, e := c.slot(key), c.slot(elem)
	c.list(&body, n.List, loopScope(n, s, k, e))
	c.list(&otherwise, n.ElseList, s.inner())
	each := loop(list.typ, k.slot, e.slot)
	out.do(func(f *frame) {
		v := list.eval(f)
		if v.Len() == 0 {
			otherwise.run(f)
		}
		each(f, v, body)
	})
}

func (c *compiler) unroll(out *code, n *parse.RangeNode, list reflect.Value, s scope) {
	for i := range list.Len() {
		c.list(out, n.List, loopScope(n, s, literal(reflect.ValueOf(i)), literal(list.Index(i))))
	}
	if list.Len() == 0 {
		c.list(out, n.ElseList, s.inner())
	}
}

// loopScope is what the names mean inside of a loop.
func loopScope(n *parse.RangeNode, s scope, key, elem expr) scope {
	inner := s.inner()
	inner.dot = elem
	switch decl := n.Pipe.Decl; len(decl) {
	case 1:
		inner.vars[decl[0].Ident[0]] = elem
	case 2:
		inner.vars[decl[0].Ident[0]], inner.vars[decl[1].Ident[0]] = key, elem
	}
	return inner
}

func elements(t reflect.Type) (key, elem reflect.Type) {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return reflect.TypeFor[int](), t.Elem()
	case reflect.Map:
		if k := t.Key().Kind(); k == reflect.String || t.Key().ConvertibleTo(reflect.TypeFor[int64]()) {
			return t.Key(), t.Elem()
		}
	}
	failf("range over %s: not known here", t)
	return nil, nil
}

// loop runs a body for the elements of a value of a type.
func loop(t reflect.Type, key, elem int) func(f *frame, v reflect.Value, body code) {
	if t.Kind() == reflect.Map {
		return loopMap(t, key, elem)
	}
	return func(f *frame, v reflect.Value, body code) {
		for i := range v.Len() {
			f.slots[key], f.slots[elem] = reflect.ValueOf(i), v.Index(i)
			body.run(f)
		}
	}
}

func loopMap(t reflect.Type, key, elem int) func(f *frame, v reflect.Value, body code) {
	before := func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	if t.Key().Kind() != reflect.String {
		before = func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	}
	return func(f *frame, v reflect.Value, body code) {
		keys := v.MapKeys()
		slices.SortFunc(keys, before)
		for _, k := range keys {
			f.slots[key], f.slots[elem] = k, v.MapIndex(k)
			body.run(f)
		}
	}
}
