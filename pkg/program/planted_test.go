package program

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// planted is one fault in one file, and the line it must be told in.
type planted struct {
	file, what, text string
	line             int
}

var (
	fieldLine  = regexp.MustCompile(`^(id|kind|question|low|high|title|prompt|task|asked|of|text|empty|if|to|instrument|aim|minutes|version|licence|author|reviewer|summary|for_whom|pace|days_between_parts): [^|]`)
	optionLine = regexp.MustCompile(`^  - \{id: (\w+), text: `)
	ifLine     = regexp.MustCompile(`^(if: |  - )(\w+) (has|lacks|first) (\w+)$`)
	fenceLine  = regexp.MustCompile("^```[a-z]")
	pageLine   = regexp.MustCompile(`^# .*\{#\w+\}$`)
)

// plant is how a line is spoilt: what it becomes, and where that is told,
// counted from the line.
type plant struct {
	what string
	on   *regexp.Regexp
	with func(line string) string
	told int
}

var plants = []plant{
	{"a misspelt field", fieldLine, func(s string) string { return "x" + s }, 0},
	{"a field twice", fieldLine, func(s string) string { return s + "\n" + s }, 1},
	{"an anchor", fieldLine, func(s string) string { return strings.Replace(s, ": ", ": &a ", 1) }, 0},
	{"an alias", fieldLine, func(s string) string { return s[:strings.Index(s, ": ")] + ": *a" }, 0},
	{"a tag", fieldLine, func(s string) string { return strings.Replace(s, ": ", ": !!binary ", 1) }, 0},
	{"a bad option id", optionLine, func(s string) string { return strings.Replace(s, "{id: ", "{id: Å", 1) }, 0},
	{"an option without text", optionLine, func(s string) string { return s[:strings.Index(s, ",")] + "}" }, 0},
	{"an option of free text", optionLine, func(s string) string { return strings.Replace(s, "{", "{free: true, ", 1) }, 0},
	{"an option twice", optionLine, func(s string) string { return s + "\n" + s }, 1},
	{"an option in one language", optionLine, func(s string) string { return "  - {id: added, text: Mer}\n" + s }, 0},
	{"another option id", optionLine, func(s string) string { return strings.Replace(s, "{id: ", "{id: zz", 1) }, 0},
	{"an unknown comparison", ifLine, func(s string) string { return ifLine.ReplaceAllString(s, "$1$2 had $4") }, 0},
	{"an unknown exercise", ifLine, func(s string) string { return ifLine.ReplaceAllString(s, "${1}nobody $3 $4") }, 0},
	{"an unknown option", ifLine, func(s string) string { return ifLine.ReplaceAllString(s, "$1$2 $3 nothing") }, 0},
	{"a comparison of another kind", ifLine, func(s string) string { return ifLine.ReplaceAllString(s, "$1$2 >= 3") }, 0},
	{"an unknown block", fenceLine, func(s string) string { return s + "x" }, 0},
	{"a block without fields", fenceLine, func(s string) string { return "```note\n```\n" + s }, 0},
	{"a page without id", pageLine, func(s string) string { return s[:strings.Index(s, " {")] }, 0},
	{"another page id", pageLine, func(s string) string { return strings.Replace(s, "{#", "{#zz", 1) }, 0},
	{"a page without heading", pageLine, func(s string) string { return "# " + s[strings.Index(s, "{"):] }, 0},
	{"a script", pageLine, func(s string) string { return s + "\n\n<script>alert(1)</script>\n" }, 2},
	{"HTML in a line", pageLine, func(s string) string { return s + "\n\nHei <b onclick=x>du</b>\n" }, 2},
	{"a link of JavaScript", pageLine, func(s string) string { return s + "\n\nHei [du](javascript:alert(1))\n" }, 2},
	{"a link to another host", pageLine, func(s string) string { return s + "\n\n[du](//example.org)\n" }, 2},
	{"a link without TLS", pageLine, func(s string) string { return s + "\n\nHei\n[du](http://example.org)\n" }, 3},
	{"a link to no page", pageLine, func(s string) string { return s + "\n\nHei\n[du](/me/programs/calm/9/begin)\n" }, 3},
	{"a link without text", pageLine, func(s string) string { return s + "\n\n[](/help)\n" }, 2},
	{"a picture in the text", pageLine, func(s string) string { return s + "\n\n![tre](/tre.png)\n" }, 2},
	{"a bare address", pageLine, func(s string) string { return s + "\n\nSe <https://example.org>\n" }, 2},
	{"an address apart from its text", pageLine, func(s string) string { return s + "\n\n[du]: https://example.org\n" }, 2},
	{"a second page of one id", pageLine, func(s string) string { return s + "\n\nHei\n\n" + s + "\n\nHei\n" }, 4},
	{"code", pageLine, func(s string) string { return s + "\n\nHei `du`\n" }, 2},
	{"an indented block", pageLine, func(s string) string { return s + "\n\n    hei\n" }, 2},
	{"a heading with attributes", pageLine, func(s string) string { return s + "\n\n## Hei {onclick=x}\n" }, 2},
	{"a note kept on the server", regexp.MustCompile("^```note"), func(s string) string { return s + "\nid: n2\ntitle: A\nprompt: B\nlocal: false\n```\n\n" + s }, 1},
	{"an essay", regexp.MustCompile("^```exercise"), func(s string) string { return s + "\nid: n2\nkind: text\nquestion: B\n```\n\n" + s }, 2},
	{"a contradiction", regexp.MustCompile("^```when"), func(s string) string {
		return s + "\nif:\n  - bothers has worry\n  - bothers lacks worry\ntext: Hei\n```\n\n" + s
	}, 3},
	{"a number beyond the scale", regexp.MustCompile("^```when"), func(s string) string { return s + "\nif: strength >= 11\ntext: Hei\n```\n\n" + s }, 1},
	{"an offer that leads nowhere", regexp.MustCompile("^```offer"), func(s string) string { return s + "\nif: bothers has worry\nto: 7/next\ntext: Hei\n```\n\n" + s }, 0},
	{"a recall of what comes later", regexp.MustCompile("^```recall"), func(s string) string { return s + "\nof: later\ntext: Hei\nempty: Hei\n```\n\n" + s }, 0},
	{"a missing language", regexp.MustCompile(`^[a-z_]+: \{nb: `), func(s string) string { return strings.Replace(s, ", nn: ", ", sv: ", 1) }, 0},
	{"an empty text", regexp.MustCompile(`^[a-z_]+: \{nb: `), func(s string) string { return regexp.MustCompile(`en: .*\}`).ReplaceAllString(s, `en: " "}`) }, 0},
}

