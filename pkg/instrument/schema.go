package instrument

import (
	"slices"
	"strconv"
	"time"

	"selvhjelp/pkg/strict"

	"github.com/goccy/go-yaml/ast"
)

// instrument reads a whole file. Fields are read in this order, whatever
// theirs in the file: the bands need the highest score, the items the options.
func (r *reader) instrument(in *Instrument, root ast.Node) {
	var common []Option
	worse := false
	fields := []strict.Field{
		strict.Must("id", r.ID(&in.ID, nil)),
		strict.Must("version", r.Text(&in.Version)),
		strict.Must("source", r.Text(&in.Source)),
		strict.Must("title", r.own(&in.Title)),
		strict.Must("short_title", r.own(&in.ShortTitle)),
		strict.May("published_in", r.wording(in)),
		strict.Must("stem", r.published(&in.Stem)),
		strict.Must("period", r.own(&in.Period)),
		strict.Must("citations", r.Some(r.citation(&in.Citations))),
		strict.Must("licence", r.licence(&in.Licence)),
		strict.Must("text_status", r.status(&in.TextStatus)),
		strict.Must("higher_is_worse", r.Flag(&worse)),
		strict.Must("min_interval_days", r.Number(&in.MinIntervalDays, 0, maxNumber)),
		strict.May("place", r.Choice(&in.Place, First, Daily)),
		strict.May("options", r.options(&common)),
		strict.Must("items", r.items(&in.Items, &common)),
		strict.May("levels", r.levels),
	}
	if r.hasTotal(root) {
		in.Total = &Scale{Factor: 1}
		fields = append(fields, r.score(in, in.Total, strict.Must)...)
	}
	fields = append(fields, strict.May("scales", r.scales(in, &worse)))
	r.Mapping("the file", root, fields...)
	if in.Total != nil {
		in.Total.HigherIsWorse = worse
	}
}

// wording reads the languages that the published wording is in.
func (r *reader) wording(in *Instrument) strict.Value {
	return r.Some(func(n ast.Node) {
		var lang string
		r.Choice(&lang, "nb", "nn", "en")("a language", n)
		in.PublishedIn = append(in.PublishedIn, lang)
		r.languages = in.PublishedIn
	})
}

// published reads a text of the tool, in the languages of its wording.
func (r *reader) published(to *Text) strict.Value {
	return func(name string, n ast.Node) { r.words(to, r.needed)(name, n) }
}

// needed is a field that must be there in the languages of the wording.
func (r *reader) needed(lang string, read strict.Value) strict.Field {
	if slices.Contains(r.languages, lang) {
		return strict.Must(lang, read)
	}
	return strict.May(lang, read)
}

// own reads a text of ours, which is there in every language.
func (r *reader) own(to *Text) strict.Value { return r.words(to, strict.Must) }

// words reads a text in several languages.
func (r *reader) words(to *Text, lang func(string, strict.Value) strict.Field) strict.Value {
	return func(name string, n ast.Node) {
		*to = Text{}
		in := func(lang string, n ast.Node) {
			var s string
			r.Text(&s)(name+" in "+lang, n)
			(*to)[lang] = s
		}
		r.Mapping(name, n, lang("nb", in), lang("nn", in), lang("en", in))
	}
}

func (r *reader) citation(to *[]string) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		r.Text(&s)("a citation", n)
		*to = append(*to, s)
	}
}

func (r *reader) licence(to *Licence) strict.Value {
	return func(name string, n ast.Node) {
		r.Mapping(name, n,
			strict.Must("id", r.Text(&to.ID)),
			strict.Must("holder", r.Text(&to.Holder)),
			strict.Must("commercial", r.Choice(&to.Commercial, "yes", "no", "ask")),
			strict.Must("evidence", r.Text(&to.Evidence)),
			strict.Must("notice", r.own(&to.Notice)),
			strict.May("accepted_by_operator", r.acceptance(&to.Accepted)),
		)
		if r.pack && to.Commercial != "yes" && to.Accepted == (Acceptance{}) {
			r.Fault(n, "the %s is not for everybody and nobody answers for it; read the terms, then add accepted_by_operator with name and day", name)
		}
	}
}

