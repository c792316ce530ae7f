package program

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

// maxTokens bounds what one piece of YAML can cost the parser, whose time and
// stack grow with nesting.
const maxTokens = 4096

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

// Fault is what is wrong in a line of a file, and what to do.
type Fault struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"fault"`
}

// Error is the fault as "file:line: what is wrong; what to do".
func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

func compareFaults(a, b Fault) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

// reader reads one file strictly and goes on after a fault, so that every
// fault is told at once.
type reader struct {
	file string
	lang string // of texts, in a part

	instruments []string // the mapping tools there are

	shift  int // lines of the file before the YAML being read
	faults []Fault
	said   strings.Builder // what a reader is to read, for its level
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
	r.faults = append(r.faults, Fault{r.file, line, fmt.Sprintf(format, args...)})
}

func (r *reader) line(n ast.Node) int { return n.GetToken().Position.Line + r.shift }

// fault notes what is wrong where n stands; what to do.
func (r *reader) fault(n ast.Node, format string, args ...any) {
	r.at(r.line(n), format, args...)
}

// fits tells whether a file is small enough and UTF-8.
func (r *reader) fits(data []byte) bool {
	if len(data) > maxFile {
		r.at(1, "the file is larger than %d KiB; shorten it", maxFile>>10)
		return false
	}
	if !utf8.Valid(data) {
		r.at(1, "the file is not UTF-8; save it as UTF-8")
		return false
	}
	return true
}

// parse returns the root of a piece of YAML that begins after shift lines, nil
// after a fault.
func (r *reader) parse(text string, shift int) ast.Node {
	r.shift = shift
	tokens := lexer.Tokenize(text)
	if !r.plain(tokens) {
		return nil
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.at(max(shift, 1), "nothing stands here; write the fields, each as \"field: value\"")
		return nil
	}
	return f.Docs[0].Body
}

// plain tells whether the tokens are of the part of YAML that is read.
func (r *reader) plain(tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		r.at(r.shift+1, "there are more than %d parts here; shorten it", maxTokens)
		return false
	}
	ok := true
	for _, t := range tokens {
		if what, bad := refused[t.Type]; bad {
			r.at(t.Position.Line+r.shift, "%s is not allowed; write the content out", what)
			ok = false
		}
	}
	return ok
}

func (r *reader) syntax(err error) {
	line, what := 1, "it cannot be read"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		line, what = e.GetToken().Position.Line, e.GetMessage()
	}
	r.at(line+r.shift, "not valid YAML: %s; correct the line", what)
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

// list reads each element of a list of least to most.
func (r *reader) list(least, most int, element func(ast.Node)) value {
	return func(name string, n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) < least || len(s.Values) > most {
			r.fault(n, "%s is not a list of %d to %d; write as many \"- \" lines", name, least, most)
		}
		if ok {
			for _, v := range s.Values[:min(len(s.Values), most)] {
				element(v)
			}
		}
	}
}

// plainText reads a text that is not empty.
func (r *reader) plainText(to *string) value {
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

// anyText reads a text that may be empty.
func (r *reader) anyText(to *string) value {
	return func(name string, n ast.Node) {
		if s, ok := n.(*ast.StringNode); ok && s.Value == "" {
			return
		}
		r.plainText(to)(name, n)
	}
}

// number reads a whole number from lowest to highest.
func (r *reader) number(to *int, lowest, highest int) value {
	return func(name string, n ast.Node) {
		i, err := strconv.Atoi(word(n))
		if err != nil || i < lowest || i > highest {
			r.fault(n, "%s is not a number; write a whole one from %d to %d", name, lowest, highest)
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

// id reads a name that is safe in addresses and forms.
func (r *reader) id(to *string) value {
	return func(name string, n ast.Node) {
		if *to = word(n); !isName(*to) {
			r.fault(n, "%s is not a name; write 1 to 32 of a-z, 0-9 and _", name)
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

func isName(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
