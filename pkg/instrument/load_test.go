package instrument

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"selvhjelp/pkg/strict"

	"github.com/google/go-cmp/cmp"
)

// shippedFile returns the text of a file that comes with the product.
func shippedFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../assets/instruments/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// folder holds files by their name, in the folder "tools".
func folder(files map[string]string) fs.FS {
	m := fstest.MapFS{"tools/README.md": {Data: []byte("not a tool")}}
	for name, text := range files {
		m["tools/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// faultsOf loads files and returns each line of the error.
func faultsOf(t *testing.T, files map[string]string) []string {
	t.Helper()
	c, err := Load(folder(files), "tools")
	if err == nil {
		return nil
	}
	if c != nil {
		t.Error("a catalogue in spite of faults")
	}
	return strings.Split(err.Error(), "\n")
}

// small is a tool without a fault.
const small = `id: small
version: "1"
source: our own
title: {nb: En, nn: Ein, en: One}
short_title: {nb: En, nn: Ein, en: One}
stem: {nb: Hvor ofte?, en: How often?}
period: {nb: nå, nn: no, en: now}
citations: [none]
licence: {id: own, holder: us, commercial: "yes", evidence: here, notice: {nb: Fri, nn: Fri, en: Free}}
text_status: {nb: verified, en: verified}
higher_is_worse: true
min_interval_days: 14
max: 2
options:
  - {value: 0, text: {nb: Nei, en: No}}
  - {value: 1, text: {nb: Ja, en: Yes}}
items:
  - {id: q1, text: {nb: Trett, en: Tired}}
  - {id: q2, text: {nb: Uvel, en: Unwell}}
bands:
  - {key: low, from: 0, to: 0, name: {nb: L, nn: L, en: L}, explanation: {nb: L, nn: L, en: L}}
  - {key: high, from: 1, to: 2, name: {nb: H, nn: H, en: H}, explanation: {nb: H, nn: H, en: H}}
`

// without returns small with one piece of its text replaced.
func without(t *testing.T, old, replacement string) string {
	t.Helper()
	if !strings.Contains(small, old) {
		t.Fatalf("%q is not in the file", old)
	}
	return strings.Replace(small, old, replacement, 1)
}

func TestToolsComeInAStableOrder(t *testing.T) {
	other := without(t, "id: small", "id: abc")
	c, err := Load(folder(map[string]string{
		"small.yaml": small, "abc.yaml": other,
		"gad7.yaml": shippedFile(t, "gad7.yaml"), "phq9.yaml": shippedFile(t, "phq9.yaml"),
	}), "tools")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, in := range c.All() {
		ids = append(ids, in.ID)
	}
	if diff := cmp.Diff([]string{"phq9", "gad7", "abc", "small"}, ids); diff != "" {
		t.Error(diff)
	}
	if _, ok := c.Get("nothing"); ok {
		t.Error("found a tool that is not there")
	}
}

func TestEveryFaultOfEveryFileIsToldAtOnce(t *testing.T) {
	faulty := strings.NewReplacer(
		"source: our own", "source: our own\nauthor: me",
		"holder: us, ", "",
		"max: 2", "max: 3",
		"en: Yes", "es: Sí",
		"id: q2", "id: q1",
		"from: 1", "from: 2",
	).Replace(small)
	got := faultsOf(t, map[string]string{
		"good.yaml":  without(t, "id: small", "id: good"),
		"open.yaml":  "id: [",
		"short.yaml": strings.NewReplacer("id: small", "id: short", "to: 2", "to: 1").Replace(small),
		"small.yaml": faulty,
	})
	want := []string{
		"tools/open.yaml:1: not valid YAML: sequence end token ']' not found; correct the line",
		"tools/short.yaml:21: the bands end at 1, not at the highest score 2; let them cover it",
		`tools/small.yaml:4: unknown field "author" in the file; remove it or correct its name`,
		"tools/small.yaml:10: licence lacks the field holder; add it",
		"tools/small.yaml:14: max is 3 but the scored items add up to 2; correct one of them",
		`tools/small.yaml:17: unknown field "es" in text; remove it or correct its name`,
		"tools/small.yaml:17: text lacks the field en; add it",
		"tools/small.yaml:20: id q1 stands twice; give each its own",
		"tools/small.yaml:22: the bands end at 2, not at the highest score 3; let them cover it",
		`tools/small.yaml:23: band "high" leaves a gap before 2; start it at 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachFaultIsNamedWithItsLine(t *testing.T) {
	for _, c := range []struct{ old, replacement, want string }{
		{"id: small", "id: other", `1: id "other" is not the name of the file; give both the same`},
		{"id: small", "id: ../small", "1: id is not a name; write 1 to 32 of a-z, 0-9 and _"},
		{`version: "1"`, "version: 1", "2: version is empty or no text; write one, in quotes if it looks like a number"},
		{"source: our own", "source:", "3: source is empty or no text; write one, in quotes if it looks like a number"},
		{"nn: Ein, ", "", "4: title lacks the field nn; add it"},
		{"nb: Hvor ofte?, ", "", "6: stem lacks the field nb; add it"},
		{"nb: Hvor ofte?", `nb: " "`, "6: stem in nb is empty or no text; write one, in quotes if it looks like a number"},
		{"nb: Hvor ofte?", "sv: Hur ofta?, nb: Hvor ofte?", `6: unknown field "sv" in stem; remove it or correct its name`},
		{"citations: [none]", "citations: none", `8: citations is not a list; write at least one "- " line`},
		{"citations: [none]", "citations: []", `8: citations is not a list; write at least one "- " line`},
		{"evidence: here, ", "", "9: licence lacks the field evidence; add it"},
		{`commercial: "yes"`, "commercial: maybe", "9: commercial is not known; write yes or no or ask"},
		{"{nb: verified, en", "{en", "10: text_status lacks the field nb; add it"},
		{"{nb: verified", "{nb: sure", "10: text_status of nb is not known; write verified or unverified"},
		{"higher_is_worse: true", "higher_is_worse: very", "11: higher_is_worse is neither true nor false; write one of them"},
		{"min_interval_days: 14", "min_interval_days: -14", "12: min_interval_days is not a number; write a whole one from 0 to 1000"},
		{"value: 1", "value: 0", "16: the value 0 stands twice; give each option its own"},
		{"id: q1, text: {nb: Trett, en: Tired}", "id: q1, text: Tired", `18: text is not a set of fields; write "field: value" lines`},
		{"{id: q1,", "{id: q1, id: q0,", "18: id stands twice in an item; remove one"},
		{"id: q2", "id: q1", "19: id q1 stands twice; give each its own"},
		{"{id: q2,", "{id: q2, optional: true,", `19: item "q2" is scored but need not be answered; take away one of the two`},
		{"{id: q2,", "{id: q2, show_if_any_above: 0,", `19: item "q2" is scored but need not be answered; take away one of the two`},
		{"from: 1", "from: 0", `22: band "high" overlaps the one before; start it at 1`},
		{"from: 1", "from: 2", `22: band "high" leaves a gap before 2; start it at 1`},
		{"from: 1, to: 2", "from: 1, to: 0", `22: band "high" ends before it begins; put the lower number in from`},
		{"  - {value: 0, text: {nb: Nei, en: No}}\n", "", `17: item "q1" has fewer than two options; add them here or for the whole file`},
		{"max: 2", "max: 0", "13: max is not a number; write a whole one from 1 to 1000"},
		{"key: high", "key: low", "22: key low stands twice; give each its own"},
		{"nb: Ja", "nb: &a Ja", "16: an anchor is not allowed; write the content out"},
		{"nb: Ja", "nb: !!binary Ja", "16: a tag is not allowed; write the content out"},
		{"options:\n", "options:\n  - <<: {value: 2}\n", "15: a merge key is not allowed; write the content out"},
		{"bands:", "---\nbands:", "20: a document mark is not allowed; write the content out"},
	} {
		got := faultsOf(t, map[string]string{"small.yaml": without(t, c.old, c.replacement)})
		want := "tools/small.yaml:" + c.want
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q for %q:\n got %q\nwant %q", c.replacement, c.old, got, want)
		}
	}
}

func TestAFileWithAnAliasIsReadNoFurther(t *testing.T) {
	want := []string{"tools/small.yaml:16: an alias is not allowed; write the content out"}
	got := faultsOf(t, map[string]string{"small.yaml": without(t, "nb: Ja", "nb: *a")})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAHugeFileIsRefusedUnread(t *testing.T) {
	fits := small + "#" + strings.Repeat("x", strict.MaxFile-len(small)-1)
	if got := faultsOf(t, map[string]string{"small.yaml": fits}); got != nil {
		t.Errorf("exactly the limit: %q", got)
	}
	want := []string{"tools/small.yaml:1: the file is larger than 256 KiB; shorten it"}
	if diff := cmp.Diff(want, faultsOf(t, map[string]string{"small.yaml": fits + "x"})); diff != "" {
		t.Error(diff)
	}
}

func TestHostileNestingIsRefusedUnparsed(t *testing.T) {
	want := []string{fmt.Sprintf("tools/small.yaml:1: there are more than %d parts here; shorten it", strict.MaxTokens)}
	for _, piece := range hostile {
		text := strings.Repeat(piece, strict.MaxFile/len(piece))
		if diff := cmp.Diff(want, faultsOf(t, map[string]string{"small.yaml": text})); diff != "" {
			t.Errorf("%q: %s", piece, diff)
		}
	}
}

func TestAFileThatIsNoTextIsAFault(t *testing.T) {
	for text, want := range map[string]string{
		"":         "1: nothing stands here; write the fields, each as \"field: value\"",
		"# a\n":    "1: nothing stands here; write the fields, each as \"field: value\"",
		"id: \xff": "1: the file is not UTF-8; save it as UTF-8",
		"text":     `1: the file is not a set of fields; write "field: value" lines`,
	} {
		got := faultsOf(t, map[string]string{"small.yaml": text})
		if diff := cmp.Diff([]string{"tools/small.yaml:" + want}, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestAFolderWithoutToolsIsAFault(t *testing.T) {
	want := []string{"tools: no mapping tool here; add a .yaml file"}
	if diff := cmp.Diff(want, faultsOf(t, nil)); diff != "" {
		t.Error(diff)
	}
	if _, err := Load(folder(nil), "elsewhere"); err == nil {
		t.Error("a missing folder is no error")
	}
}
