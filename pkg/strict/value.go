package strict

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Value reads the node that stands under name.
type Value func(name string, n ast.Node)

// Field is one key of a mapping and what reads its value.
type Field struct {
	name     string
	optional bool
	read     Value
}

// Must is a field that has to be there, and May one that may be.
func Must(name string, read Value) Field { return Field{name: name, read: read} }

// May is a field that may be there.
func May(name string, read Value) Field { return Field{name: name, read: read, optional: true} }

// Mapping reads the fields of n, in the order in which they are given here, and
// faults the unknown, the repeated and the missing.
func (r *Reader) Mapping(name string, n ast.Node, fields ...Field) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.Fault(n, "%s is not a set of fields; write \"field: value\" lines", name)
		return
	}
	values := map[string]ast.Node{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		switch {
		case !slices.ContainsFunc(fields, func(f Field) bool { return f.name == key }):
			r.Fault(it.Key(), "unknown field %.40q in %s; remove it or correct its name", key, name)
		case values[key] != nil:
			r.Fault(it.Key(), "%s stands twice in %s; remove one", key, name)
		default:
			values[key] = it.Value()
		}
	}
	for _, f := range fields {
		switch v := values[f.name]; {
		case v != nil:
			f.read(f.name, v)
		case !f.optional:
			r.Fault(n, "%s lacks the field %s; add it", name, f.name)
		}
	}
}

// Lookup returns what stands under a field of n, nil for nothing.
func Lookup(n ast.Node, name string) ast.Node {
	m, ok := n.(ast.MapNode)
	if !ok {
		return nil
	}
	for it := m.MapRange(); it.Next(); {
		if it.Key().GetToken().Value == name {
			return it.Value()
		}
	}
	return nil
}

// Some reads each element of a list that is not empty.
func (r *Reader) Some(element func(ast.Node)) Value {
	return func(name string, n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) == 0 {
			r.Fault(n, "%s is not a list; write at least one \"- \" line", name)
			return
		}
		for _, v := range s.Values {
			element(v)
		}
	}
}

// List reads each element of a list of least to most.
func (r *Reader) List(least, most int, element func(ast.Node)) Value {
	return func(name string, n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) < least || len(s.Values) > most {
			r.Fault(n, "%s is not a list of %d to %d; write as many \"- \" lines", name, least, most)
		}
		if ok {
			for _, v := range s.Values[:min(len(s.Values), most)] {
				element(v)
			}
		}
	}
}

// Text reads a text that is not empty.
func (r *Reader) Text(to *string) Value {
	return func(name string, n ast.Node) {
		switch n := n.(type) {
		case *ast.StringNode:
			*to = n.Value
		case *ast.LiteralNode:
			*to = n.Value.Value
		}
		if *to = strings.TrimSpace(*to); *to == "" {
			r.Fault(n, "%s is empty or no text; write one, in quotes if it looks like a number", name)
		}
	}
}

// AnyText reads a text that may be empty.
func (r *Reader) AnyText(to *string) Value {
	return func(name string, n ast.Node) {
		if s, ok := n.(*ast.StringNode); ok && s.Value == "" {
			return
		}
		r.Text(to)(name, n)
	}
}

// Word returns the plain or quoted word of n, "" for anything else.
func Word(n ast.Node) string {
	if s, ok := n.(ast.ScalarNode); ok {
		return s.GetToken().Value
	}
	return ""
}

// Choice reads one of a few words.
func (r *Reader) Choice(to *string, words ...string) Value {
	return func(name string, n ast.Node) {
		if *to = Word(n); !slices.Contains(words, *to) {
			r.Fault(n, "%s is not known; write %s", name, strings.Join(words, " or "))
		}
	}
}

// Number reads a whole number from lowest to highest.
func (r *Reader) Number(to *int, lowest, highest int) Value {
	return func(name string, n ast.Node) {
		i, err := strconv.Atoi(Word(n))
		if err != nil || i < lowest || i > highest {
			r.Fault(n, "%s is not a number; write a whole one from %d to %d", name, lowest, highest)
			return
		}
		*to = i
	}
}

// Flag reads true or false.
func (r *Reader) Flag(to *bool) Value {
	return func(name string, n ast.Node) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.Fault(n, "%s is neither true nor false; write one of them", name)
			return
		}
		*to = b.Value
	}
}

// ID reads a name that is safe in addresses and forms, and not yet in seen,
// which may be nil.
func (r *Reader) ID(to *string, seen map[string]bool) Value {
	return func(name string, n ast.Node) {
		switch *to = Word(n); {
		case !IsName(*to):
			r.Fault(n, "%s is not a name; write 1 to 32 of a-z, 0-9 and _", name)
		case seen[*to]:
			r.Fault(n, "%s %s stands twice; give each its own", name, *to)
		case seen != nil:
			seen[*to] = true
		}
	}
}

// IsName tells whether a text is 1 to 32 of a-z, 0-9 and _.
func IsName(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
