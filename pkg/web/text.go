package web

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"selvhjelp/assets"
)

// texts are the messages of one language. Messages that take no arguments are
// looked up once, at start.
type texts struct {
	lang      string
	localizer *i18n.Localizer
	fixed     map[string]string // by id; empty for those that take arguments
}

// loadTexts reads text/<area>.<lang>.toml of every language. A message that is
// missing in one language is an error, all of them at once.
func loadTexts(fsys fs.FS) (map[string]*texts, error) {
	out := map[string]*texts{}
	ids := map[string]bool{}
	var faults []error
	for _, lang := range assets.Languages {
		t, err := loadLanguage(fsys, lang)
		faults = append(faults, err)
		out[lang] = t
		for id := range t.fixed {
			ids[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		for lang, t := range out {
			if !t.has(id) {
				faults = append(faults, fmt.Errorf("text/*.%s.toml: %s is missing; add it", lang, id))
			}
		}
	}
	return out, errors.Join(faults...)
}

func loadLanguage(fsys fs.FS, lang string) (*texts, error) {
	bundle := i18n.NewBundle(language.MustParse(lang))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	t := &texts{lang, i18n.NewLocalizer(bundle, lang), map[string]string{}}
	names, err := fs.Glob(fsys, "text/*."+lang+".toml")
	faults := []error{err}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		file, err := bundle.ParseMessageFileBytes(raw, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, m := range file.Messages {
			if t.has(m.ID) {
				faults = append(faults, fmt.Errorf("%s: %s stands twice; remove one", name, m.ID))
			}
			t.fixed[m.ID] = ""
			if m.One == "" && !strings.Contains(m.Other, "{{") {
				t.fixed[m.ID] = m.Other
			}
		}
	}
	return t, errors.Join(faults...)
}

// has reports whether there is a message.
func (t *texts) has(id string) bool {
	_, ok := t.fixed[id]
	return ok
}

// get returns a message. args are names and values in turn; a value named
// Count decides between singular and plural. That every message exists is
// tested, so one that does not is a fault of the program.
func (t *texts) get(id string, args ...any) string {
	if s := t.fixed[id]; s != "" {
		return s
	}
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[args[i].(string)] = args[i+1]
	}
	s, err := t.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: data["Count"]})
	if err != nil {
		panic(fmt.Sprintf("text %s: %v", id, err))
	}
	return s
}
