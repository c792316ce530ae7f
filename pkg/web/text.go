package web

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"selvhjelp/assets"
)

// texts are the messages of one language, by id.
type texts struct {
	lang     string
	fixed    map[string]string // empty for those that take arguments
	messages map[string]message
}

// message is one that takes arguments.
type message struct {
	one   phrase // where Count is 1; nil when it does not matter
	other phrase
}

// phrase is a text and the name of an argument in turn: it begins and ends with
// a text.
type phrase []string

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
	t := &texts{lang, map[string]string{}, map[string]message{}}
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
			if err := t.add(m); err != nil {
				faults = append(faults, fmt.Errorf("%s: %s: %w", name, m.ID, err))
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

// add keeps a message. Our languages have a singular and a plural and no more.
func (t *texts) add(m *i18n.Message) error {
	t.fixed[m.ID] = ""
	if m.One == "" && !strings.Contains(m.Other, "{{") {
		t.fixed[m.ID] = m.Other
		return nil
	}
	one, err := parsePhrase(m.One)
	other, err2 := parsePhrase(m.Other)
	if m.One == "" {
		one = nil
	}
	t.messages[m.ID] = message{one, other}
	return errors.Join(err, err2)
}

var argument = regexp.MustCompile(`{{\.(\w+)}}`)

// parsePhrase reads a text with arguments, each written as {{.Name}}.
func parsePhrase(s string) (phrase, error) {
	var p phrase
	end := 0
	for _, at := range argument.FindAllStringSubmatchIndex(s, -1) {
		p = append(p, s[end:at[0]], s[at[2]:at[3]])
		end = at[1]
	}
	if p = append(p, s[end:]); strings.Contains(argument.ReplaceAllString(s, ""), "{{") {
		return nil, errors.New("arguments are written as {{.Name}}")
	}
	return p, nil
}

// get returns a message. args are names and values in turn; a value named
// Count decides between singular and plural. That every message exists is
// tested, so one that does not is a fault of the program.
func (t *texts) get(id string, args ...any) string {
	if s := t.fixed[id]; s != "" {
		return s
	}
	m, ok := t.messages[id]
	if !ok {
		panic("there is no text " + id)
	}
	if m.one != nil && valueOf(args, "Count") == 1 {
		return m.one.with(args)
	}
	return m.other.with(args)
}

// with is the phrase with its arguments.
func (p phrase) with(args []any) string {
	out := make([]byte, 0, 128)
	for i, s := range p {
		if i%2 == 0 {
			out = append(out, s...)
			continue
		}
		switch v := valueOf(args, s).(type) {
		case string:
			out = append(out, v...)
		case int:
			out = strconv.AppendInt(out, int64(v), 10)
		default:
			out = append(out, fmt.Sprint(v)...) // fmt.Append would move out to the heap
		}
	}
	return string(out)
}

// valueOf is the value after a name; empty when it is not given.
func valueOf(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return ""
}
