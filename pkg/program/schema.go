package program

import (
	"slices"
	"strings"

	"selvhjelp/pkg/strict"

	"github.com/goccy/go-yaml/ast"
)

// What a programme may hold at most, and options at least.
const (
	maxParts   = 20
	maxPages   = 40
	maxBlocks  = 60
	maxOptions = 12
	maxRanked  = 8
	maxItems   = 20
	maxTasks   = 2 // homework in a part
)

// head reads program.yaml of the folder that has the name of p.
func (r *reader) head(p *Program, root ast.Node) {
	r.Mapping("the file", root,
		strict.Must("id", r.named(p.ID)),
		strict.Must("version", r.Text(&p.Version)),
		strict.Must("licence", r.Text(&p.Licence)),
		strict.Must("author", r.Text(&p.Author)),
		strict.Must("reviewer", r.AnyText(&p.Reviewer)),
		strict.Must("title", r.all(&p.Title)),
		strict.Must("summary", r.all(&p.Summary)),
		strict.Must("for_whom", r.all(&p.ForWhom)),
		strict.Must("pace", r.all(&p.Pace)),
		strict.Must("days_between_parts", r.Number(&p.DaysBetweenParts, 0, 60)),
		strict.May("mapping", r.List(1, maxOptions, r.strings(&p.Mapping, r.tool))),
		strict.Must("sources", r.List(1, 100, r.strings(&p.Sources, r.Text))),
	)
}

// named reads an id that is the name of the folder.
func (r *reader) named(folder string) strict.Value {
	return func(name string, n ast.Node) {
		var id string
		r.ID(&id, nil)(name, n)
		if id != folder {
			r.Fault(n, "%s is not %.40q, the name of the folder; give both the same", name, folder)
		}
	}
}

// tool reads the id of a mapping tool.
func (r *reader) tool(to *string) strict.Value {
	return func(name string, n ast.Node) {
		if *to = strict.Word(n); !slices.Contains(r.instruments, *to) {
			r.Fault(n, "there is no mapping tool %.40q; correct its id", *to)
		}
	}
}

// strings reads elements that are one word or text each.
func (r *reader) strings(to *[]string, read func(*string) strict.Value) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		read(&s)("an element", n)
		*to = append(*to, s)
	}
}

// all reads a text in the three languages.
func (r *reader) all(to *Text) strict.Value {
	return func(name string, n ast.Node) {
		*to = Text{}
		in := func(lang string) strict.Value {
			return func(_ string, n ast.Node) {
				var s string
				r.Text(&s)(name+" in "+lang, n)
				(*to)[lang] = s
			}
		}
		r.Mapping(name, n, strict.Must("nb", in("nb")), strict.Must("nn", in("nn")), strict.Must("en", in("en")))
	}
}

// text reads a text in the language of the file.
func (r *reader) text(to *Text) strict.Value {
	return func(name string, n ast.Node) {
		var s string
		r.Text(&s)(name, n)
		*to = Text{r.lang: s}
		r.say(s + " .")
	}
}

// block reads the fields of a fenced block.
func (r *reader) block(kind string, root ast.Node) Block {
	b := Block{Kind: kind}
	map[string]func(*Block, ast.Node){
		BlockExercise: r.exercise, BlockChecklist: r.checklist, BlockHomework: r.homework,
		BlockMapping: r.instrument, BlockNote: r.note, BlockPicture: r.picture, BlockAudio: r.audio,
		BlockRecall: r.recall, BlockWhen: r.when, BlockOffer: r.offer, BlockCare: r.care,
	}[kind](&b, root)
	return b
}

// options reads possible answers.
func (r *reader) options(to *[]Option, least, most int) strict.Value {
	seen := map[string]bool{}
	return r.List(least, most, func(n ast.Node) {
		o := Option{line: r.Line(n)}
		r.Mapping("an option", n, strict.Must("id", r.ID(&o.ID, nil)), strict.Must("text", r.text(&o.Text)), strict.May("feedback", r.text(&o.Feedback)))
		if seen[o.ID] {
			r.Fault(n, "id %s stands twice; give each its own", o.ID)
		}
		seen[o.ID] = true
		*to = append(*to, o)
	})
}

// items are options that nothing is said about.
func (r *reader) items(to *[]Option, least, most int) strict.Value {
	read := r.options(to, least, most)
	return func(name string, n ast.Node) {
		read(name, n)
		for _, o := range *to {
			if o.Feedback != nil {
				r.At(o.line, "feedback is only for what is chosen in single and multiple; remove it")
			}
		}
	}
}

func (r *reader) exercise(b *Block, root ast.Node) {
	e := &Exercise{}
	b.Exercise = e
	e.Kind = r.kind(root)
	fields := []strict.Field{
		strict.Must("id", r.ID(&e.ID, nil)),
		strict.Must("kind", func(string, ast.Node) {}),
		strict.Must("question", r.text(&e.Question)),
		strict.May("help", r.text(&e.Help)),
		strict.May("optional", r.Flag(&e.Optional)),
	}
	switch e.Kind {
	case Single, Multiple:
		fields = append(fields, strict.Must("options", r.options(&e.Options, 2, maxOptions)))
	case Scale:
		fields = append(fields, strict.Must("low", r.text(&e.Low)), strict.Must("high", r.text(&e.High)))
	case Ranking:
		fields = append(fields, strict.Must("options", r.items(&e.Options, 3, maxRanked)))
	case Plan:
		fields = append(fields, strict.Must("options", r.items(&e.Options, 2, maxOptions)), strict.Must("times", r.items(&e.Times, 1, maxRanked)))
	default: // was told; whatever another kind may have is let pass
		for _, name := range []string{"options", "times", "low", "high"} {
			fields = append(fields, strict.May(name, func(string, ast.Node) {}))
		}
	}
	r.Mapping("the exercise", root, fields...)
}

