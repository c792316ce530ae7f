package instrument

import (
	"slices"

	"selvhjelp/pkg/strict"

	"github.com/goccy/go-yaml/ast"
)

// hasTotal tells whether a file has a total: it must, unless it has scales.
func (r *reader) hasTotal(root ast.Node) bool {
	return strict.Lookup(root, "scales") == nil || strict.Lookup(root, "max") != nil
}

// score are the fields of one score. Those of the total stand in the file
// itself, with its bands; a scale may have none.
func (r *reader) score(in *Instrument, s *Scale, bands func(string, strict.Value) strict.Field) []strict.Field {
	return []strict.Field{
		strict.May("factor", r.Number(&s.Factor, 1, maxNumber)),
		strict.May("change_threshold", r.Number(&s.ChangeThreshold, 0, maxNumber)),
		strict.May("min", r.Number(&s.Min, 0, maxNumber)),
		strict.Must("max", r.highest(in, s)),
		strict.May("cutoff", r.cutoff(s)),
		strict.May("cutoffs", r.Some(r.cutoffFor(s))),
		bands("bands", r.bands(in, s)),
	}
}

// scales reads the scales; without a total each scored item is in one of them.
func (r *reader) scales(in *Instrument, worse *bool) strict.Value {
	seen := map[string]bool{}
	each := r.Some(func(n ast.Node) {
		s := Scale{Factor: 1, HigherIsWorse: *worse}
		fields := []strict.Field{
			strict.Must("id", r.ID(&s.ID, seen)),
			strict.Must("title", r.own(&s.Title)),
			strict.Must("items", r.members(&s.Items, in)),
			strict.May("higher_is_worse", r.Flag(&s.HigherIsWorse)),
		}
		r.Mapping("a scale", n, append(fields, r.score(in, &s, strict.May)...)...)
		in.Scales = append(in.Scales, s)
	})
	return func(name string, n ast.Node) {
		each(name, n)
		for _, it := range in.Items {
			counted := slices.ContainsFunc(in.Scales, func(s Scale) bool { return s.has(it) })
			if it.Scored && in.Total == nil && !counted {
				r.Fault(n, "item %q counts in none of the %s; add it to one or write scored: false", it.ID, name)
			}
		}
	}
}

// members reads a list of ids of scored items, each once.
func (r *reader) members(to *[]string, in *Instrument) strict.Value {
	return r.Some(func(n ast.Node) {
		id := strict.Word(n)
		scored := slices.ContainsFunc(in.Items, func(it Item) bool { return it.ID == id && it.Scored })
		if !scored || slices.Contains(*to, id) {
			r.Fault(n, "%.40q is not a scored item, or stands twice; name each scored item once", id)
		}
		*to = append(*to, id)
	})
}

// highest reads the highest score and compares it and the lowest with the
// items.
func (r *reader) highest(in *Instrument, s *Scale) strict.Value {
	return func(name string, n ast.Node) {
		r.Number(&s.Max, 1, maxNumber)(name, n)
		low, high := in.limits(s)
		if high != s.Max {
			r.Fault(n, "%s is %d but the scored items add up to %d; correct one of them", name, s.Max, high)
		}
		if low != s.Min {
			r.Fault(n, "min is %d but the scored items add up to at least %d; correct one of them", s.Min, low)
		}
	}
}

func (r *reader) cutoff(s *Scale) strict.Value {
	return func(name string, n ast.Node) {
		var c Cutoff
		r.Number(&c.Score, 0, maxNumber)(name, n)
		r.limit(s, c, n)
	}
}

func (r *reader) cutoffFor(s *Scale) func(ast.Node) {
	return func(n ast.Node) {
		var c Cutoff
		r.Mapping("a cutoff", n, strict.Must("score", r.Number(&c.Score, 0, maxNumber)), strict.Must("for", r.own(&c.For)))
		r.limit(s, c, n)
	}
}

// limit adds a cutoff, which must be a possible score.
func (r *reader) limit(s *Scale, c Cutoff, n ast.Node) {
	if c.Score < s.Min || c.Score > s.Max {
		r.Fault(n, "the cutoff %d is no possible score; write one from %d to %d", c.Score, s.Min, s.Max)
	}
	s.Cutoffs = append(s.Cutoffs, c)
}

