// Package strict reads the YAML of content files: of mapping tools and of coping
// programmes, which an operator may write too.
//
//   - A file means what it shows: anchors, aliases, tags and the like are refused.
//   - Unknown, missing and repeated fields are faults, not silence.
//   - Reading goes on after a fault, so that every fault is told at once, with its
//     line and what to do.
//   - Hostile content costs little to refuse.
package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 256 << 10

// MaxTokens bounds what a small file of hostile content can cost the parser,
// whose time and stack grow with nesting.
const MaxTokens = 8192

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

// Compare orders faults by file and line.
func (f Fault) Compare(other Fault) int {
	return cmp.Or(cmp.Compare(f.File, other.File), cmp.Compare(f.Line, other.Line))
}

// Reader reads one file.
type Reader struct {
	File   string
	Faults []Fault
	shift  int // lines of the file before the YAML being read
}

// At notes what is wrong in a line; what to do.
func (r *Reader) At(line int, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{r.File, line, fmt.Sprintf(format, args...)})
}

// Line is the line of the file in which n stands.
func (r *Reader) Line(n ast.Node) int { return n.GetToken().Position.Line + r.shift }

// Fault notes what is wrong where n stands; what to do.
func (r *Reader) Fault(n ast.Node, format string, args ...any) {
	r.At(r.Line(n), format, args...)
}

// Err joins the faults in the order of their lines; nil when there is none.
func (r *Reader) Err() error {
	slices.SortStableFunc(r.Faults, Fault.Compare)
	errs := make([]error, len(r.Faults))
	for i, f := range r.Faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// Fits tells whether a file is small enough and UTF-8.
func (r *Reader) Fits(data []byte) bool {
	if len(data) > MaxFile {
		r.At(1, "the file is larger than %d KiB; shorten it", MaxFile>>10)
		return false
	}
	if !utf8.Valid(data) {
		r.At(1, "the file is not UTF-8; save it as UTF-8")
		return false
	}
	return true
}

// Parse returns the root of a piece of YAML that begins after shift lines of the
// file; nil after a fault.
func (r *Reader) Parse(text string, shift int) ast.Node {
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
		r.At(max(shift, 1), "nothing stands here; write the fields, each as \"field: value\"")
		return nil
	}
	return f.Docs[0].Body
}

// plain tells whether the tokens are of the part of YAML that is read.
func (r *Reader) plain(tokens token.Tokens) bool {
	if len(tokens) > MaxTokens {
		r.At(r.shift+1, "there are more than %d parts here; shorten it", MaxTokens)
		return false
	}
	ok := true
	for _, t := range tokens {
		if what, bad := refused[t.Type]; bad {
			r.At(t.Position.Line+r.shift, "%s is not allowed; write the content out", what)
			ok = false
		}
	}
	return ok
}

func (r *Reader) syntax(err error) {
	line, what := 1, "it cannot be read"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		line, what = e.GetToken().Position.Line, e.GetMessage()
	}
	r.At(line+r.shift, "not valid YAML: %s; correct the line", what)
}
