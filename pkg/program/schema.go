package program

import (
	"slices"
	"strings"

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
	r.mapping("the file", root,
		must("id", r.named(p.ID)),
		must("version", r.plainText(&p.Version)),
		must("licence", r.plainText(&p.Licence)),
		must("author", r.plainText(&p.Author)),
		must("reviewer", r.anyText(&p.Reviewer)),
		must("title", r.all(&p.Title)),
		must("summary", r.all(&p.Summary)),
		must("for_whom", r.all(&p.ForWhom)),
		must("pace", r.all(&p.Pace)),
		must("days_between_parts", r.number(&p.DaysBetweenParts, 0, 60)),
		may("mapping", r.list(1, maxOptions, r.strings(&p.Mapping, r.tool))),
		must("sources", r.list(1, 100, r.strings(&p.Sources, r.plainText))),
	)
}

// named reads an id that is the name of the folder.
func (r *reader) named(folder string) value {
	return func(name string, n ast.Node) {
		var id string
		r.id(&id)(name, n)
		if id != folder {
			r.fault(n, "%s is not %.40q, the name of the folder; give both the same", name, folder)
		}
	}
}

// tool reads the id of a mapping tool.
func (r *reader) tool(to *string) value {
	return func(name string, n ast.Node) {
		if *to = word(n); !slices.Contains(r.instruments, *to) {
			r.fault(n, "there is no mapping tool %.40q; correct its id", *to)
		}
	}
}

// strings reads elements that are one word or text each.
func (r *reader) strings(to *[]string, read func(*string) value) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		read(&s)("an element", n)
		*to = append(*to, s)
	}
}

// all reads a text in the three languages.
func (r *reader) all(to *Text) value {
	return func(name string, n ast.Node) {
		*to = Text{}
		in := func(lang string) value {
			return func(_ string, n ast.Node) {
				var s string
				r.plainText(&s)(name+" in "+lang, n)
				(*to)[lang] = s
			}
		}
		r.mapping(name, n, must("nb", in("nb")), must("nn", in("nn")), must("en", in("en")))
	}
}

