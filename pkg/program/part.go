package program

import (
	"slices"
	"strings"

	"selvhjelp/pkg/strict"

	"github.com/yuin/goldmark/ast"
)

// kinds are the words that a fenced block can begin with.
var kinds = []string{BlockExercise, BlockChecklist, BlockHomework, BlockMapping, BlockNote, BlockPicture,
	BlockAudio, BlockRecall, BlockWhen, BlockOffer, BlockCare, BlockEvaluation}

// partReader builds the pages of one part in one language.
type partReader struct {
	*document
	part *Part
	text []ast.Node // what is to become the next block of text
}

// readPart reads a file: front matter, then pages of text and blocks.
func (r *reader) readPart(number int, data []byte) Part {
	part := Part{Number: number, line: 1, end: 1 + strings.Count(strings.TrimRight(string(data), "\n"), "\n")}
	if !r.Fits(data) {
		return part
	}
	front, body, lines, ok := cutFront(string(data))
	if !ok {
		r.At(1, "the front matter is missing; begin with a line ---, then title, aim and minutes, then a line ---")
		return part
	}
	if root := r.Parse(front, 1); root != nil {
		r.Mapping("the front matter", root, strict.Must("title", r.text(&part.Title)), strict.Must("aim", r.text(&part.Aim)), strict.Must("minutes", r.Number(&part.Minutes, 1, 120)))
	}
	d, root := r.open(body, lines+1)
	if root == nil {
		return part
	}
	pr := &partReader{document: d, part: &part}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		pr.node(n)
	}
	pr.flush()
	pr.count(part.end)
	return part
}

// cutFront takes the front matter off a file, and tells how many lines it took.
func cutFront(s string) (front, body string, lines int, ok bool) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	rest, ok := strings.CutPrefix(s, "---\n")
	if !ok {
		return "", "", 0, false
	}
	front, body, ok = strings.Cut(rest, "\n---\n")
	return front + "\n", body, strings.Count(front, "\n") + 3, ok
}

// node takes one block of Markdown.
func (pr *partReader) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		if n.Level == 1 {
			pr.flush()
			pr.page(n)
			return
		}
	case *ast.FencedCodeBlock:
		pr.flush()
		pr.fenced(n)
		return
	}
	pr.text = append(pr.text, n)
}

// page begins a page at its heading.
func (pr *partReader) page(n *ast.Heading) {
	page := Page{Title: Text{pr.r.lang: pr.words(n)}, line: pr.line(n)}
	for _, a := range n.Attributes() {
		if id, ok := a.Value.([]byte); ok && string(a.Name) == "id" {
			page.ID = string(id)
		} else {
			pr.r.At(page.line, "a page has nothing in braces but its id; remove the rest")
		}
	}
	if !strict.IsName(page.ID) {
		pr.r.At(page.line, "the page has no id; write {#id} after its heading, of 1 to 32 of a-z, 0-9 and _")
	}
	if page.Title[pr.r.lang] == "" {
		pr.r.At(page.line, "the page has no heading; write one")
	}
	pr.r.say(page.Title[pr.r.lang] + " .")
	pr.part.Pages = append(pr.part.Pages, page)
}

// add appends a block to the page, and faults one that stands before all pages.
func (pr *partReader) add(b Block) {
	if len(pr.part.Pages) == 0 {
		pr.r.At(b.line, "this stands on no page; begin one with # Heading {#id}")
		return
	}
	page := &pr.part.Pages[len(pr.part.Pages)-1]
	page.Blocks = append(page.Blocks, b)
}

// flush makes a block of the text that has gathered.
func (pr *partReader) flush() {
	if len(pr.text) == 0 {
		return
	}
	b := Block{Kind: BlockText, line: pr.line(pr.text[0])}
	html := Prose{}
	for _, n := range pr.text {
		html[pr.r.lang] += pr.render(n)
	}
	b.Prose, pr.text = html, nil
	pr.add(b)
}

// fenced reads a fenced block as YAML of the kind that it begins with.
func (pr *partReader) fenced(n *ast.FencedCodeBlock) {
	kind, line := "", pr.line(n)
	if n.Info != nil {
		kind = string(n.Info.Value(pr.source))
	}
	if !slices.Contains(kinds, kind) {
		pr.r.At(line, "unknown kind of block %.40q; write one of %s", kind, strings.Join(kinds, ", "))
		return
	}
	content := string(n.Lines().Value(pr.source))
	if kind == BlockEvaluation {
		if strings.TrimSpace(content) != "" {
			pr.r.At(line, "an evaluation has its own questions; leave the block empty")
		}
		pr.add(Block{Kind: kind, line: line})
		return
	}
	if root := pr.r.Parse(content, line); root != nil {
		b := pr.r.block(kind, root)
		b.line = line
		pr.add(b)
	}
}

// count faults a part with too much or too little of something.
func (pr *partReader) count(end int) {
	part, tasks := pr.part, 0
	if len(part.Pages) == 0 || len(part.Pages) > maxPages {
		pr.r.At(end, "the part has %d pages; write 1 to %d", len(part.Pages), maxPages)
	}
	for i, page := range part.Pages {
		if len(page.Blocks) == 0 || len(page.Blocks) > maxBlocks {
			pr.r.At(page.line, "the page has %d blocks; write 1 to %d", len(page.Blocks), maxBlocks)
		}
		for j, b := range page.Blocks {
			last := i == len(part.Pages)-1 && j == len(page.Blocks)-1
			if b.Kind == BlockEvaluation && !last {
				pr.r.At(b.line, "the evaluation is not the end of the part; move it there")
			}
			if last && b.Kind != BlockEvaluation {
				pr.r.At(end, "the part does not end with an evaluation; add the empty block")
			}
			if b.Homework == nil {
				continue
			}
			if tasks++; tasks > maxTasks {
				pr.r.At(b.line, "the part has more than %d homeworks; leave the most useful", maxTasks)
			}
		}
	}
}
