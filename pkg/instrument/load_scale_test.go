package instrument

import (
	"strings"
	"testing"
)

// scaled is a tool without a fault that has scales, levels and a range.
const scaled = `id: small
version: "1"
source: our own
title: {nb: En, nn: Ein, en: One}
short_title: {nb: En, nn: Ein, en: One}
published_in: [en]
stem: {en: How often?}
period: {nb: nå, nn: no, en: now}
citations: [none]
licence: {id: own, holder: us, commercial: "yes", evidence: here, notice: {nb: Fri, nn: Fri, en: Free}}
text_status: {en: verified}
higher_is_worse: true
min_interval_days: 14
options: [{value: 0, text: {en: No}}, {value: 1, text: {en: Yes}}, {value: 9, na: true, text: {en: None}}]
levels:
  - {key: low, name: {nb: L, nn: L, en: L}, explanation: {nb: L, nn: L, en: L}}
items:
  - {id: q1, text: {en: Tired}}
  - {id: q2, text: {en: Unwell}, range: {from: 1, to: 3, low: {nb: a, nn: a, en: a}, high: {nb: b, nn: b, en: b}}}
scales:
  - {id: one, title: {nb: E, nn: E, en: E}, items: [q1], factor: 2, max: 2, cutoff: 1, bands: [{key: low, from: 0, to: 2}]}
  - id: two
    title: {nb: T, nn: T, en: T}
    items: [q2]
    min: 1
    max: 3
    bands:
      - {key: low, when: [{any_of: [q2], at_least: 2}]}
      - {key: rest, otherwise: true, name: {nb: R, nn: R, en: R}, explanation: {nb: R, nn: R, en: R}}
`

func TestScalesLevelsRangesAndRulesAreRead(t *testing.T) {
	c, err := Load(folder(map[string]string{"small.yaml": scaled}), "tools")
	if err != nil {
		t.Fatal(err)
	}
	in := c.All()[0]
	got := in.Score(map[string]int{"q1": 1, "q2": 3})
	if got.Scores()["one"] != 2 || got.Scores()["two"] != 3 || got.ScaleBands()["two"] != "low" || got.ScaleBands()["one"] != "low" {
		t.Errorf("%+v", got)
	}
	if text, lang := in.Stem.In("nn"); text != "How often?" || lang != "en" {
		t.Errorf("%q in %s", text, lang)
	}
	if text, _ := in.Items[1].Options[2].Text.In("nn"); text != "3 – b" {
		t.Errorf("the end of a range is %q", text)
	}
}

func TestEachFaultOfAScaleIsNamedWithItsLine(t *testing.T) {
	for _, c := range []struct{ old, replacement, want string }{
		{"published_in: [en]", "published_in: [sv]", "6: a language is not known; write nb or nn or en"},
		{"stem: {en: How often?}", "stem: {nb: Hvor ofte?}", "7: stem lacks the field en; add it"},
		{"items: [q1]", "items: [q3]", `21: "q3" is not a scored item, or stands twice; name each scored item once`},
		{"items: [q1]", "items: [q1, q1]", `21: "q1" is not a scored item, or stands twice; name each scored item once`},
		{"items: [q2]\n    min", "items: [q1]\n    min", `21: item "q2" counts in none of the scales; add it to one or write scored: false`},
		{"factor: 2", "factor: 3", "21: max is 2 but the scored items add up to 3; correct one of them"},
		{"factor: 2", "factor: 0", "21: factor is not a number; write a whole one from 1 to 1000"},
		{"min: 1", "min: 0", "26: min is 0 but the scored items add up to at least 1; correct one of them"},
		{"cutoff: 1", "cutoff: 3", "21: the cutoff 3 is no possible score; write one from 0 to 2"},
		{"to: 2}]", "to: 1}]", "21: the bands end at 1, not at the highest score 2; let them cover it"},
		{"{key: low, from: 0", "{key: high, from: 0", "21: a band lacks the field name; add it"},
		{"at_least: 2", "at_least: 4", "28: the condition can never hold; no answer counts for 4"},
		{"any_of: [q2]", "any_of: [q9]", `28: "q9" is not a scored item, or stands twice; name each scored item once`},
		{"otherwise: true", "otherwise: false", "29: otherwise is only ever true; write true or leave it out"},
		{"otherwise: true", "from: 1, to: 3", "28: the bands go by rules; give each a when, and the last alone otherwise: true"},
		{"otherwise: true", "when: [{any_of: [q2], at_least: 1}]", "28: the bands go by rules; give each a when, and the last alone otherwise: true"},
		{"from: 1, to: 3", "from: 3, to: 1", "19: the range does not go up, or too far; write at most 100 steps"},
		{"id: two", "id: one", "22: id one stands twice; give each its own"},
		{"na: true", "na: maybe", "14: na is neither true nor false; write one of them"},
	} {
		if !strings.Contains(scaled, c.old) {
			t.Fatalf("%q is not in the file", c.old)
		}
		got := faultsOf(t, map[string]string{"small.yaml": strings.Replace(scaled, c.old, c.replacement, 1)})
		want := "tools/small.yaml:" + c.want
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q for %q:\n got %q\nwant %q", c.replacement, c.old, got, want)
		}
	}
}
