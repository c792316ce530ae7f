package instrument

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxTokens bounds what a small file of hostile content can cost the parser,
// whose time and stack grow with nesting.
const maxTokens = 8192

// maxNumber is the largest number a file may hold.
const maxNumber = 1000

// refused are the parts of YAML that can make a file mean more than it shows.
var refused = map[token.Type]string{
	token.AnchorType:         "an anchor",
	token.AliasType:          "an alias",
	token.MergeKeyType:       "a merge key",
	token.TagType:            "a tag",
	token.DirectiveType:      "a directive",
	token.DocumentHeaderType: "a document mark",
	token.DocumentEndType:    "a document mark",
	token.MappingKeyType:     "a complex key",
}

// reader reads one file strictly and goes on after a fault, so that every
// fault is told at once.
type reader struct {
	file      string
	pack      bool     // the operator's own, not ours
	languages []string // of the published wording
	named     map[string]Band
	faults    []fault
}

type fault struct {
	line int
	text string
}

// field is one key of a mapping and what reads its value.
type field struct {
	name     string
	optional bool
	read     value
}

// value reads the node that stands under name.
type value func(name string, n ast.Node)

func must(name string, read value) field { return field{name: name, read: read} }

func may(name string, read value) field { return field{name: name, read: read, optional: true} }

func (r *reader) at(line int, format string, args ...any) {
	r.faults = append(r.faults, fault{line, fmt.Sprintf(format, args...)})
}

// fault notes what is wrong where n stands; what to do.
func (r *reader) fault(n ast.Node, format string, args ...any) {
	r.at(n.GetToken().Position.Line, format, args...)
}

// err joins the faults in the order of their lines.
func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	errs := make([]error, len(r.faults))
	for i, f := range r.faults {
		errs[i] = fmt.Errorf("%s:%d: %s", r.file, f.line, f.text)
	}
	return errors.Join(errs...)
}

// parse returns the root of the file, nil after a fault.
func (r *reader) parse(data []byte) ast.Node {
	switch {
	case len(data) > maxFile:
		r.at(1, "the file is larger than %d KiB; shorten it", maxFile>>10)
		return nil
	case !utf8.Valid(data):
		r.at(1, "the file is not UTF-8; save it as UTF-8")
		return nil
	}
	tokens := lexer.Tokenize(string(data))
	if !r.plain(tokens) {
		return nil
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.at(1, "the file is empty; write the fields of a mapping tool")
		return nil
	}
	return f.Docs[0].Body
}

// plain tells whether the tokens are of the part of YAML that is read.
func (r *reader) plain(tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		r.at(1, "the file has more than %d parts; shorten it", maxTokens)
		return false
	}
	for _, t := range tokens {
		if what, bad := refused[t.Type]; bad {
			r.at(t.Position.Line, "%s is not allowed; write the content out", what)
		}
	}
	return len(r.faults) == 0
}

func (r *reader) syntax(err error) {
	line, what := 1, "it cannot be read"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		line, what = e.GetToken().Position.Line, e.GetMessage()
	}
	r.at(line, "not valid YAML: %s; correct the line", what)
}

// mapping reads the fields of n and faults the unknown, the repeated and the
// missing.
func (r *reader) mapping(name string, n ast.Node, fields ...field) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.fault(n, "%s is not a set of fields; write \"field: value\" lines", name)
		return
	}
	values := map[string]ast.Node{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		switch {
		case !slices.ContainsFunc(fields, func(f field) bool { return f.name == key }):
			r.fault(it.Key(), "unknown field %.40q in %s; remove it or correct its name", key, name)
		case values[key] != nil:
			r.fault(it.Key(), "%s stands twice in %s; remove one", key, name)
		default:
			values[key] = it.Value()
		}
	}
	for _, f := range fields {
		switch v := values[f.name]; {
		case v != nil:
			f.read(f.name, v)
		case !f.optional:
			r.fault(n, "%s lacks the field %s; add it", name, f.name)
		}
	}
}

// lookup returns what stands under a field of n, nil for nothing.
func lookup(n ast.Node, name string) ast.Node {
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

// list reads each element of a list that is not empty.
func (r *reader) list(element func(ast.Node)) value {
	return func(name string, n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) == 0 {
			r.fault(n, "%s is not a list; write at least one \"- \" line", name)
			return
		}
		for _, v := range s.Values {
			element(v)
		}
	}
}

// text reads a text that is not empty.
func (r *reader) text(to *string) value {
	return func(name string, n ast.Node) {
		switch n := n.(type) {
		case *ast.StringNode:
			*to = n.Value
		case *ast.LiteralNode:
			*to = n.Value.Value
		}
		if *to = strings.TrimSpace(*to); *to == "" {
			r.fault(n, "%s is not a text; write one, in quotes if it looks like a number", name)
		}
	}
}

// word returns the plain or quoted word of n, "" for anything else.
func word(n ast.Node) string {
	if s, ok := n.(ast.ScalarNode); ok {
		return s.GetToken().Value
	}
	return ""
}

// choice reads one of a few words.
func (r *reader) choice(to *string, words ...string) value {
	return func(name string, n ast.Node) {
		if *to = word(n); !slices.Contains(words, *to) {
			r.fault(n, "%s is not known; write %s", name, strings.Join(words, " or "))
		}
	}
}

// number reads a whole number from lowest to maxNumber.
func (r *reader) number(to *int, lowest int) value {
	return func(name string, n ast.Node) {
		i, err := strconv.Atoi(word(n))
		if err != nil || i < lowest || i > maxNumber {
			r.fault(n, "%s is not a number; write a whole one from %d to %d", name, lowest, maxNumber)
			return
		}
		*to = i
	}
}

// flag reads true or false.
func (r *reader) flag(to *bool) value {
	return func(name string, n ast.Node) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.fault(n, "%s is neither true nor false; write one of them", name)
			return
		}
		*to = b.Value
	}
}
