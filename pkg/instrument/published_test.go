package instrument

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// published are the scores as the papers give them: of a tool, or of one of its
// scales, with the lowest score of each band.
var published = []struct {
	id, scale string
	items     []string // that count; nil is q1 to q(n) of counts
	n         int
	min, max  int
	factor    int
	bands     map[int]string
}{
	{id: "phq9", n: 9, max: 27, bands: map[int]string{0: "minimal", 5: "mild", 10: "moderate", 15: "moderately_severe", 20: "severe"}},
	{id: "gad7", n: 7, max: 21, bands: map[int]string{0: "minimal", 5: "mild", 10: "moderate", 15: "severe"}},
	{id: "phq4", n: 4, max: 12, bands: map[int]string{0: "none", 3: "mild", 6: "moderate", 9: "severe"}},
	{id: "phq4", scale: "anxiety", items: []string{"q1", "q2"}, max: 6},
	{id: "phq4", scale: "depression", items: []string{"q3", "q4"}, max: 6},
	{id: "k10", n: 10, min: 10, max: 50, bands: map[int]string{10: "low", 16: "moderate", 22: "high", 30: "very_high"}},
	{id: "k6", n: 6, max: 24, bands: map[int]string{0: "low", 5: "moderate", 13: "serious"}},
	{id: "dass21", scale: "depression", items: []string{"q3", "q5", "q10", "q13", "q16", "q17", "q21"}, max: 42, factor: 2,
		bands: map[int]string{0: "normal", 10: "mild", 14: "moderate", 21: "severe", 28: "extremely_severe"}},
	{id: "dass21", scale: "anxiety", items: []string{"q2", "q4", "q7", "q9", "q15", "q19", "q20"}, max: 42, factor: 2,
		bands: map[int]string{0: "normal", 8: "mild", 10: "moderate", 15: "severe", 20: "extremely_severe"}},
	{id: "dass21", scale: "stress", items: []string{"q1", "q6", "q8", "q11", "q12", "q14", "q18"}, max: 42, factor: 2,
		bands: map[int]string{0: "normal", 15: "mild", 19: "moderate", 26: "severe", 34: "extremely_severe"}},
	{id: "sjekkinn", scale: "mood", items: []string{"mood"}, max: 10},
	{id: "sjekkinn", scale: "unease", items: []string{"unease"}, max: 10},
	{id: "sjekkinn", scale: "sleep", items: []string{"sleep"}, max: 10},
	{id: "sjekkinn", scale: "activity", items: []string{"activity"}, max: 10},
	{id: "who5", n: 5, max: 100, factor: 4, bands: map[int]string{0: "likely_depression", 29: "low", 51: "good"}},
	{id: "audit", n: 10, max: 40, bands: map[int]string{0: "zone_1", 8: "zone_2", 16: "zone_3", 20: "zone_4"}},
	{id: "auditc", n: 3, max: 12, bands: map[int]string{0: "low", 3: "raised"}},
	{id: "core10", n: 10, max: 40, bands: map[int]string{0: "healthy", 6: "low", 11: "mild", 15: "moderate", 20: "moderately_severe", 25: "severe"}},
	{id: "madrs_s", n: 9, max: 54, bands: map[int]string{0: "minimal", 13: "mild", 20: "moderate", 35: "severe"}},
	{id: "wsas", n: 5, max: 40, bands: map[int]string{0: "low", 10: "moderate", 21: "high"}},
}

