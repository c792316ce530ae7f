package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/assets"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/retention"
)

func chapter(t *testing.T, topic, lang string) string {
	t.Helper()
	raw, err := assets.FS.ReadFile("help/" + topic + "." + lang + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

var commandLine = regexp.MustCompile("(?m)^ +selvhjelp (.+)$|`selvhjelp ([^`]+)`")

// commandLines are the commands that a chapter tells its reader to type.
func commandLines(text string) []string {
	var out []string
	for _, m := range commandLine.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

func TestTheHandbookNamesOnlyCommandsThatThereAre(t *testing.T) {
	for _, topic := range topics {
		for _, line := range commandLines(chapter(t, topic, "en")) {
			known := false
			for _, c := range commands() {
				rest, ok := cutWords(strings.Fields(line), c.name)
				known = known || ok
				for _, word := range rest {
					if ok && strings.HasPrefix(word, "-") && !strings.Contains(c.args, word) {
						t.Errorf("%s: %q: selvhjelp %s knows no %s", topic, line, c.name, word)
					}
				}
			}
			if !known {
				t.Errorf("%s: there is no command %q", topic, line)
			}
		}
	}
}

func TestTheHandbookNamesEveryCommandOfTheOperator(t *testing.T) {
	var all strings.Builder
	for _, topic := range topics {
		all.WriteString(chapter(t, topic, "en"))
	}
	elsewhere := []string{"demo", "version", "help", "business list", "professional invite"} // in the README and the list of commands
	for _, c := range commands() {
		if !strings.Contains(all.String(), "selvhjelp "+c.name) && !strings.Contains(strings.Join(elsewhere, ","), c.name) {
			t.Errorf("the handbook does not name %q", c.name)
		}
	}
}

// The shape of a chapter: its headings' levels, lists, tables and commands.
func shape(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case strings.HasPrefix(trimmed, "selvhjelp "), strings.HasPrefix(trimmed, "sudo "):
			out = append(out, trimmed)
		case strings.HasPrefix(trimmed, "#"), strings.HasPrefix(trimmed, "- "):
			mark, _, _ := strings.Cut(trimmed, " ")
			out = append(out, mark)
		case strings.HasPrefix(trimmed, "|"):
			out = append(out, strings.Repeat("|", strings.Count(trimmed, "|")))
		case regexp.MustCompile(`^\d\. `).MatchString(trimmed):
			out = append(out, trimmed[:2])
		}
	}
	return out
}

func TestTheHandbookIsTheSameInBothLanguages(t *testing.T) {
	for _, topic := range topics {
		if diff := cmp.Diff(shape(chapter(t, topic, "en")), shape(chapter(t, topic, "nb"))); diff != "" {
			t.Errorf("%s: English (-) and Norwegian (+) differ:\n%s", topic, diff)
		}
	}
}

func TestTheReadmeLeadsToEveryChapter(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics {
		if !strings.Contains(string(readme), "](assets/help/"+topic+".en.md)") {
			t.Errorf("the README does not link to the chapter %s", topic)
		}
	}
}

func TestTheHandbookSpeaksTheLanguageOfTheTerminal(t *testing.T) {
	for want, vars := range map[string]map[string]string{
		"nb": {"LANG": "nn_NO.UTF-8"},
		"en": {"LANG": "nb_NO.UTF-8", "LC_ALL": "C"},
	} {
		if got := handbookLanguage(func(name string) string { return vars[name] }); got != want {
			t.Errorf("with %v the handbook is in %s, not %s", vars, got, want)
		}
	}
}

func TestHelpSaysHowACommandIsUsedAndWhatItDoes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.name] {
			t.Errorf("%s stands twice in the list", c.name)
		}
		seen[c.name] = true
		var out, diag bytes.Buffer
		status := run(t.Context(), append([]string{"help"}, strings.Fields(c.name)...), &out, &diag)
		if status != 0 || !strings.Contains(out.String(), "usage: selvhjelp "+c.name) || !strings.Contains(out.String(), c.what) {
			t.Errorf("help %s: exit status %d, %q", c.name, status, out.String())
		}
	}
	if text := commandHelp([]string{"business"}); strings.Count(text, "usage:") != 3 {
		t.Errorf("help business: %q", text)
	}
	if text := commandHelp([]string{"bus"}); text != "" {
		t.Errorf("help bus: %q", text)
	}
}

func TestASweepHasWordsForEveryKindOfDeadline(t *testing.T) {
	source, err := os.ReadFile("../../pkg/deadline/deadline.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`(?m)^\t\w+ +Kind = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(kinds) < len(sweepWords) {
		t.Fatalf("only %d kinds are found", len(kinds))
	}
	for _, kind := range kinds {
		if sweepWords[deadline.Kind(kind[1])] == "" {
			t.Errorf("no words for %q", kind[1])
		}
	}
}

func TestASweepHasWordsForWhatGoesWithoutADeadline(t *testing.T) {
	in, _, err := openDemo(t.Context(), demoDir(t), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	names := []string{retention.AuditEntries, retention.Counts}
	for _, s := range in.night.Also {
		names = append(names, s.Name)
	}
	for _, name := range names {
		if alsoWords[name] == "" {
			t.Errorf("no words for %q", name)
		}
	}
}

func TestEveryFlagIsExplained(t *testing.T) {
	used := map[string]bool{}
	for _, c := range commands() {
		for _, m := range flagName.FindAllStringSubmatch(c.args, -1) {
			name := m[1]
			if own := c.name + " " + name; flagWords[own] != "" {
				name = own
			}
			used[name] = true
			if what := flagWords[name]; what == "" || !strings.Contains(commandHelp(strings.Fields(c.name)), what) {
				t.Errorf("selvhjelp help %s does not explain -%s", c.name, m[1])
			}
		}
	}
	for name := range flagWords {
		if !used[name] {
			t.Errorf("no command has the flag %q", name)
		}
	}
}

func TestAnUnknownCommandIsNamedWithThoseThatAreMeant(t *testing.T) {
	for typed, want := range map[string][]string{
		"audit":            {`no command "audit"`, "selvhjelp audit list", "selvhjelp audit verify"},
		"keys destroy all": {`no command "keys destroy"`, "selvhjelp keys list"},
		"nonsense":         {`no command "nonsense"`, "audit list", "sweep"},
	} {
		var out, diag bytes.Buffer
		if status := run(t.Context(), strings.Fields(typed), &out, &diag); status != 2 || out.Len() > 0 {
			t.Errorf("%s: exit status %d, %s", typed, status, out.String())
		}
		for _, w := range want {
			if !strings.Contains(diag.String(), w) {
				t.Errorf("%s: %q is missing in: %s", typed, w, diag.String())
			}
		}
	}
}
