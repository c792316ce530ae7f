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
	for _, name := range []string{"phq9.yaml", "phq4.yaml", "k6.yaml", "sjekkinn.yaml", "licensed/dass21.yaml"} {
		f.Add(shippedFile(f, name))
	}
	for _, piece := range hostile {
		f.Add(strings.Repeat(piece, 50))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Load(folder(map[string]string{"small.yaml": text}), "tools")
		if err != nil {
			return
		}
		in := c.All()[0]
		for _, s := range in.Lines() {
			covered(t, s)
		}
		for _, it := range in.Items {
			if s, lang := it.Text.In("nn"); strings.TrimSpace(s) == "" || lang == "en" && in.PublishedIn == nil {
				t.Fatalf("item %q is %q in %s", it.ID, s, lang)
			}
		}
	})
}

// covered fails unless every score lies in exactly one band, where there are
// any and they do not go by rules.
func covered(t *testing.T, s *Scale) {
	for score := s.Min; score <= s.Max; score++ {
		n := 0
		for _, b := range s.Bands {
			if b.From <= score && score <= b.To {
				n++
			}
		}
		if n != 1 && len(s.Bands) > 0 && !s.ByRule() {
			t.Fatalf("%d bands for %d", n, score)
		}
	}
}