// TestEveryTotalHasItsPublishedBand takes every score that answers can add up
// to, and counts it anew from the values of the options.
func TestEveryTotalHasItsPublishedBand(t *testing.T) {
	for _, p := range published {
		in := shipped(t, p.id)
		counts := p.items
		if counts == nil {
			counts = ids(in)[:p.n]
		}
		sets := reach(in, counts)
		for sum, answers := range sets {
			score, band, ok := scoreOf(in.Score(answers), p.scale)
			want := sum * max(p.factor, 1)
			if !ok || score != want || band != bandAt(p.bands, want) {
				t.Errorf("%s %s: %v gives %d %q, want %d %q", p.id, p.scale, answers, score, band, want, bandAt(p.bands, want))
			}
		}
		low, high := slices.Min(slices.Collect(maps.Keys(sets))), slices.Max(slices.Collect(maps.Keys(sets)))
		if low*max(p.factor, 1) != p.min || high*max(p.factor, 1) != p.max {
			t.Errorf("%s %s: from %d to %d, want %d to %d", p.id, p.scale, low, high, p.min, p.max)
		}
	}
}

// TestEveryBoundaryIsWhereThePaperPutsIt: also for scores between those that
// answers can add up to.
func TestEveryBoundaryIsWhereThePaperPutsIt(t *testing.T) {
	for _, p := range published {
		for _, s := range shipped(t, p.id).Lines() {
			if s.ID != p.scale {
				continue
			}
			if s.Min != p.min || s.Max != p.max {
				t.Errorf("%s %s: from %d to %d", p.id, p.scale, s.Min, s.Max)
			}
			for score := s.Min; score <= s.Max; score++ {
				var got strings.Builder
				for _, b := range s.Bands {
					if b.From <= score && score <= b.To {
						got.WriteString(b.Key)
					}
				}
				if want := bandAt(p.bands, score); got.String() != want {
					t.Errorf("%s %s: %d is %q, want %q", p.id, p.scale, score, got.String(), want)
				}
			}
		}
	}
}

// TestNoScoreIsWithoutItsPublishedRow: what is not in the table is not tested.
func TestNoScoreIsWithoutItsPublishedRow(t *testing.T) {
	for _, in := range everything(t).All() {
		for _, s := range in.Lines() {
			rows := 0
			for _, p := range published {
				if p.id == in.ID && p.scale == s.ID {
					rows++
				}
			}
			if rows != 1 && !s.ByRule() {
				t.Errorf("%s %q has %d rows", in.ID, s.ID, rows)
			}
		}
	}
}

func ids(in *Instrument) (out []string) {
	for _, it := range in.Items {
		out = append(out, it.ID)
	}
	return out
}

// bandAt is the band that a table of lowest scores gives a score.
func bandAt(bands map[int]string, score int) string {
	band := ""
	for _, lowest := range slices.Sorted(maps.Keys(bands)) {
		if lowest <= score {
			band = bands[lowest]
		}
	}
	return band
}

// scoreOf is what a result has for a scale; "" is the total.
func scoreOf(r Result, scale string) (score int, band string, ok bool) {
	if scale == "" {
		return r.Score, r.BandKey(), r.Complete
	}
	for _, p := range r.Scales {
		if p.Scale.ID == scale {
			return p.Score, p.Band.key(), r.Complete
		}
	}
	return 0, "", false
}

// reach gives for every sum that some items can add up to a complete set of
// answers that does; the other items stand at their highest.
func reach(in *Instrument, counts []string) map[int]map[string]int {
	sets := map[int]map[string]int{0: {}}
	for _, it := range in.Items {
		low, high := ends(it)
		next := map[int]map[string]int{}
		for sum, answers := range sets {
			for _, o := range it.Options {
				worth := o.Value
				switch {
				case !slices.Contains(counts, it.ID):
					if worth = 0; o.Value != high {
						continue
					}
				case o.NA:
					worth = 0
				case it.Reverse:
					worth = high - o.Value + low
				}
				more := maps.Clone(answers)
				more[it.ID] = o.Value
				next[sum+worth] = more
			}
		}
		sets = next
	}
	return sets
}

// ends are the lowest and the highest value of an item that counts.
func ends(it Item) (low, high int) {
	var values []int
	for _, o := range it.Options {
		if !o.NA {
			values = append(values, o.Value)
		}
	}
	return slices.Min(values), slices.Max(values)
}