// kind reads the kind of an exercise, on which its other fields depend.
func (r *reader) kind(root ast.Node) string {
	if m, ok := root.(ast.MapNode); ok {
		for it := m.MapRange(); it.Next(); {
			if it.Key().GetToken().Value != "kind" {
				continue
			}
			switch kind := strict.Word(it.Value()); kind {
			case Single, Multiple, Scale, Ranking, Plan:
				return kind
			}
			r.Fault(it.Value(), "kind is not known; write single, multiple, scale, ranking or plan; for free text use a note with local: true")
			return ""
		}
	}
	r.Fault(root, "the exercise lacks the field kind; write single, multiple, scale, ranking or plan")
	return ""
}

func (r *reader) checklist(b *Block, root ast.Node) {
	c := &Checklist{}
	b.Checklist = c
	r.Mapping("the checklist", root, strict.Must("id", r.ID(&c.ID, nil)), strict.Must("title", r.text(&c.Title)), strict.Must("items", r.items(&c.Items, 1, maxItems)))
}

func (r *reader) homework(b *Block, root ast.Node) {
	h := &Homework{}
	b.Homework = h
	r.Mapping("the homework", root, strict.Must("id", r.ID(&h.ID, nil)), strict.Must("task", r.text(&h.Task)), strict.Must("asked", r.text(&h.Asked)))
}

func (r *reader) instrument(b *Block, root ast.Node) {
	r.Mapping("the mapping", root, strict.Must("instrument", r.tool(&b.Instrument)))
}

func (r *reader) note(b *Block, root ast.Node) {
	note, local := &Note{}, false
	b.Note = note
	r.Mapping("the note", root, strict.Must("id", r.ID(&note.ID, nil)), strict.Must("title", r.text(&note.Title)),
		strict.Must("prompt", r.text(&note.Prompt)), strict.May("local", r.Flag(&local)))
	if !local {
		r.Fault(root, "the note would be kept on the server; write local: true, so that it stays in the browser")
	}
}

func (r *reader) picture(b *Block, root ast.Node) {
	b.Media = &Media{}
	r.Mapping("the picture", root, strict.Must("file", r.Text(&b.Media.File)), strict.Must("alt", r.text(&b.Media.Alt)))
}

func (r *reader) audio(b *Block, root ast.Node) {
	b.Media = &Media{}
	r.Mapping("the audio", root, strict.Must("file", r.Text(&b.Media.File)), strict.Must("title", r.text(&b.Media.Title)), strict.Must("transcript", r.text(&b.Media.Transcript)))
}

func (r *reader) recall(b *Block, root ast.Node) {
	b.Recall = &Recall{}
	r.Mapping("the recall", root, strict.Must("of", r.ID(&b.Recall.Of, nil)), strict.Must("text", r.text(&b.Recall.Text)), strict.Must("empty", r.text(&b.Recall.Empty)))
}

func (r *reader) when(b *Block, root ast.Node) {
	r.Mapping("the when", root, strict.Must("if", r.conditions(&b.Conditions)), strict.Must("text", r.prose(&b.Prose)))
}

func (r *reader) care(b *Block, root ast.Node) {
	r.Mapping("the care message", root, strict.Must("text", r.prose(&b.Prose)))
}

func (r *reader) offer(b *Block, root ast.Node) {
	o := &Offer{}
	b.Offer = o
	r.Mapping("the offer", root, strict.Must("if", r.conditions(&b.Conditions)), strict.May("program", r.ID(&o.Program, nil)),
		strict.Must("to", r.target(o)), strict.Must("text", r.text(&o.Text)))
}

// target reads "3/page".
func (r *reader) target(o *Offer) strict.Value {
	return func(name string, n ast.Node) {
		part, page, _ := strings.Cut(strict.Word(n), "/")
		number, ok := partNumber(part)
		if !ok || !strict.IsName(page) {
			r.Fault(n, "%s is not a page; write part/page_id, such as 3/begin", name)
			return
		}
		o.Part, o.Page = number, page
	}
}

// conditions reads one condition or a list of them.
func (r *reader) conditions(to *[]Condition) strict.Value {
	one := func(n ast.Node) {
		c, ok := parseCondition(strict.Word(n))
		if !ok || !strict.IsName(c.Exercise) {
			r.Fault(n, "the condition cannot be read; write EXERCISE and has, lacks or first OPTION, >= or <= NUMBER, or unanswered")
			return
		}
		c.line = r.Line(n)
		*to = append(*to, c)
	}
	return func(name string, n ast.Node) {
		if _, ok := n.(*ast.SequenceNode); ok {
			r.List(1, 6, one)(name, n)
			return
		}
		one(n)
	}
}

// prose reads Markdown in the language of the file.
func (r *reader) prose(to *Prose) strict.Value {
	return func(name string, n ast.Node) {
		var s string
		r.Text(&s)(name, n)
		first := r.Line(n)
		if literal, ok := n.(*ast.LiteralNode); ok {
			s, first = literal.Value.Value, first+1
		}
		*to = Prose{r.lang: r.markdown(s, first)}
	}
}
