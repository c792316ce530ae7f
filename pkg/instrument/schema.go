package instrument

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// instrument reads a whole file. Fields are read in this order, whatever
// theirs in the file: the bands need the highest score, the items the options.
func (r *reader) instrument(in *Instrument, root ast.Node) {
	var common []Option
	worse := false
	fields := []field{
		must("id", r.id(&in.ID, nil)),
		must("version", r.text(&in.Version)),
		must("source", r.text(&in.Source)),
		must("title", r.own(&in.Title)),
		must("short_title", r.own(&in.ShortTitle)),
		may("published_in", r.wording(in)),
		must("stem", r.published(&in.Stem)),
		must("period", r.own(&in.Period)),
		must("citations", r.list(r.citation(&in.Citations))),
		must("licence", r.licence(&in.Licence)),
		must("text_status", r.status(&in.TextStatus)),
		must("higher_is_worse", r.flag(&worse)),
		must("min_interval_days", r.number(&in.MinIntervalDays, 0)),
		may("place", r.choice(&in.Place, First, Daily)),
		may("options", r.options(&common)),
		must("items", r.items(&in.Items, &common)),
		may("levels", r.levels),
	}
	if r.hasTotal(root) {
		in.Total = &Scale{Factor: 1}
		fields = append(fields, r.score(in, in.Total, must)...)
	}
	fields = append(fields, may("scales", r.scales(in, &worse)))
	r.mapping("the file", root, fields...)
	if in.Total != nil {
		in.Total.HigherIsWorse = worse
	}
}

// wording reads the languages that the published wording is in.
func (r *reader) wording(in *Instrument) value {
	return r.list(func(n ast.Node) {
		var lang string
		r.choice(&lang, "nb", "nn", "en")("a language", n)
		in.PublishedIn = append(in.PublishedIn, lang)
		r.languages = in.PublishedIn
	})
}

// published reads a text of the tool, in the languages of its wording.
func (r *reader) published(to *Text) value {
	return func(name string, n ast.Node) { r.words(to, r.needed)(name, n) }
}

// needed is a field that must be there in the languages of the wording.
func (r *reader) needed(lang string, read value) field {
	if slices.Contains(r.languages, lang) {
		return must(lang, read)
	}
	return may(lang, read)
}

// own reads a text of ours, which is there in every language.
func (r *reader) own(to *Text) value { return r.words(to, must) }

// words reads a text in several languages.
func (r *reader) words(to *Text, lang func(string, value) field) value {
	return func(name string, n ast.Node) {
		*to = Text{}
		in := func(lang string, n ast.Node) {
			var s string
			r.text(&s)(name+" in "+lang, n)
			(*to)[lang] = s
		}
		r.mapping(name, n, lang("nb", in), lang("nn", in), lang("en", in))
	}
}

// id reads a name that is safe in addresses and forms and not yet in seen.
func (r *reader) id(to *string, seen map[string]bool) value {
	return func(name string, n ast.Node) {
		*to = word(n)
		switch {
		case *to == "" || len(*to) > 32 || strings.Trim(*to, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
			r.fault(n, "%s is not a name; write 1 to 32 of a-z, 0-9 and _", name)
		case seen[*to]:
			r.fault(n, "%s %s stands twice; give each its own", name, *to)
		case seen != nil:
			seen[*to] = true
		}
	}
}

func (r *reader) citation(to *[]string) func(ast.Node) {
	return func(n ast.Node) {
		var s string
		r.text(&s)("a citation", n)
		*to = append(*to, s)
	}
}

func (r *reader) licence(to *Licence) value {
	return func(name string, n ast.Node) {
		r.mapping(name, n,
			must("id", r.text(&to.ID)),
			must("holder", r.text(&to.Holder)),
			must("commercial", r.choice(&to.Commercial, "yes", "no", "ask")),
			must("evidence", r.text(&to.Evidence)),
			must("notice", r.own(&to.Notice)),
			may("accepted_by_operator", r.acceptance(&to.Accepted)),
		)
		if r.pack && to.Commercial != "yes" && to.Accepted == (Acceptance{}) {
			r.fault(n, "the %s is not for everybody and nobody answers for it; read the terms, then add accepted_by_operator with name and day", name)
		}
	}
}

// acceptance reads who answers for the use of a tool.
func (r *reader) acceptance(to *Acceptance) value {
	return func(name string, n ast.Node) {
		r.mapping(name, n, must("name", r.text(&to.Name)), must("day", func(day string, n ast.Node) {
			to.Day = word(n)
			if _, err := time.Parse(time.DateOnly, to.Day); err != nil {
				r.fault(n, "%s is not a day; write one such as 2026-01-31", day)
			}
		}))
	}
}

func (r *reader) status(to *map[string]string) value {
	return func(name string, n ast.Node) {
		*to = map[string]string{}
		read := func(lang string, n ast.Node) {
			var s string
			r.choice(&s, "verified", "unverified")(name+" of "+lang, n)
			(*to)[lang] = s
		}
		r.mapping(name, n, r.needed("nb", read), r.needed("nn", read), r.needed("en", read))
	}
}

func (r *reader) options(to *[]Option) value {
	seen := map[int]bool{}
	return r.list(func(n ast.Node) {
		var o Option
		r.mapping("an option", n, must("value", r.number(&o.Value, 0)), must("text", r.published(&o.Text)), may("na", r.flag(&o.NA)))
		if seen[o.Value] {
			r.fault(n, "the value %d stands twice; give each option its own", o.Value)
		}
		seen[o.Value] = true
		*to = append(*to, o)
	})
}

// items reads the items; one without options of its own has the common ones.
func (r *reader) items(to *[]Item, common *[]Option) value {
	seen := map[string]bool{}
	return r.list(func(n ast.Node) {
		it := Item{Scored: true, ShowIfAnyAbove: -1}
		r.mapping("an item", n,
			must("id", r.id(&it.ID, seen)),
			must("text", r.published(&it.Text)),
			may("options", r.options(&it.Options)),
			may("range", r.span(&it.Options)),
			may("risk", r.flag(&it.Risk)),
			may("optional", r.flag(&it.Optional)),
			may("scored", r.flag(&it.Scored)),
			may("reverse", r.flag(&it.Reverse)),
			may("show_if_any_above", r.number(&it.ShowIfAnyAbove, 0)),
			may("intro", r.own(&it.Intro)),
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
func (r *reader) span(to *[]Option) value {
	return func(name string, n ast.Node) {
		var from, up int
		var low, high Text
		r.mapping(name, n, must("from", r.number(&from, 0)), must("to", r.number(&up, 0)),
			must("low", r.own(&low)), must("high", r.own(&high)))
		if up <= from || up-from > maxRange {
			r.fault(n, "the %s does not go up, or too far; write at most %d steps", name, maxRange)
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
		r.fault(n, "item %q has fewer than two options; add them here or for the whole file", it.ID)
	}
	if it.Scored && (it.Optional || it.ShowIfAnyAbove >= 0) {
		r.fault(n, "item %q is scored but need not be answered; take away one of the two", it.ID)
	}
}
