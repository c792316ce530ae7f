package accesscode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAFreshCodeReadsBack(t *testing.T) {
	for range 1000 {
		c := New()
		got, err := Parse(c.Grouped())
		if err != nil || got != c {
			t.Fatalf("a fresh code does not read back: %v", err)
		}
	}
}

func TestFreshCodesUseEverySymbolAndNeverRepeat(t *testing.T) {
	seen := map[Code]bool{}
	symbols := map[byte]int{}
	for range 5000 {
		c := New()
		if seen[c] {
			t.Fatal("a code was drawn twice")
		}
		seen[c] = true
		for _, s := range c.Data() {
			symbols[s]++
		}
	}
	want := 5000 * dataLen / 32
	for i := range alphabet {
		if n := symbols[alphabet[i]]; n < want*8/10 || n > want*12/10 {
			t.Errorf("symbol %c came %d times, expected about %d", alphabet[i], n, want)
		}
	}
}

// The codes below were computed by hand from the field's definition.
func TestKnownCodes(t *testing.T) {
	for _, tc := range []struct{ data, check string }{
		{"0000000000000000000", "0"},
		{"1000000000000000000", "E"}, // 1/a^19 = a^12 = 14
		{"0000000000000000001", "J"}, // a^18/a^19 = 1/a = a^30 = 18
	} {
		if _, err := Parse(tc.data + tc.check); err != nil {
			t.Errorf("%s with check symbol %s was refused", tc.data, tc.check)
		}
	}
}

func TestWhatPeopleTypeIsForgiven(t *testing.T) {
	// I, L, O, Ø and U are no symbols, so their look-alikes cannot clash.
	c := codeOf("1010V0101V1010V0101")
	base := c.Grouped()
	for name, typed := range map[string]string{
		"lower case":      strings.ToLower(base),
		"spaces":          strings.ReplaceAll(base, "-", " "),
		"no separators":   strings.ReplaceAll(base, "-", ""),
		"dashes and dots": " «" + strings.ReplaceAll(base, "-", " – .") + "»\n",
		"i l o ø u":       strings.NewReplacer("1", "l", "0", "ø", "V", "u").Replace(base),
		"I O U":           strings.NewReplacer("1", "I", "0", "O", "V", "U").Replace(base),
		"full width":      fullWidth(base),
	} {
		if got, err := Parse(typed); err != nil || got != c {
			t.Errorf("%s: not read as the code that was meant", name)
		}
	}
}

func TestEverySlipIsCaught(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := New()
		i := rapid.IntRange(0, Len-1).Draw(t, "place")
		for v := range alphabet {
			wrong := c
			wrong.symbols[i] = alphabet[v]
			if _, err := Parse(wrong.Grouped()); (err == nil) != (wrong == c) {
				t.Fatalf("substitution at %d by symbol %d passed", i, v)
			}
		}
		for j := range Len {
			swapped := c
			swapped.symbols[i], swapped.symbols[j] = swapped.symbols[j], swapped.symbols[i]
			if _, err := Parse(swapped.Grouped()); (err == nil) != (swapped == c) {
				t.Fatalf("swap of %d and %d passed", i, j)
			}
		}
	})
}

func TestWhatIsNoCodeIsMistyped(t *testing.T) {
	good := New().Grouped()
	for _, s := range []string{"", "hello", good[:len(good)-1], good + "0", strings.Repeat("0", 10_000), "æ" + good[1:], good + "é", strings.Repeat("\xff", 20)} {
		if _, err := Parse(s); !errors.Is(err, ErrMistyped) {
			t.Errorf("%d bytes that are no code: %v", len(s), err)
		}
	}
}

func TestOnlyItsOwnLastGroupProvesThatACodeWasSaved(t *testing.T) {
	c := New()
	last := c.Grouped()[18:]
	if !c.LastGroup(last) || !c.LastGroup(" "+strings.ToLower(last)+" ") {
		t.Error("the last group was refused")
	}
	for _, s := range []string{"", c.Grouped()[:5], last[:4], last + "0", New().Grouped()[18:]} {
		if c.LastGroup(s) {
			t.Errorf("%d characters that are not the last group passed", len(s))
		}
	}
}

func TestACodeNeverPrintsItself(t *testing.T) {
	c := New()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb, c)
		fmt.Fprintf(&out, verb, struct{ C Code }{c})
		fmt.Fprintf(&out, verb, &c)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "code", c, "in", struct{ C Code }{c})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "code", c, "in", struct{ C Code }{c})
	if _, err := json.Marshal(c); err == nil {
		t.Error("a code was serialised")
	}
	for i := 0; i < Len; i += GroupLen {
		if strings.Contains(out.String(), string(c.symbols[i:i+GroupLen])) {
			t.Fatal("a group of a code was printed")
		}
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing was printed in its place")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(New().Grouped())
	f.Add("ıİﬀ٣")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(c.Grouped()); err != nil || again != c {
			t.Fatal("an accepted code does not read back")
		}
	})
}

func codeOf(data string) Code {
	var c Code
	copy(c.symbols[:], data)
	c.symbols[dataLen] = alphabet[checkSymbol(c.symbols[:dataLen])]
	return c
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}