// text reads a text in the language of the file.
func (r *reader) text(to *Text) value {
	return func(name string, n ast.Node) {
		var s string
		r.plainText(&s)(name, n)
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
func (r *reader) options(to *[]Option, least, most int) value {
	seen := map[string]bool{}
	return r.list(least, most, func(n ast.Node) {
		o := Option{line: r.line(n)}
		r.mapping("an option", n, must("id", r.id(&o.ID)), must("text", r.text(&o.Text)), may("feedback", r.text(&o.Feedback)))
		if seen[o.ID] {
			r.fault(n, "id %s stands twice; give each its own", o.ID)
		}
		seen[o.ID] = true
		*to = append(*to, o)
	})
}

// items are options that nothing is said about.
func (r *reader) items(to *[]Option, least, most int) value {
	read := r.options(to, least, most)
	return func(name string, n ast.Node) {
		read(name, n)
		for _, o := range *to {
			if o.Feedback != nil {
				r.at(o.line, "feedback is only for what is chosen in single and multiple; remove it")
			}
		}
	}
}

func (r *reader) exercise(b *Block, root ast.Node) {
	e := &Exercise{}
	b.Exercise = e
	e.Kind = r.kind(root)
	fields := []field{
		must("id", r.id(&e.ID)),
		must("kind", func(string, ast.Node) {}),
		must("question", r.text(&e.Question)),
		may("help", r.text(&e.Help)),
		may("optional", r.flag(&e.Optional)),
	}
	switch e.Kind {
	case Single, Multiple:
		fields = append(fields, must("options", r.options(&e.Options, 2, maxOptions)))
	case Scale:
		fields = append(fields, must("low", r.text(&e.Low)), must("high", r.text(&e.High)))
	case Ranking:
		fields = append(fields, must("options", r.items(&e.Options, 3, maxRanked)))
	case Plan:
		fields = append(fields, must("options", r.items(&e.Options, 2, maxOptions)), must("times", r.items(&e.Times, 1, maxRanked)))
	default: // was told; whatever another kind may have is let pass
		for _, name := range []string{"options", "times", "low", "high"} {
			fields = append(fields, may(name, func(string, ast.Node) {}))
		}
	}
	r.mapping("the exercise", root, fields...)
}

// kind reads the kind of an exercise, on which its other fields depend.
func (r *reader) kind(root ast.Node) string {
	if m, ok := root.(ast.MapNode); ok {
		for it := m.MapRange(); it.Next(); {
			if it.Key().GetToken().Value != "kind" {
				continue
			}
			switch kind := word(it.Value()); kind {
			case Single, Multiple, Scale, Ranking, Plan:
				return kind
			}
			r.fault(it.Value(), "kind is not known; write single, multiple, scale, ranking or plan; for free text use a note with local: true")
			return ""
		}
	}
	r.fault(root, "the exercise lacks the field kind; write single, multiple, scale, ranking or plan")
	return ""
}

func (r *reader) checklist(b *Block, root ast.Node) {
	c := &Checklist{}
	b.Checklist = c
	r.mapping("the checklist", root, must("id", r.id(&c.ID)), must("title", r.text(&c.Title)), must("items", r.items(&c.Items, 1, maxItems)))
}

func (r *reader) homework(b *Block, root ast.Node) {
	h := &Homework{}
	b.Homework = h
	r.mapping("the homework", root, must("id", r.id(&h.ID)), must("task", r.text(&h.Task)), must("asked", r.text(&h.Asked)))
}

func (r *reader) instrument(b *Block, root ast.Node) {
	r.mapping("the mapping", root, must("instrument", r.tool(&b.Instrument)))
}

func (r *reader) note(b *Block, root ast.Node) {
	note, local := &Note{}, false
	b.Note = note
	r.mapping("the note", root, must("id", r.id(&note.ID)), must("title", r.text(&note.Title)),
		must("prompt", r.text(&note.Prompt)), may("local", r.flag(&local)))
	if !local {
		r.fault(root, "the note would be kept on the server; write local: true, so that it stays in the browser")
	}
}

func (r *reader) picture(b *Block, root ast.Node) {
	b.Media = &Media{}
	r.mapping("the picture", root, must("file", r.plainText(&b.Media.File)), must("alt", r.text(&b.Media.Alt)))
}

func (r *reader) audio(b *Block, root ast.Node) {
	b.Media = &Media{}
	r.mapping("the audio", root, must("file", r.plainText(&b.Media.File)), must("title", r.text(&b.Media.Title)), must("transcript", r.text(&b.Media.Transcript)))
}

func (r *reader) recall(b *Block, root ast.Node) {
	b.Recall = &Recall{}
	r.mapping("the recall", root, must("of", r.id(&b.Recall.Of)), must("text", r.text(&b.Recall.Text)), must("empty", r.text(&b.Recall.Empty)))
}

func (r *reader) when(b *Block, root ast.Node) {
	r.mapping("the when", root, must("if", r.conditions(&b.Conditions)), must("text", r.prose(&b.Prose)))
}

func (r *reader) care(b *Block, root ast.Node) {
	r.mapping("the care message", root, must("text", r.prose(&b.Prose)))
}

func (r *reader) offer(b *Block, root ast.Node) {
	o := &Offer{}
	b.Offer = o
	r.mapping("the offer", root, must("if", r.conditions(&b.Conditions)), may("program", r.id(&o.Program)),
		must("to", r.target(o)), must("text", r.text(&o.Text)))
}

// target reads "3/page".
func (r *reader) target(o *Offer) value {
	return func(name string, n ast.Node) {
		part, page, _ := strings.Cut(word(n), "/")
		number, ok := partNumber(part)
		if !ok || !isName(page) {
			r.fault(n, "%s is not a page; write part/page_id, such as 3/begin", name)
			return
		}
		o.Part, o.Page = number, page
	}
}

// conditions reads one condition or a list of them.
func (r *reader) conditions(to *[]Condition) value {
	one := func(n ast.Node) {
		c, ok := parseCondition(word(n))
		if !ok || !isName(c.Exercise) {
			r.fault(n, "the condition cannot be read; write EXERCISE and has, lacks or first OPTION, >= or <= NUMBER, or unanswered")
			return
		}
		c.line = r.line(n)
		*to = append(*to, c)
	}
	return func(name string, n ast.Node) {
		if _, ok := n.(*ast.SequenceNode); ok {
			r.list(1, 6, one)(name, n)
			return
		}
		one(n)
	}
}

// prose reads Markdown in the language of the file.
func (r *reader) prose(to *Prose) value {
	return func(name string, n ast.Node) {
		var s string
		r.plainText(&s)(name, n)
		first := r.line(n)
		if literal, ok := n.(*ast.LiteralNode); ok {
			s, first = literal.Value.Value, first+1
		}
		*to = Prose{r.lang: r.markdown(s, first)}
	}
}
