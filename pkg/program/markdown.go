package program

import (
	"bytes"
	"html/template"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// What a line of a file may be like: longer ones and deeper ones cost the
// parser time that grows with their square.
const (
	maxLine   = 4000
	maxIndent = 24
	maxMarks  = 12 // of quotes and lists at the beginning of a line
)

var markdown = goldmark.New(goldmark.WithParserOptions(parser.WithAttribute()))

// document is Markdown being read: where its nodes stand in the file.
type document struct {
	r      *reader
	source []byte
	first  int // line of the file that the source begins at
}

// open parses Markdown; nil if a line would cost too much.
func (r *reader) open(source string, first int) (*document, ast.Node) {
	d := &document{r, []byte(source), first}
	if !d.cheap() {
		return d, nil
	}
	return d, markdown.Parser().Parse(text.NewReader(d.source))
}

// cheap faults lines that only hostile content has.
func (d *document) cheap() bool {
	before, line := len(d.r.Faults), d.first
	for s := range strings.Lines(string(d.source)) {
		rest := strings.TrimLeft(s, " \t")
		marks := s[:len(s)-len(strings.TrimLeft(s, " \t>-+*"))]
		switch {
		case len(s) > maxLine:
			d.r.At(line, "the line is longer than %d characters; break it", maxLine)
		case len(s)-len(rest) > maxIndent, len(strings.TrimSpace(strings.ReplaceAll(marks, " ", ""))) > maxMarks && strings.Trim(s, "-* \r\n") != "":
			d.r.At(line, "the line is nested too deep; write it flatter")
		case strings.HasPrefix(rest, "[") && strings.Contains(rest, "]:"):
			d.r.At(line, "an address stands apart from its text; write [text](address)")
		case strings.Count(s, "[") > 40 || strings.Count(s, "*") > 200 || strings.Count(s, "_") > 200:
			d.r.At(line, "the line has too many marks; write it plainer")
		}
		line++
	}
	return len(d.r.Faults) == before
}

// line is the line of the file that a node stands in.
func (d *document) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if pos := n.Pos(); pos >= 0 && pos <= len(d.source) {
			return d.first + bytes.Count(d.source[:pos], []byte{'\n'})
		}
	}
	return d.first
}

// markdown renders a piece of Markdown that stands alone.
func (r *reader) markdown(source string, first int) template.HTML {
	d, root := r.open(source, first)
	if root == nil {
		return ""
	}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			r.At(d.line(n), "a heading of level 1 begins a page, and none can begin here; write ##")
		}
	}
	return d.render(root)
}

// render checks a node and all below it, and returns its HTML.
func (d *document) render(n ast.Node) template.HTML {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			d.check(n)
		} else if n.Type() == ast.TypeBlock {
			d.r.say(".")
		}
		return ast.WalkContinue, nil
	})
	var b bytes.Buffer
	_ = markdown.Renderer().Render(&b, d.source, n) // a buffer takes everything
	return template.HTML(b.String())
}

// check faults what a programme may not have.
func (d *document) check(n ast.Node) {
	fault := func(format string, args ...any) { d.r.At(d.line(n), format, args...) }
	switch n := n.(type) {
	case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.List, *ast.ListItem, *ast.Blockquote, *ast.ThematicBreak, *ast.Emphasis:
	case *ast.Text:
		d.r.say(string(n.Value(d.source)))
	case *ast.String:
		d.r.say(string(n.Value))
	case *ast.Heading:
		if len(n.Attributes()) > 0 {
			fault("only a page has an id in braces; remove it")
		}
	case *ast.Link:
		d.link(n, string(n.Destination))
		if !n.HasChildren() {
			fault("the link has no text; write where it leads")
		}
	case *ast.AutoLink:
		fault("an address stands bare; write [text](address)")
	case *ast.Image:
		fault("a picture stands in the text; use a picture block with alt")
	case *ast.HTMLBlock, *ast.RawHTML:
		fault("HTML is not allowed; write Markdown")
	default:
		fault("%s is not allowed here; write paragraphs, lists, quotes, or a fenced block of a known kind at the margin", n.Kind())
	}
}

// link faults an address that is neither https nor a path of this service.
func (d *document) link(n ast.Node, address string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsAny(address, "\\\t\n"):
	case u.Scheme == "https" && u.Host != "" && u.User == nil:
		return
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/") && path.Clean(u.Path) == u.Path:
		d.r.links = append(d.r.links, link{u.Path, d.line(n)})
		return
	}
	d.r.At(d.line(n), "the link leads nowhere safe; write an address that begins with https:// or a path such as /help")
}

// words returns the text below a node.
func (d *document) words(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Value(d.source))
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}
