package instrument

import (
	"strings"
	"testing"
)

// hostile are pieces that cost a parser dearly when there are many of them.
var hostile = []string{"[", "{", "- ", "? ", "{a: ", "a: ", "!a ", "&a ", "*a ", "a: b\n"}

// FuzzLoad reads a hostile file: it is refused, or it is a tool that scores
// every total and speaks every language.
func FuzzLoad(f *testing.F) {
	f.Add(small)
	f.Add(shippedFile(f, "phq9.yaml"))
	for _, piece := range hostile {
		f.Add(strings.Repeat(piece, 50))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Load(folder(map[string]string{"small.yaml": text}), "tools")
		if err != nil {
			return
		}
		in := c.All()[0]
		for total := range in.Max + 1 {
			if in.band(total) == nil {
				t.Fatalf("no band for %d", total)
			}
		}
		for _, it := range in.Items {
			if s, lang := it.Text.In("nn"); strings.TrimSpace(s) == "" || lang == "en" {
				t.Fatalf("item %q is %q in %s", it.ID, s, lang)
			}
		}
	})
}
