package instrument

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// hasTotal tells whether a file has a total: it must, unless it has scales.
func (r *reader) hasTotal(root ast.Node) bool {
	return lookup(root, "scales") == nil || lookup(root, "max") != nil
}

// score are the fields of one score. Those of the total stand in the file
// itself, with its bands; a scale may have none.
func (r *reader) score(in *Instrument, s *Scale, bands func(string, value) field) []field {
	return []field{
		may("factor", r.number(&s.Factor, 1)),
		may("change_threshold", r.number(&s.ChangeThreshold, 0)),
		may("min", r.number(&s.Min, 0)),
		must("max", r.highest(in, s)),
		may("cutoff", r.cutoff(s)),
		may("cutoffs", r.list(r.cutoffFor(s))),
		bands("bands", r.bands(in, s)),
	}
}

// scales reads the scales; without a total each scored item is in one of them.
func (r *reader) scales(in *Instrument, worse *bool) value {
	seen := map[string]bool{}
	each := r.list(func(n ast.Node) {
		s := Scale{Factor: 1, HigherIsWorse: *worse}
		fields := []field{
			must("id", r.id(&s.ID, seen)),
			must("title", r.own(&s.Title)),
			must("items", r.members(&s.Items, in)),
			may("higher_is_worse", r.flag(&s.HigherIsWorse)),
		}
		r.mapping("a scale", n, append(fields, r.score(in, &s, may)...)...)
		in.Scales = append(in.Scales, s)
	})
	return func(name string, n ast.Node) {
		each(name, n)
		for _, it := range in.Items {
			counted := slices.ContainsFunc(in.Scales, func(s Scale) bool { return s.has(it) })
			if it.Scored && in.Total == nil && !counted {
				r.fault(n, "item %q counts in none of the %s; add it to one or write scored: false", it.ID, name)
			}
		}
	}
}

// members reads a list of ids of scored items, each once.
func (r *reader) members(to *[]string, in *Instrument) value {
	return r.list(func(n ast.Node) {
		id := word(n)
		scored := slices.ContainsFunc(in.Items, func(it Item) bool { return it.ID == id && it.Scored })
		if !scored || slices.Contains(*to, id) {
			r.fault(n, "%.40q is not a scored item, or stands twice; name each scored item once", id)
		}
		*to = append(*to, id)
	})
}

// highest reads the highest score and compares it and the lowest with the
// items.
func (r *reader) highest(in *Instrument, s *Scale) value {
	return func(name string, n ast.Node) {
		r.number(&s.Max, 1)(name, n)
		low, high := in.limits(s)
		if high != s.Max {
			r.fault(n, "%s is %d but the scored items add up to %d; correct one of them", name, s.Max, high)
		}
		if low != s.Min {
			r.fault(n, "min is %d but the scored items add up to at least %d; correct one of them", s.Min, low)
		}
	}
}

func (r *reader) cutoff(s *Scale) value {
	return func(name string, n ast.Node) {
		var c Cutoff
		r.number(&c.Score, 0)(name, n)
		r.limit(s, c, n)
	}
}

func (r *reader) cutoffFor(s *Scale) func(ast.Node) {
	return func(n ast.Node) {
		var c Cutoff
		r.mapping("a cutoff", n, must("score", r.number(&c.Score, 0)), must("for", r.own(&c.For)))
		r.limit(s, c, n)
	}
}

// limit adds a cutoff, which must be a possible score.
func (r *reader) limit(s *Scale, c Cutoff, n ast.Node) {
	if c.Score < s.Min || c.Score > s.Max {
		r.fault(n, "the cutoff %d is no possible score; write one from %d to %d", c.Score, s.Min, s.Max)
	}
	s.Cutoffs = append(s.Cutoffs, c)
}

// levels reads bands without ranges, which those of several scales name by
// their key.
func (r *reader) levels(name string, n ast.Node) {
	r.named = map[string]Band{}
	seen := map[string]bool{}
	r.list(func(n ast.Node) {
		var b Band
		r.mapping("a level", n, append([]field{must("key", r.id(&b.Key, seen))}, r.meaning(&b, must)...)...)
		r.named[b.Key] = b
	})(name, n)
}

// meaning are the fields that say what a band is.
func (r *reader) meaning(b *Band, needed func(string, value) field) []field {
	return []field{needed("name", r.own(&b.Name)), needed("explanation", r.own(&b.Explanation))}
}

// bands reads the bands, which follow one another from the lowest to the
// highest score or go by rules.
func (r *reader) bands(in *Instrument, s *Scale) value {
	seen := map[string]bool{}
	next := 0
	each := r.list(func(n ast.Node) {
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
			r.fault(n, "the %s end at %d, not at the highest score %d; let them cover it", name, next-1, s.Max)
		}
	}
}

// ruled tells whether a band goes by a rule.
func ruled(n ast.Node) bool { return lookup(n, "when") != nil || lookup(n, "otherwise") != nil }

// band reads one band, with a range or with a rule.
func (r *reader) band(in *Instrument, n ast.Node, seen map[string]bool) Band {
	b := r.named[word(lookup(n, "key"))]
	needed := must
	if b.Key != "" {
		needed = may
	}
	fields := append([]field{must("key", r.id(&b.Key, seen))}, r.meaning(&b, needed)...)
	if ruled(n) {
		fields = append(fields, may("when", r.list(r.condition(in, &b))), may("otherwise", r.otherwise))
	} else {
		fields = append(fields, must("from", r.number(&b.From, 0)), must("to", r.number(&b.To, 0)))
	}
	r.mapping("a band", n, fields...)
	return b
}

func (r *reader) condition(in *Instrument, b *Band) func(ast.Node) {
	return func(n ast.Node) {
		var c Condition
		r.mapping("a condition", n, must("any_of", r.members(&c.AnyOf, in)), must("at_least", r.number(&c.AtLeast, 1)))
		possible := slices.ContainsFunc(in.Items, func(it Item) bool {
			_, high := it.span()
			return slices.Contains(c.AnyOf, it.ID) && high >= c.AtLeast
		})
		if !possible {
			r.fault(n, "the condition can never hold; no answer counts for %d", c.AtLeast)
		}
		b.When = append(b.When, c)
	}
}

// otherwise reads the mark of the band that is left when no rule holds.
func (r *reader) otherwise(name string, n ast.Node) {
	var yes bool
	if r.flag(&yes)(name, n); !yes {
		r.fault(n, "%s is only ever true; write true or leave it out", name)
	}
}

// rules faults bands by rule of which none or two could be found: each has a
// rule but the last, which has none.
func (r *reader) rules(name string, s *Scale, n ast.Node) {
	last := len(s.Bands) - 1
	for i, b := range s.Bands {
		if (len(b.When) == 0) != (i == last) || b.To > 0 {
			r.fault(n, "the %s go by rules; give each a when, and the last alone otherwise: true", name)
			return
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
