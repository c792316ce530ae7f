package render

import (
	"bytes"
	"html/template"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Common is what the pages of these tests embed.
type Common struct {
	Lang  string
	Names []string
}

// wrapped is a line on a page.
type wrapped struct {
	Common
	Line line
}

func (c Common) Wrap(l line) wrapped  { return wrapped{c, l} }
func (c Common) Forge(l line) wrapped { return wrapped{Common{Lang: "forged"}, l} }

func (c Common) Greet(name string) string { return c.Lang + ": " + name }

type line struct {
	Name  string
	Count int
	Inner *line
}

func (l line) Self() line          { return l }
func (l line) Twice(times int) int { return l.Count * times }

type page struct {
	Common
	Title   string
	HTML    template.HTML
	URL     template.URL
	Lines   []line
	Known   map[string]int
	One     *line
	Nobody  *line
	Yes     bool
	Missing []string
	Any     any
	At      time.Time
	hidden  string
}

func sample() page {
	l := line{`<a href="x">`, 3, &line{Name: "within"}}
	return page{
		Common: Common{"nb", []string{"first", "it's <b>"}}, Title: "Sørg & glede + 'mer'", HTML: "<i>safe</i>", URL: "tel:113",
		Lines: []line{l, {Name: "plain"}, {Count: -7}}, Known: map[string]int{"b": 2, "a": 1}, One: &l, Yes: true,
		At: time.Unix(1e9, 0).UTC(), hidden: "h",
	}
}

var funcs = template.FuncMap{"add": func(a, b int) int { return a + b }}

// TestWhatIsWrittenIsWhatHTMLTemplateWrites, for everything that a template may
// hold, and whether or not something is known beforehand.
func TestWhatIsWrittenIsWhatHTMLTemplateWrites(t *testing.T) {
	for _, text := range []string{
		`plain text`, `{{.Title}} {{.HTML}} {{.URL}} {{.At}} {{.Yes}}`, `{{/* nothing */}}{{"a literal <"}}{{7}}{{true}}`,
		`<title>{{.Title}}</title><p title="{{.Title}}" lang="{{.HTML}}">`,
		`<a href="{{.URL}}"><a href="{{.Title}}"><a href="/x/{{.Title}}"><a href="/?q={{.Title}}"><a href="/{{.Lang}}">`,
		`{{if .Yes}}a{{else}}b{{end}}{{if .Nobody}}a{{else if .One}}b{{end}}{{if not .Title}}a{{else}}b{{end}}{{if .At}}a{{end}}`,
		`{{if and .Yes .Title}}a{{end}}{{if or .Nobody .Lines}}b{{end}}{{if or (eq .Lang "x") (ne .Lang "y")}}c{{end}}`,
		`{{range .Lines}}{{.Name}} {{.Count}} {{$.Title}}{{else}}none{{end}}{{range $i, $l := .Lines}}{{$i}}{{$l.Name}}{{add $i 1}}{{end}}`,
		`{{range $k, $v := .Known}}{{$k}}={{$v}};{{end}}{{range .Names}}{{.}},{{end}}{{range .Missing}}x{{else}}nobody{{end}}`,
		`{{with .One}}{{.Name}}{{.Inner.Name}}{{$.Lang}}{{end}}{{with .Nobody}}a{{else}}{{.Lang}}{{end}}{{with $x := .Title}}{{$x}}{{end}}`,
		`{{$a := "no"}}{{range .Lines}}{{if .Count}}{{$a = "yes"}}{{end}}{{end}}{{$a}}{{$b := .Lang}}{{if $b}}{{$b := 2}}{{$b}}{{end}}{{$b}}`,
		`{{len .Lines}} {{len "four"}} {{index .Known "a"}} {{index .Known "z"}} {{(index .Lines 0).Name}} {{printf "%s-%02d" .Lang 7}}`,
		`{{if lt 1 2}}a{{end}}{{if le .One.Count 3}}b{{end}}{{if gt (len .Lines) 9}}c{{end}}{{if ge 2 2}}d{{end}}`,
		`{{.Greet .Title}} {{$.Greet "you"}} {{.One.Twice 2}} {{.At.Year}} {{range .Lines}}{{.Twice 3}}{{end}}`,
		`{{define "x"}}{{$p := .}}[{{.Lang}}{{with .One}}{{$p.Title}}{{$.Title}}{{end}}]{{end}}{{$p := "kept"}}{{template "x" .}}<title>{{template "x" .}}</title>{{$p}}`,
		`{{define "l"}}<b>{{.Name}}</b>{{end}}{{range .Lines}}{{template "l" .}}{{end}}{{template "l" .One}}`,
		`{{define "attr"}} hidden{{end}}<p{{if .Yes}}{{template "attr"}}{{end}}>{{block "own" .}}{{.Lang}}{{end}}`,
	} {
		want := plainly(t, text, sample())
		for _, known := range []map[string]any{
			nil,
			{"Lang": "nb", "Greet": sample().Greet, "Names": sample().Names},
			{"Greet": TextOf(sample().Greet)},
		} {
			s := sample()
			for _, page := range []any{s, &s} {
				got, err := compile(t, text, known).Append([]byte("before "), page)
				if err != nil {
					t.Errorf("%s: %v", text, err)
				}
				if d := cmp.Diff("before "+want, string(got)); d != "" {
					t.Errorf("%s:\n%s", text, d)
				}
			}
		}
	}
}

func parsed(t *testing.T, text string) *template.Template {
	t.Helper()
	return template.Must(template.New("page").Funcs(funcs).Parse(text))
}

func plainly(t *testing.T, text string, p page) string {
	t.Helper()
	var b bytes.Buffer
	if err := parsed(t, text).Execute(&b, p); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return b.String()
}

func compile(t *testing.T, text string, known map[string]any) *Program {
	t.Helper()
	p, err := Compile(parsed(t, text), "page", reflect.TypeFor[page](), Known{Base: reflect.TypeFor[Common](), Values: known, Funcs: funcs})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// TestWhatIsKnownIsWrittenDownOnce, escaped, and what follows from it too.
func TestWhatIsKnownIsWrittenDownOnce(t *testing.T) {
	text := `<p>{{.Greet "<you>"}}</p>{{if eq .Lang "nb"}}{{range .Names}}<i>{{.}}</i>{{end}}{{else}}{{.Title}}{{end}}`
	p := compile(t, text, map[string]any{"Lang": "nb", "Greet": sample().Greet, "Names": sample().Names})
	if len(p.code) != 1 || p.slots != 1 { // that of the page
		t.Errorf("%d pieces and %d slots are left to be decided", len(p.code)-1, p.slots-1)
	}
	if got, err := p.Append(nil, page{}); err != nil || string(got) != plainly(t, text, sample()) {
		t.Errorf("%s, %v", got, err)
	}
}

// TestWhatWrapsThePageIsKnownToo, but not what merely looks like it.
func TestWhatWrapsThePageIsKnownToo(t *testing.T) {
	text := `{{define "x"}}{{.Lang}} {{.Common.Lang}} {{.Line.Name}}, {{end}}{{template "x" .Wrap (index .Lines 0)}}{{template "x" .Forge (index .Lines 0)}}` +
		`{{$w := .Wrap .One.Inner.Self}}{{$w = .Forge .One.Inner.Self}}{{$w.Lang}}`
	known := Known{Base: reflect.TypeFor[Common](), Values: map[string]any{"Lang": "known"}, Wraps: []string{"Wrap"}}
	p, err := Compile(parsed(t, text), "page", reflect.TypeFor[page](), known)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Append(nil, page{Common: Common{Lang: "nb"}, Lines: []line{{Name: "a"}}, One: &line{Inner: &line{}}})
	if err != nil || string(got) != "known known a, forged forged a, forged" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestNothingOfAPageIsLeftForTheNext: the room of an execution is used again, what was in
// it is not.
func TestNothingOfAPageIsLeftForTheNext(t *testing.T) {
	p := compile(t, `{{range $i, $l := .Lines}}{{$i}}{{.Name}}{{end}}{{with .One}}{{.Name}}{{end}}{{$t := .Title}}{{$t}}`, nil)
	f := p.frame()
	f.slots[0] = reflect.ValueOf(sample())
	p.code.run(f)
	if len(f.out) == 0 {
		t.Fatal("nothing was written")
	}
	p.free(f)
	for i, v := range f.slots {
		if v.IsValid() || f.out != nil {
			t.Errorf("slot %d of %d still holds something, or the page stands there", i, len(f.slots))
		}
	}
}

// TestOnlyThePageItselfIsKnown: another value of the same type says its own.
func TestOnlyThePageItselfIsKnown(t *testing.T) {
	type outer struct {
		Common
		Other Common
	}
	set := parsed(t, `{{.Lang}} {{.Other.Lang}} {{range .Names}}{{$.Other.Greet .}}{{end}}`)
	p, err := Compile(set, "page", reflect.TypeFor[outer](), Known{Base: reflect.TypeFor[Common](), Values: map[string]any{"Lang": "nb", "Greet": sample().Greet}, Funcs: nil})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Append(nil, outer{Common{Names: []string{"you"}}, Common{Lang: "en"}})
	if err != nil || string(got) != "nb en en: you" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestMistakesAreErrorsOfCompile(t *testing.T) {
	for text, want := range map[string]string{
		`{{.Nmae}}`:                        "has no Nmae",
		`{{.Lines.Name}}`:                  "has no Name",
		`{{.hidden}}`:                      "has no hidden",
		`{{.Any}}`:                         "is an interface",
		`{{.Title 3}}`:                     "is no method",
		`{{.Greet 3}}`:                     "instead of string",
		`{{.Greet}}`:                       "arguments for",
		`{{.Lines}}{{.Lang | len}}`:        "no escaper",
		`<script>x = {{.Title}}</script>`:  "no escaper",
		`<p {{.Title}}>`:                   "no escaper",
		`{{if eq .Title .Yes}}{{end}}`:     "not compared",
		`{{if eq .Title "a" "b"}}{{end}}`:  "3 arguments",
		`{{len .Yes}}`:                     "no length",
		`{{index .Title 0}}`:               "no element",
		`{{range .Yes}}{{end}}`:            "range over bool",
		`{{range .Lines}}{{break}}{{end}}`: "not known here",
		`{{or .Title .Yes}}`:               "no one type",
		`{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}`:         "calls itself",
		`{{define "x"}}{{template "x" .Inner}}{{end}}{{template "x" .One}}`: "calls itself",
		`{{define "x"}}{{.}}{{end}}{{template "x"}}`:                        "given nothing",
		`{{if .Yes}}<p title="{{end}}`:                                      "end in different contexts",
	} {
		_, err := Compile(parsed(t, text), "page", reflect.TypeFor[page](), Known{Base: reflect.TypeFor[Common](), Values: nil, Funcs: funcs})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want: %s", text, err, want)
		}
	}
	if _, err := Compile(parsed(t, ""), "other", reflect.TypeFor[page](), Known{}); err == nil {
		t.Error("a template that is not there was compiled")
	}
}

func TestWhatIsNotThereIsAnErrorOfAppend(t *testing.T) {
	for _, text := range []string{`{{.Nobody.Name}}`, `{{(index .Lines 3).Name}}`} {
		if _, err := compile(t, text, nil).Append(nil, sample()); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
	if _, err := compile(t, "text", nil).Append(nil, line{}); err == nil {
		t.Error("a page of another type was rendered")
	}
}

// FuzzTextsAreEscapedAlike in every kind of place.
func FuzzTextsAreEscapedAlike(f *testing.F) {
	for b := range 256 {
		f.Add(string([]byte{'a', byte(b)}))
	}
	for _, s := range []string{"", "søvn", `<script>`, "it's \"+\x00&", "javascript:alert(1)", "/a b?c=d&e#f", "\xff\xfe", "data:x", "A-Z_0.9"} {
		f.Add(s)
	}
	places := []string{`{{.}}`, `<title>{{.}}</title>`, `<p title="{{.}}">`, `<a href="{{.}}">`, `<a href="/{{.}}">`, `<a href="/?a={{.}}">`}
	var programs []*Program
	for _, text := range places {
		p, err := Compile(template.Must(template.New("page").Parse(text)), "page", reflect.TypeFor[string](), Known{})
		if err != nil {
			f.Fatal(err)
		}
		programs = append(programs, p)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i, text := range places {
			var want bytes.Buffer
			if err := template.Must(template.New("").Parse(text)).Execute(&want, s); err != nil {
				t.Fatal(err)
			}
			if got, err := programs[i].Append(nil, s); err != nil || !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%s: %q, %v, want %q", text, got, err, want.Bytes())
			}
		}
	})
}
