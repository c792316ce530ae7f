package instrument

import "slices"

// Scale is a score of a tool: what its items, or some of them, add up to.
type Scale struct {
	// ID names the scale in data; "" is the total.
	ID    string
	Title Text // none for the total
	// Items are the ids of the items that count; nil is every scored item.
	Items []string
	// Factor multiplies the sum, as published: 4 in the WHO-5, 2 in the DASS-21.
	Factor int
	// Min and Max are the lowest and the highest possible score.
	Min, Max int
	// Bands cover Min to Max without gap or overlap, or each has a rule; there
	// are none where nothing is published.
	Bands         []Band
	HigherIsWorse bool
	// Cutoffs are the published screening scores, often one. There are several
	// where they differ by something that is not asked, such as sex.
	Cutoffs []Cutoff
	// ChangeThreshold is the smallest difference between two scores that
	// counts as a reliable change; 0 is none.
	ChangeThreshold int
}

// Cutoff is a screening score: from it on, on the worse side, a closer look is
// advised.
type Cutoff struct {
	Score int
	For   Text // whom it is for; none is everybody
}

// Band is a published range of scores, both ends included, or what a published
// rule over the answers finds.
type Band struct {
	// Key names the band in data: minimal, mild, moderate, moderately_severe,
	// severe and such.
	Key      string
	From, To int
	// When is the rule, of which every condition must hold. The first band
	// whose rule holds is the one; the last of them has none.
	When []Condition
	Name Text
	// Explanation says in our own plain words what the band may mean and what
	// one can do. It is for following oneself, never a diagnosis.
	Explanation Text
}

// Condition holds when any of the items counts at least so much.
type Condition struct {
	AnyOf   []string
	AtLeast int
}

func (b *Band) key() string {
	if b == nil {
		return ""
	}
	return b.Key
}

// Lines are the scores of the tool that can be followed: the total, if there
// is one, and the scales.
func (in *Instrument) Lines() []*Scale {
	var out []*Scale
	if in.Total != nil {
		out = append(out, in.Total)
	}
	for i := range in.Scales {
		out = append(out, &in.Scales[i])
	}
	return out
}

// ByRule reports whether the bands follow from the answers and not from the
// score.
func (s *Scale) ByRule() bool {
	return slices.ContainsFunc(s.Bands, func(b Band) bool { return len(b.When) > 0 })
}

// Band returns the band of that key, nil when there is none.
func (s *Scale) Band(key string) *Band {
	i := slices.IndexFunc(s.Bands, func(b Band) bool { return b.Key == key })
	if i < 0 {
		return nil
	}
	return &s.Bands[i]
}

// score adds up a complete set and finds the band.
func (in *Instrument) score(s *Scale, answers map[string]int) (int, *Band) {
	counted := map[string]int{}
	sum := 0
	for _, it := range in.Items {
		counted[it.ID] = it.counts(answers[it.ID])
		if s.has(it) {
			sum += counted[it.ID]
		}
	}
	sum *= s.Factor
	for i := range s.Bands {
		if b := &s.Bands[i]; s.ByRule() && b.holds(counted) || !s.ByRule() && b.From <= sum && sum <= b.To {
			return sum, b
		}
	}
	return sum, nil
}

// has reports whether an item counts in the scale.
func (s *Scale) has(it Item) bool {
	return it.Scored && (s.Items == nil || slices.Contains(s.Items, it.ID))
}

// holds reports whether every condition of the rule does.
func (b *Band) holds(counted map[string]int) bool {
	return !slices.ContainsFunc(b.When, func(c Condition) bool {
		return !slices.ContainsFunc(c.AnyOf, func(id string) bool { return counted[id] >= c.AtLeast })
	})
}

// counts is what an answer counts for.
func (it Item) counts(value int) int {
	switch {
	case it.na(value):
		return 0
	case it.Reverse:
		low, high := it.span()
		return low + high - value
	}
	return value
}

// na reports whether the answer is "not applicable".
func (it Item) na(value int) bool {
	return slices.ContainsFunc(it.Options, func(o Option) bool { return o.NA && o.Value == value })
}

// span is the lowest and the highest value that counts.
func (it Item) span() (low, high int) {
	begun := false
	for _, o := range it.Options {
		switch {
		case o.NA:
		case !begun:
			low, high, begun = o.Value, o.Value, true
		default:
			low, high = min(low, o.Value), max(high, o.Value)
		}
	}
	return low, high
}

// limits are the lowest and the highest score that the items allow.
func (in *Instrument) limits(s *Scale) (low, high int) {
	for _, it := range in.Items {
		if !s.has(it) {
			continue
		}
		least, most := it.span()
		if slices.ContainsFunc(it.Options, func(o Option) bool { return o.NA }) {
			least = min(least, 0)
		}
		low, high = low+least, high+most
	}
	return low * s.Factor, high * s.Factor
}