// spoilt returns the files of calm with one fault each.
func spoilt(files map[string]string) (all []planted) {
	for name, text := range files {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			for _, p := range plants {
				if p.on.MatchString(line) {
					changed := slices.Concat(lines[:i], []string{p.with(line)}, lines[i+1:])
					all = append(all, planted{name, p.what, strings.Join(changed, "\n"), i + 1 + p.told})
				}
			}
		}
	}
	return all
}

// dropped returns the files of calm with one line taken away each, which is
// told at the beginning of what it stood in.
func dropped(files map[string]string) (all []planted) {
	for name, text := range files {
		lines, start := strings.Split(text, "\n"), 0
		for i, line := range lines {
			told := start
			switch {
			case fenceLine.MatchString(line):
				start = i + 1
				continue
			case optionLine.MatchString(line):
				if !optionLine.MatchString(lines[i-1]) || name == "program.yaml" {
					continue
				}
				told = i - 1
			case line == "---", !fieldLine.MatchString(line), strings.HasPrefix(line, "help"):
				continue
			case start == 0 && i <= 3 && strings.HasSuffix(name, ".md"):
				told = 1
			}
			if told == i && strings.HasPrefix(lines[i+1], "```") {
				continue // the only field: the block becomes empty
			}
			all = append(all, planted{name, "a line less: " + line, strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "\n"), told + 1})
		}
	}
	return all
}

func TestEachOfFiveHundredPlantedFaultsIsToldWithFileAndLine(t *testing.T) {
	files := calm(t)
	all := append(spoilt(files), dropped(files)...)
	for _, p := range all {
		changed := calm(t)
		changed[p.file] = p.text
		_, faults, _ := Check(tools, source(changed))
		if !slices.ContainsFunc(faults, func(f Fault) bool {
			return f.File == "programs/calm/"+p.file && f.Line == p.line && strings.Contains(f.Text, "; ")
		}) {
			t.Errorf("%s, %s: not told in line %d, but %v\n%s", p.file, p.what, p.line, faults, numbered(p.text, p.line))
		}
	}
	for name := range files {
		changed := calm(t)
		delete(changed, name)
		if _, faults, _ := Check(tools, source(changed)); len(faults) == 0 || faults[0].File == "" || !slices.ContainsFunc(faults, func(f Fault) bool { return f.File == "programs/calm/"+name && f.Line == 1 }) {
			t.Errorf("%s is not missed: %v", name, faults)
		}
	}
	if n := len(all) + len(files); n < 500 {
		t.Errorf("only %d faults were planted", n)
	}
}

func numbered(text string, line int) string {
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for i := max(0, line-4); i < min(len(lines), line+4); i++ {
		fmt.Fprintf(&b, "%4d %s\n", i+1, lines[i])
	}
	return b.String()
}
