package render

import (
	"bytes"
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
)

// escaper writes a value into one kind of place.
type escaper struct {
	needless [256]bool          // bytes that the place takes as they are
	original *template.Template // has one such place, between before and after
	before   int
	after    int
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	risky   = "\x00\"&'+<>"

	// between tags html/template writes an HTML as it is.
	between = "_html_template_htmlescaper"
)

// escapers are the kinds of places, by the functions that html/template calls in
// them.
var escapers = map[string]*escaper{
	between:                        newEscaper("", "", allBut(risky)),
	"_html_template_rcdataescaper": newEscaper("<title>", "</title>", allBut(risky)),
	"_html_template_attrescaper":   newEscaper(`<p title="`, `">`, allBut(risky)),
	"_html_template_urlfilter _html_template_urlnormalizer _html_template_attrescaper": newEscaper(`<a href="`, `">`, only(letters+"-_./")),
	"_html_template_urlnormalizer _html_template_attrescaper":                          newEscaper(`<a href="/`, `">`, only(letters+"-_./")),
	"_html_template_urlescaper _html_template_attrescaper":                             newEscaper(`<a href="/?a=`, `">`, only(letters+"-_.")),
}

func newEscaper(before, after string, needless [256]bool) *escaper {
	t := template.Must(template.New("").Parse(before + "{{.}}" + after))
	return &escaper{needless, t, len(before), len(after)}
}

func only(these string) (set [256]bool) {
	for i := range len(these) {
		set[these[i]] = true
	}
	return set
}

func allBut(these string) (set [256]bool) {
	for i := range set {
		set[i] = !strings.Contains(these, string(byte(i))) || i >= 0x80
	}
	return set
}

// writer is the step that writes a value, escaped for a place.
func writer(place string, v expr) func(*frame) {
	e, eval, text := escapers[place], v.eval, v.text
	switch {
	case e == nil || v.typ == nil:
		failf("%s: no escaper for such a place, or no type", place)
	case place == between && v.typ == reflect.TypeFor[template.HTML]():
		return func(f *frame) { f.out = append(f.out, eval(f).String()...) }
	case !plain(v.typ):
		return func(f *frame) { f.out = e.appendAny(f.out, eval(f).Interface()) }
	case v.typ.Kind() != reflect.String:
		return func(f *frame) { f.out = strconv.AppendInt(f.out, eval(f).Int(), 10) }
	case text != nil:
		return func(f *frame) { f.out = e.appendText(f.out, text(f)) }
	}
	return func(f *frame) { f.out = e.appendText(f.out, eval(f).String()) }
}

// plain reports types whose values are written as they look: texts and numbers
// that have no form of their own and are not declared safe for some place.
func plain(t reflect.Type) bool {
	if t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[error]()) || t.PkgPath() == "html/template" {
		return false
	}
	return kindOf(t) == reflect.Int64 || t.Kind() == reflect.String
}

func (e *escaper) appendText(out []byte, s string) []byte {
	for i := range len(s) {
		if !e.needless[s[i]] {
			return e.appendAny(out, s)
		}
	}
	return append(out, s...)
}

// appendAny has html/template escape a value.
func (e *escaper) appendAny(out []byte, v any) []byte {
	var b bytes.Buffer
	if err := e.original.Execute(&b, v); err != nil {
		failf("%v", err)
	}
	return append(out, b.Bytes()[e.before:b.Len()-e.after]...)
}
