package program

import (
	"fmt"
	"maps"
	"slices"
)

// languages that every part is written in; the first is what others are
// compared with.
var languages = []string{"nb", "nn", "en"}

// bone is one piece of structure and the line it stands in.
type bone struct {
	line int
	what string
}

// skeleton is the structure of a page: everything but the words.
func (page Page) skeleton() []bone {
	bones := []bone{{page.line, "the page " + page.ID}}
	for _, b := range page.Blocks {
		bones = append(bones, b.skeleton()...)
	}
	return bones
}

func (b Block) skeleton() []bone {
	one := func(format string, args ...any) []bone { return []bone{{b.line, fmt.Sprintf(format, args...)}} }
	switch {
	case b.Exercise != nil:
		e := b.Exercise
		what := fmt.Sprintf("the exercise %s (%s)", e.ID, e.Kind) + has(" with help", e.Help != nil) + has(" that is optional", e.Optional)
		return slices.Concat([]bone{{b.line, what}}, ribs("option", e.Options), ribs("time", e.Times))
	case b.Checklist != nil:
		return append(one("the checklist %s", b.Checklist.ID), ribs("item", b.Checklist.Items)...)
	case b.Homework != nil:
		return one("the homework %s", b.Homework.ID)
	case b.Kind == BlockMapping:
		return one("the mapping %s", b.Instrument)
	case b.Note != nil:
		return one("the note %s", b.Note.ID)
	case b.Media != nil:
		return one("the %s", b.Kind)
	case b.Recall != nil:
		return one("the recall of %s", b.Recall.Of)
	case b.Offer != nil:
		return one("the offer of %s %d/%s if %v", b.Offer.Program, b.Offer.Part, b.Offer.Page, b.Conditions)
	case b.Kind == BlockWhen:
		return one("the when of %v", b.Conditions)
	}
	return one("a block of %s", b.Kind)
}

func ribs(name string, options []Option) []bone {
	bones := make([]bone, len(options))
	for i, o := range options {
		bones[i] = bone{o.line, "the " + name + " " + o.ID + has(" with feedback", o.Feedback != nil)}
	}
	return bones
}

func has(what string, is bool) string {
	if is {
		return what
	}
	return ""
}

// unlike returns the place of the first difference, -1 if there is none.
func unlike(a, b []bone) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i].what != b[i].what {
			return i
		}
	}
	return -1
}

// compare faults, for each page, the language whose structure is not that of
// the others: the odd one of three, or the one that differs from bokmål.
func compare(parts []Part, rs []*reader) {
	if slices.ContainsFunc(parts, func(p Part) bool { return len(p.Pages) == 0 }) {
		return // was told when it was read
	}
	for n := range slices.MaxFunc(parts, func(a, b Part) int { return len(a.Pages) - len(b.Pages) }).Pages {
		bones := make([][]bone, len(parts))
		for i, part := range parts {
			if n < len(part.Pages) {
				bones[i] = part.Pages[n].skeleton()
			}
		}
		like := 0
		if unlike(bones[0], bones[1]) >= 0 && unlike(bones[1], bones[2]) < 0 {
			like = 1
		}
		for i := range parts {
			if at := unlike(bones[i], bones[like]); at >= 0 {
				rs[i].differs(bones[i], bones[like], at, parts[i].end, languages[like])
			}
		}
	}
	for i, part := range parts {
		if part.Minutes != parts[0].Minutes {
			rs[i].At(part.line, "minutes are %d here and %d in %s; write the same", part.Minutes, parts[0].Minutes, languages[0])
		}
	}
}

// differs faults the first place where a page is not like that of another
// language: something is missing, is too much, or is something else.
func (r *reader) differs(here, there []bone, at, end int, lang string) {
	what := func(bones []bone, i int) string {
		if i < len(bones) {
			return bones[i].what
		}
		return "the end of the page"
	}
	line := end
	if at < len(here) {
		line = here[at].line
	}
	switch {
	case at < len(there) && what(here, at) == what(there, at+1):
		if at > 0 {
			line = here[at-1].line
		}
		r.At(line, "%s follows in %s and is missing here; give all languages the same structure", there[at].what, lang)
	case at < len(here) && what(here, at+1) == what(there, at):
		r.At(line, "%s is not in %s; give all languages the same structure", here[at].what, lang)
	default:
		r.At(line, "%s stands here, but %s in %s; give all languages the same structure", what(here, at), what(there, at), lang)
	}
}

// merge adds the words of a part in another language, whose structure is the
// same.
func (part *Part) merge(other Part) {
	texts, prose := part.words()
	otherTexts, otherProse := other.words()
	for i, t := range texts {
		maps.Copy(t, otherTexts[i])
	}
	for i, p := range prose {
		maps.Copy(p, otherProse[i])
	}
}

// words returns every text of a part in a fixed order.
func (part *Part) words() (texts []Text, prose []Prose) {
	add := func(t ...Text) { texts = append(texts, t...) }
	addOptions := func(options []Option) {
		for _, o := range options {
			add(o.Text, o.Feedback)
		}
	}
	add(part.Title, part.Aim)
	for _, page := range part.Pages {
		add(page.Title)
		for _, b := range page.Blocks {
			prose = append(prose, b.Prose)
			add(b.texts()...)
			if e := b.Exercise; e != nil {
				addOptions(slices.Concat(e.Options, e.Times))
			}
			if b.Checklist != nil {
				addOptions(b.Checklist.Items)
			}
		}
	}
	return texts, prose
}

// texts returns the texts of a block but those of its options.
func (b Block) texts() []Text {
	switch {
	case b.Exercise != nil:
		return []Text{b.Exercise.Question, b.Exercise.Help, b.Exercise.Low, b.Exercise.High}
	case b.Checklist != nil:
		return []Text{b.Checklist.Title}
	case b.Homework != nil:
		return []Text{b.Homework.Task, b.Homework.Asked}
	case b.Note != nil:
		return []Text{b.Note.Title, b.Note.Prompt}
	case b.Media != nil:
		return []Text{b.Media.Alt, b.Media.Title, b.Media.Transcript}
	case b.Recall != nil:
		return []Text{b.Recall.Text, b.Recall.Empty}
	case b.Offer != nil:
		return []Text{b.Offer.Text}
	}
	return nil
}
