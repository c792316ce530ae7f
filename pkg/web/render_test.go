package web

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/render"
)

// TestPagesAreRenderedAsHTMLTemplateRendersThem: every page in every language,
// filled with what happens to come, texts that want to be tags among it.
func TestPagesAreRenderedAsHTMLTemplateRendersThem(t *testing.T) {
	common, templates := commonForTest(t), loaded(t)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for _, lang := range assets.Languages {
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			program := compiled(t, name, common[lang])
			compared := 0
			for range 8 {
				page := filled(random, name, common[lang])
				var want bytes.Buffer
				if templates[name].ExecuteTemplate(&want, "layout.html", page) != nil {
					continue // what has come does not go together
				}
				got, err := program.Append(nil, page)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if !bytes.Equal(got, want.Bytes()) {
					t.Fatalf("%s in %s differs: %s", name, lang, difference(got, want.Bytes()))
				}
				compared++
			}
			if compared < 2 {
				t.Errorf("%s: only %d pages were compared", name, compared)
			}
		}
	}
}

// TestWhatIsTheSameOnEveryPageIsSetInOnePlace: templates are compiled with it, so
// a handler that changed it would not be heard.
func TestWhatIsTheSameOnEveryPageIsSetInOnePlace(t *testing.T) {
	for name := range commonForTest(t)["nb"].known().Values {
		set := regexp.MustCompile(`\bpage\.` + name + `\b[^=\n]* = `)
		for file, content := range goSources(t) {
			if at := set.FindString(content); at != "" {
				t.Errorf("%s: %s", file, at)
			}
		}
	}
}

func commonForTest(t testing.TB) map[string]Page {
	t.Helper()
	s := &Server{assets: assets.FS, config: config.Default(), location: time.UTC}
	s.config.Service.Name = `Help "& more"`
	s.crisis = crisisNumbers(s.config.Crisis)
	var err error
	if s.texts, err = loadTexts(assets.FS); err != nil {
		t.Fatal(err)
	}
	if s.static, err = loadStatics(assets.FS); err != nil {
		t.Fatal(err)
	}
	for _, m := range composed(t) {
		for _, in := range s.texts {
			for _, word := range words {
				in.fixed[m[1]+word+m[2]] = "text " + word
			}
		}
	}
	return s.commonPages()
}

// composed are the ids of texts that templates and pages put together: what stands before
// a word, and behind it. A word alone is one, too.
func composed(t testing.TB) [][]string {
	t.Helper()
	found := [][]string{{"", "", ""}, {"", "error.", ""}, {"", "category.", ""}, {"", "category.", "_what"}}
	for _, content := range sources(t, assets.FS, "templates") {
		found = append(found, regexp.MustCompile(`printf "([a-z_.]+)%s([a-z_.]*)"`).FindAllStringSubmatch(content, -1)...)
	}
	return found
}

func compiled(t testing.TB, name string, common Page) *render.Program {
	t.Helper()
	set, err := loadTemplate(assets.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := render.Compile(set, "layout.html", reflect.TypeOf(pages[name]), common.known())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// filled is a page of random values, alike what a page of its language has.
func filled(random *rand.Rand, name string, common Page) any {
	v := reflect.New(reflect.TypeOf(pages[name])).Elem()
	fill(random, v, common, 0)
	return v.Interface()
}

// words are what texts are filled with; they are also ids of texts.
var words = []string{"", "open", "yes", "name", "søvn", `<b class="x">&amp;</b>`, "it's +47 <script>", "javascript:alert(1)", "/me/a b?c=d&e", "https://x.no/a"}

func fill(random *rand.Rand, v reflect.Value, common Page, depth int) {
	switch v.Type() {
	case reflect.TypeFor[Page]():
		page := common
		page.Path, page.User, page.Staff = words[random.IntN(len(words))], random.IntN(2) == 0, random.IntN(2) == 0
		page.Operator, page.Super = random.IntN(2) == 0, random.IntN(2) == 0
		page.Error, page.Notice = []string{"", "unknown_code"}[random.IntN(2)], []string{"", "registration_deleted"}[random.IntN(2)]
		page.Ends = time.Unix(int64(random.IntN(2))*1e9, 0)
		fill(random, reflect.ValueOf(&page.Missing).Elem(), common, depth+1)
		fill(random, reflect.ValueOf(&page.Local).Elem(), common, depth+1)
		v.Set(reflect.ValueOf(page))
		return
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(random.Int64N(2e9), 0)))
		return
	}
	fillKind(random, v, common, depth)
}

func fillKind(random *rand.Rand, v reflect.Value, common Page, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		v.SetInt(random.Int64N(5))
	case reflect.Uint8:
		v.SetUint(random.Uint64N(200))
	case reflect.String:
		v.SetString(words[random.IntN(len(words))])
	case reflect.Pointer:
		if depth < 8 && random.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(random, v.Elem(), common, depth+1)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fill(random, field, common, depth+1)
			}
		}
	default:
		fillMany(random, v, common, depth)
	}
}

func fillMany(random *rand.Rand, v reflect.Value, common Page, depth int) {
	n := random.IntN(4)
	if depth > 8 {
		n = 0
	}
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(random, v.Index(i), common, depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(random, key, common, depth+1)
			fill(random, value, common, depth+1)
			v.SetMapIndex(key, value)
		}
	}
}

// difference shows where two renderings part.
func difference(got, want []byte) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	from := max(0, at-80)
	return "\n got " + string(got[from:min(len(got), at+80)]) + "\nwant " + string(want[from:min(len(want), at+80)])
}
