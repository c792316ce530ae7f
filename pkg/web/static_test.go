package web

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"selvhjelp/assets"
)

func staticFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := fs.ReadFile(assets.FS, "static/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestStyleAndScriptAreSmall(t *testing.T) {
	for name, limit := range map[string]int{"app.css": 16 << 10, "app.js": 8 << 10, "labels.js": 2 << 10, "device.js": 4 << 10, "notes.js": 8 << 10, "unsent.js": 6 << 10, "watch.js": 1 << 10} {
		if n := len(staticFile(t, name)); n == 0 || n > limit {
			t.Errorf("%s has %d bytes, want 1 to %d", name, n, limit)
		}
	}
}

func TestStyleAndScriptStayOnThisSite(t *testing.T) {
	neighbour := regexp.MustCompile(`(?m)^import \{ [\w, ]+ \} from '\./device\.js';$`)
	elsewhere := regexp.MustCompile(`(?i:https?:|wss?:|["'(]//|@import|\bimport\b)|\burl\(`)
	for _, name := range []string{"app.css", "app.js", "labels.js", "device.js", "notes.js", "unsent.js", "watch.js"} {
		if found := elsewhere.FindAllString(neighbour.ReplaceAllString(staticFile(t, name), ""), -1); found != nil {
			t.Errorf("%s reaches for %q", name, found)
		}
	}
}

func TestScriptRunsNoTextAndKeepsNothing(t *testing.T) {
	banned := regexp.MustCompile(`\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|` +
		`localStorage|sessionStorage|indexedDB|caches|cookie|console|style)\b|setTimeout\(['"]`)
	if found := banned.FindAllString(staticFile(t, "app.js"), -1); found != nil {
		t.Errorf("app.js uses %q", found)
	}
}

// TestTheScriptOfLabelsSendsNothing: it has no means to, and runs on
// professionals' pages alone.
func TestTheScriptOfLabelsSendsNothing(t *testing.T) {
	banned := regexp.MustCompile(`\b(fetch|XMLHttpRequest|sendBeacon|WebSocket|EventSource|BroadcastChannel|postMessage|location|open|submit|` +
		`requestSubmit|src|href|eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|sessionStorage|indexedDB|caches|` +
		`cookie|console|style)\b(?:[.(=\[]| =)`)
	if found := banned.FindAllString(staticFile(t, "labels.js"), -1); found != nil {
		t.Errorf("labels.js uses %q", found)
	}
	if banned.FindString("fetch('/')") == "" || banned.FindString("a.href = x") == "" {
		t.Error("the test finds nothing")
	}
	for name, template := range loaded(t) {
		if part := template.Lookup("scripts"); part != nil && strings.Contains(part.Tree.Root.String(), "Labels") && !strings.HasPrefix(name, "staff/") {
			t.Errorf("%s runs the script", name)
		}
	}
}

func TestTemplatesNeedNoInlineStyleOrScript(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|["'=]javascript:|<script>|<script [^>]*>[^<]`)
	err := fs.WalkDir(assets.FS, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if path == "templates/copy.html" {
			return nil // a file that users keep: it has its style in itself, and no policy blocks it there
		}
		raw, err := fs.ReadFile(assets.FS, path)
		if found := inline.FindAllString(string(raw), -1); found != nil {
			t.Errorf("%s has %q, which the content policy blocks", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// contrasts are the pairs of colours that meet on a page, with the ratio that
// WCAG 2.2 asks for: 4.5 for text (1.4.3), 3 for edges and shapes (1.4.11).
var contrasts = []struct {
	front, back string
	least       float64
}{
	{"white", "exit", 4.5}, {"ink", "paper", 4.5}, {"ink", "card", 4.5}, {"ink", "tint", 4.5}, {"ink", "care-tint", 4.5},
	{"soft", "paper", 4.5}, {"soft", "card", 4.5}, {"soft", "tint", 4.5},
	{"accent", "paper", 4.5}, {"accent", "card", 4.5}, {"accent", "tint", 4.5},
	{"accent-over", "paper", 4.5}, {"accent-over", "card", 4.5}, {"accent-over", "tint", 4.5},
	{"accent-ink", "accent", 4.5}, {"accent-ink", "accent-over", 4.5},
	{"care", "paper", 4.5}, {"care", "card", 4.5}, {"care", "tint", 4.5}, {"care", "care-tint", 4.5},
	{"edge", "paper", 3}, {"edge", "card", 3}, {"focus", "paper", 3}, {"focus", "card", 3}, {"focus", "tint", 3},
	{"ink", "band0", 4.5}, {"ink", "band1", 4.5}, {"ink", "band2", 4.5}, {"ink", "band3", 4.5}, {"ink", "band4", 4.5},
	{"course", "band0", 3}, {"course", "band1", 3}, {"course", "band2", 3}, {"course", "band3", 3}, {"course", "band4", 3},
}

func TestColoursCanBeToldApartInLightAndDark(t *testing.T) {
	css := staticFile(t, "app.css")
	light, rest, _ := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "/* --- base */")
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{"white": "#ffffff"}
		for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			colours[m[1]] = m[2]
		}
		for _, c := range contrasts {
			if got := contrast(t, colours[c.front], colours[c.back]); got < c.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, c.front, c.back, got, c.least)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2: (lighter + 0.05) / (darker + 0.05).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a)+0.05, luminance(t, b)+0.05
	return max(x, y) / min(x, y)
}

// luminance is the relative luminance of WCAG 2.2 of a colour "#rrggbb".
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("a colour that is not defined: %v", err)
	}
	channel := func(shift int) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
