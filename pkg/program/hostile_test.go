package program

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/strict"
)

// pieces cost a parser dearly when there are many of them.
var pieces = []string{
	"[", "{", "- ", "? ", "{a: ", "a: ", "!a ", "&a ", "*a ", "a: b\n", "> ", "* ", "1. ", "[a](", "![", "`", "**", "__", "*a_", "<a ", "&amp;",
	"```when\n", "~~~\n", "# a {#b}\n\n", "# a {#", "- a\n  ", "> > >\n", "[a]: b\n", "\\", "\t", "\r", "a\n", "<!--", "|", "]", "](", "a [", "*\n",
}

func TestHostileContentEndsInAMessageAndCostsLittle(t *testing.T) {
	for _, piece := range pieces {
		for _, size := range []int{3000, strict.MaxFile - 200, 10 << 20} {
			for _, wrap := range []string{"%s", "---\ntitle: A\naim: B\nminutes: 5\n---\n\n# A {#a}\n\n%s", "---\ntitle: A\naim: B\nminutes: 5\n---\n\n# A {#a}\n\n```when\nif: %s\n```\n"} {
				body := strings.Replace(wrap, "%s", strings.Repeat(piece, size/len(piece)), 1)
				began := time.Now()
				if faults := faultsOf(t, "1.nb.md", func(string) string { return body }); len(faults) == 0 {
					t.Errorf("%d of %q: no fault", size, piece)
				}
				if took := time.Since(began); took > 10*time.Second { // it takes milliseconds
					t.Errorf("%d of %q: it took %v", size, piece, took)
				}
			}
		}
	}
}

func TestAFileOfTenMegabytesIsNamed(t *testing.T) {
	faults := faultsOf(t, "program.yaml", func(string) string { return strings.Repeat("a: b\n", 2<<20) })
	want := fmt.Sprintf("the file is larger than %d KiB; shorten it", strict.MaxFile>>10)
	if len(faults) != 1 || faults[0].Text != want {
		t.Errorf("%v", faults)
	}
	faults = faultsOf(t, "1.nb.md", func(string) string { return "\xff\xfe" })
	if len(faults) == 0 || faults[0].Text != "the file is not UTF-8; save it as UTF-8" {
		t.Errorf("%v", faults)
	}
}

func TestAnAliasIsNeverFollowed(t *testing.T) {
	bomb := "```note\na: &a [x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n```\n"
	faults := faultsOf(t, "1.nb.md", in("```note", bomb+"\n```note"))
	anchors := 0
	for _, f := range faults {
		if strings.Contains(f.Text, "an anchor") || strings.Contains(f.Text, "an alias") {
			anchors++
		}
	}
	if anchors != 9 {
		t.Errorf("%d of 9 are told: %v", anchors, faults)
	}
}

// unsafe is what HTML made of content must never hold.
var unsafe = regexp.MustCompile(`(?i)<(script|img|iframe|style|svg|a[^>]*href="(?:http:|javascript:|data:|//))|\son[a-z]+=`)

func FuzzPart(f *testing.F) {
	for name, text := range calm(f) {
		if strings.HasSuffix(name, ".nb.md") {
			f.Add(text)
		}
	}
	for _, piece := range pieces {
		f.Add("---\ntitle: A\naim: B\nminutes: 5\n---\n\n# A {#a}\n\n" + strings.Repeat(piece, 20))
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := calm(t)
		for _, lang := range languages {
			files["1."+lang+".md"] = text
		}
		c, faults, _ := Check(tools, source(files))
		if len(faults) > 0 {
			for _, f := range faults {
				if f.Line < 1 || f.Line > 2+strings.Count(text, "\n")+strings.Count(files["2.nb.md"], "\n") {
					t.Fatalf("no such line: %v", f)
				}
			}
			return
		}
		for _, part := range c.All()[0].Parts {
			_, prose := part.words()
			for _, p := range prose {
				if html := string(p.In("nn")); unsafe.MatchString(html) {
					t.Fatal(html)
				}
			}
		}
	})
}
