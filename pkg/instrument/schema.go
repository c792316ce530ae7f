package instrument

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// instrument reads a whole file. Fields are read in this order, whatever
// theirs in the file: the bands need the highest score, the items the options.
func (r *reader) instrument(in *Instrument, root ast.Node) {
	var common []Option
	r.mapping("the file", root,
		must("id", r.id(&in.ID, nil)),
		must("version", r.text(&in.Version)),
		must("source", r.text(&in.Source)),
		must("title", r.own(&in.Title)),
		must("short_title", r.own(&in.ShortTitle)),
		must("stem", r.published(&in.Stem)),
		must("period", r.own(&in.Period)),
		must("citations", r.list(r.citation(&in.Citations))),
		must("licence", r.licence(&in.Licence)),
		must("text_status", r.status(&in.TextStatus)),
		must("higher_is_worse", r.flag(&in.HigherIsWorse)),
		may("cutoff", r.number(&in.Cutoff, 0)),
		may("change_threshold", r.number(&in.ChangeThreshold, 0)),
		must("min_interval_days", r.number(&in.MinIntervalDays, 0)),
		may("options", r.options(&common)),
		must("items", r.items(&in.Items, &common)),
		must("max", r.highest(in)),
		must("bands", r.bands(in)),
	)
}

// words reads a text in several languages.
func (r *reader) words(to *Text, nn func(string, value) field) value {
	return func(name string, n ast.Node) {
		*to = Text{}
		in := func(lang string) value {
			return func(_ string, n ast.Node) {
				var s string
				r.text(&s)(name+" in "+lang, n)
				(*to)[lang] = s
			}
		}
		r.mapping(name, n, must("nb", in("nb")), nn("nn", in("nn")), must("en", in("en")))
	}
}

// own reads a text of ours, which is there in every language.
func (r *reader) own(to *Text) value { return r.words(to, must) }

// published reads a text of the tool, of which there may be no nynorsk.
func (r *reader) published(to *Text) value { return r.words(to, may) }

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
		)
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
		r.mapping(name, n, must("nb", read), may("nn", read), must("en", read))
	}
}

func (r *reader) options(to *[]Option) value {
	seen := map[int]bool{}
	return r.list(func(n ast.Node) {
		var o Option
		r.mapping("an option", n, must("value", r.number(&o.Value, 0)), must("text", r.published(&o.Text)))
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
			may("risk", r.flag(&it.Risk)),
			may("optional", r.flag(&it.Optional)),
			may("scored", r.flag(&it.Scored)),
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

// item faults an item that cannot be answered or cannot be counted on.
func (r *reader) item(it Item, n ast.Node) {
	if len(it.Options) < 2 {
		r.fault(n, "item %q has fewer than two options; add them here or for the whole file", it.ID)
	}
	if it.Scored && (it.Optional || it.ShowIfAnyAbove >= 0) {
		r.fault(n, "item %q is scored but need not be answered; take away one of the two", it.ID)
	}
}

// highest reads the highest score and compares it with the items.
func (r *reader) highest(in *Instrument) value {
	return func(name string, n ast.Node) {
		r.number(&in.Max, 1)(name, n)
		sum := 0
		for _, it := range in.Items {
			if it.Scored && len(it.Options) > 0 {
				sum += slices.MaxFunc(it.Options, func(a, b Option) int { return a.Value - b.Value }).Value
			}
		}
		if sum != in.Max {
			r.fault(n, "%s is %d but the scored items add up to %d; correct one of them", name, in.Max, sum)
		}
	}
}

// bands reads the bands, which follow one another from 0 to the highest score.
func (r *reader) bands(in *Instrument) value {
	seen := map[string]bool{}
	next := 0
	each := r.list(func(n ast.Node) {
		var b Band
		r.mapping("a band", n,
			must("key", r.id(&b.Key, seen)),
			must("from", r.number(&b.From, 0)),
			must("to", r.number(&b.To, 0)),
			must("name", r.own(&b.Name)),
			must("explanation", r.own(&b.Explanation)),
		)
		r.follows(b, next, n)
		next = b.To + 1
		in.Bands = append(in.Bands, b)
	})
	return func(name string, n ast.Node) {
		each(name, n)
		if next != in.Max+1 {
			r.fault(n, "the %s end at %d, not at the highest score %d; let them cover it", name, next-1, in.Max)
		}
	}
}

func (r *reader) follows(b Band, next int, n ast.Node) {
	switch {
	case b.From > next:
		r.fault(n, "band %q leaves a gap before %d; start it at %d", b.Key, b.From, next)
	case b.From < next:
		r.fault(n, "band %q overlaps the one before; start it at %d", b.Key, next)
	case b.To < b.From:
		r.fault(n, "band %q ends before it begins; put the lower number in from", b.Key)
	}
}