// levels reads bands without ranges, which those of several scales name by
// their key.
func (r *reader) levels(name string, n ast.Node) {
	r.named = map[string]Band{}
	seen := map[string]bool{}
	r.Some(func(n ast.Node) {
		var b Band
		r.Mapping("a level", n, append([]strict.Field{strict.Must("key", r.ID(&b.Key, seen))}, r.meaning(&b, strict.Must)...)...)
		r.named[b.Key] = b
	})(name, n)
}

// meaning are the fields that say what a band is.
func (r *reader) meaning(b *Band, needed func(string, strict.Value) strict.Field) []strict.Field {
	return []strict.Field{needed("name", r.own(&b.Name)), needed("explanation", r.own(&b.Explanation))}
}

// bands reads the bands, which follow one another from the lowest to the
// highest score or go by rules.
func (r *reader) bands(in *Instrument, s *Scale) strict.Value {
	seen := map[string]bool{}
	next := 0
	each := r.Some(func(n ast.Node) {
		b := r.band(in, n, seen)
		if !ruled(n) {
			r.follows(b, next, n)
			next = b.To + 1
		}
		s.Bands = append(s.Bands, b)
	})
	return func(name string, n ast.Node) {
		next = s.Min
		each(name, n)
		if s.ByRule() {
			r.rules(name, s, n)
		} else if next != s.Max+1 {
			r.Fault(n, "the %s end at %d, not at the highest score %d; let them cover it", name, next-1, s.Max)
		}
	}
}

// ruled tells whether a band goes by a rule.
func ruled(n ast.Node) bool {
	return strict.Lookup(n, "when") != nil || strict.Lookup(n, "otherwise") != nil
}

// band reads one band, with a range or with a rule.
func (r *reader) band(in *Instrument, n ast.Node, seen map[string]bool) Band {
	b := r.named[strict.Word(strict.Lookup(n, "key"))]
	needed := strict.Must
	if b.Key != "" {
		needed = strict.May
	}
	fields := append([]strict.Field{strict.Must("key", r.ID(&b.Key, seen))}, r.meaning(&b, needed)...)
	if ruled(n) {
		fields = append(fields, strict.May("when", r.Some(r.condition(in, &b))), strict.May("otherwise", r.otherwise))
	} else {
		fields = append(fields, strict.Must("from", r.Number(&b.From, 0, maxNumber)), strict.Must("to", r.Number(&b.To, 0, maxNumber)))
	}
	r.Mapping("a band", n, fields...)
	return b
}

func (r *reader) condition(in *Instrument, b *Band) func(ast.Node) {
	return func(n ast.Node) {
		var c Condition
		r.Mapping("a condition", n, strict.Must("any_of", r.members(&c.AnyOf, in)), strict.Must("at_least", r.Number(&c.AtLeast, 1, maxNumber)))
		possible := slices.ContainsFunc(in.Items, func(it Item) bool {
			_, high := it.span()
			return slices.Contains(c.AnyOf, it.ID) && high >= c.AtLeast
		})
		if !possible {
			r.Fault(n, "the condition can never hold; no answer counts for %d", c.AtLeast)
		}
		b.When = append(b.When, c)
	}
}

// otherwise reads the mark of the band that is left when no rule holds.
func (r *reader) otherwise(name string, n ast.Node) {
	var yes bool
	if r.Flag(&yes)(name, n); !yes {
		r.Fault(n, "%s is only ever true; write true or leave it out", name)
	}
}

// rules faults bands by rule of which none or two could be found: each has a
// rule but the last, which has none.
func (r *reader) rules(name string, s *Scale, n ast.Node) {
	last := len(s.Bands) - 1
	for i, b := range s.Bands {
		if (len(b.When) == 0) != (i == last) || b.To > 0 {
			r.Fault(n, "the %s go by rules; give each a when, and the last alone otherwise: true", name)
			return
		}
	}
}

func (r *reader) follows(b Band, next int, n ast.Node) {
	switch {
	case b.From > next:
		r.Fault(n, "band %q leaves a gap before %d; start it at %d", b.Key, b.From, next)
	case b.From < next:
		r.Fault(n, "band %q overlaps the one before; start it at %d", b.Key, next)
	case b.To < b.From:
		r.Fault(n, "band %q ends before it begins; put the lower number in from", b.Key)
	}
}