// acceptance reads who answers for the use of a tool.
func (r *reader) acceptance(to *Acceptance) strict.Value {
	return func(name string, n ast.Node) {
		r.Mapping(name, n, strict.Must("name", r.Text(&to.Name)), strict.Must("day", func(day string, n ast.Node) {
			to.Day = strict.Word(n)
			if _, err := time.Parse(time.DateOnly, to.Day); err != nil {
				r.Fault(n, "%s is not a day; write one such as 2026-01-31", day)
			}
		}))
	}
}

func (r *reader) status(to *map[string]string) strict.Value {
	return func(name string, n ast.Node) {
		*to = map[string]string{}
		read := func(lang string, n ast.Node) {
			var s string
			r.Choice(&s, "verified", "unverified")(name+" of "+lang, n)
			(*to)[lang] = s
		}
		r.Mapping(name, n, r.needed("nb", read), r.needed("nn", read), r.needed("en", read))
	}
}

func (r *reader) options(to *[]Option) strict.Value {
	seen := map[int]bool{}
	return r.Some(func(n ast.Node) {
		var o Option
		r.Mapping("an option", n, strict.Must("value", r.Number(&o.Value, 0, maxNumber)), strict.Must("text", r.published(&o.Text)), strict.May("na", r.Flag(&o.NA)))
		if seen[o.Value] {
			r.Fault(n, "the value %d stands twice; give each option its own", o.Value)
		}
		seen[o.Value] = true
		*to = append(*to, o)
	})
}

// items reads the items; one without options of its own has the common ones.
func (r *reader) items(to *[]Item, common *[]Option) strict.Value {
	seen := map[string]bool{}
	return r.Some(func(n ast.Node) {
		it := Item{Scored: true, ShowIfAnyAbove: -1}
		r.Mapping("an item", n,
			strict.Must("id", r.ID(&it.ID, seen)),
			strict.Must("text", r.published(&it.Text)),
			strict.May("options", r.options(&it.Options)),
			strict.May("range", r.span(&it.Options)),
			strict.May("risk", r.Flag(&it.Risk)),
			strict.May("optional", r.Flag(&it.Optional)),
			strict.May("scored", r.Flag(&it.Scored)),
			strict.May("reverse", r.Flag(&it.Reverse)),
			strict.May("show_if_any_above", r.Number(&it.ShowIfAnyAbove, 0, maxNumber)),
			strict.May("intro", r.own(&it.Intro)),
		)
		if it.Options == nil {
			it.Options = *common
		}
		r.item(it, n)
		*to = append(*to, it)
	})
}

// maxRange is the most steps that a range can have.
const maxRange = 100

// span reads a range of whole numbers with a word at each end.
func (r *reader) span(to *[]Option) strict.Value {
	return func(name string, n ast.Node) {
		var from, up int
		var low, high Text
		r.Mapping(name, n, strict.Must("from", r.Number(&from, 0, maxNumber)), strict.Must("to", r.Number(&up, 0, maxNumber)),
			strict.Must("low", r.own(&low)), strict.Must("high", r.own(&high)))
		if up <= from || up-from > maxRange {
			r.Fault(n, "the %s does not go up, or too far; write at most %d steps", name, maxRange)
			return
		}
		for value := from; value <= up; value++ {
			*to = append(*to, Option{Value: value, Text: step(value, value == from, low, value == up, high)})
		}
	}
}

// step is the text of one number of a range.
func step(value int, first bool, low Text, last bool, high Text) Text {
	t := Text{}
	for lang := range low {
		t[lang] = strconv.Itoa(value)
		if first {
			t[lang] += " – " + low[lang]
		} else if last {
			t[lang] += " – " + high[lang]
		}
	}
	return t
}

// item faults an item that cannot be answered or cannot be counted on.
func (r *reader) item(it Item, n ast.Node) {
	if len(it.Options) < 2 {
		r.Fault(n, "item %q has fewer than two options; add them here or for the whole file", it.ID)
	}
	if it.Scored && (it.Optional || it.ShowIfAnyAbove >= 0) {
		r.Fault(n, "item %q is scored but need not be answered; take away one of the two", it.ID)
	}
}
