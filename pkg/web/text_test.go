package web

import (
	"io/fs"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"selvhjelp/assets"
)

// TestTextsWithArgumentsReadAsTheLibraryReadsThem: every one, in every language,
// in singular and plural.
func TestTextsWithArgumentsReadAsTheLibraryReadsThem(t *testing.T) {
	all, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	for lang, texts := range all {
		library := localizer(t, lang)
		if len(texts.messages) < 50 {
			t.Errorf("%s: only %d texts take arguments", lang, len(texts.messages))
		}
		for _, id := range slices.Sorted(maps.Keys(texts.messages)) {
			for _, count := range []int{0, 1, 2, 21} {
				config := &i18n.LocalizeConfig{MessageID: id, TemplateData: example(texts.messages[id], count)}
				if texts.messages[id].one != nil {
					config.PluralCount = count
				}
				want, err := library.Localize(config)
				if got := texts.get(id, inTurn(config.TemplateData)...); err != nil || got != want {
					t.Errorf("%s in %s: %q, want %q, %v", id, lang, got, want, err)
				}
			}
		}
	}
}

// example has a value for every argument of a message.
func example(m message, count int) map[string]any {
	values := map[string]any{}
	for _, p := range []phrase{m.one, m.other} {
		for i := 1; i < len(p); i += 2 {
			values[p[i]] = []any{i, "søvn", 1.5}[i/2%3]
		}
	}
	values["Count"] = count
	return values
}

func inTurn(values any) (args []any) {
	for name, v := range values.(map[string]any) {
		args = append(args, name, v)
	}
	return args
}

func localizer(t *testing.T, lang string) *i18n.Localizer {
	t.Helper()
	bundle := i18n.NewBundle(language.MustParse(lang))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(assets.FS, "text/*."+lang+".toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(assets.FS, name); err != nil {
			t.Fatal(err)
		}
	}
	return i18n.NewLocalizer(bundle, lang)
}

func TestAnArgumentThatIsNotWrittenAsOthersIsAFault(t *testing.T) {
	for text, ok := range map[string]bool{
		"plain": true, "{{.Name}} and {{.Count}}.": true, "{{ .Name }}": false, "{{if .Name}}x{{end}}": false, "{{.Name": false,
	} {
		files := fstest.MapFS{}
		for _, lang := range assets.Languages {
			files["text/a."+lang+".toml"] = &fstest.MapFile{Data: []byte("[a]\nb = '" + text + "'\n")}
		}
		if _, err := loadTexts(files); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
