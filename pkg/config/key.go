package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// What is said of keys and types in more than one place.
const (
	unknown        = "unknown key; correct its spelling or its table, or remove it"
	doubleBrackets = "a line [[%s]] in double brackets for each entry, its keys below it"
)

// arrays are the types of the arrays of tables, with their names.
var arrays = map[reflect.Type]string{
	reflect.TypeFor[[]Crisis]():  "crisis",
	reflect.TypeFor[[]Change]():  "policy.change",
	reflect.TypeFor[[]Product](): "payment.product",
}

// field returns the type of the key with these parts, and whether there is
// such a key. Other than the decoder it tells upper from lower case.
func field(parts []string) (t reflect.Type, known bool) {
	t = reflect.TypeFor[Config]()
	for _, part := range parts {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return nil, false
		}
		fields := reflect.VisibleFields(t)
		i := slices.IndexFunc(fields, func(f reflect.StructField) bool {
			tag, ok := f.Tag.Lookup("toml")
			return ok && tag == part
		})
		if i < 0 {
			return nil, false
		}
		t = fields[i].Type
	}
	return t, true
}

// wants says how a value of type t is written.
func wants(t reflect.Type) string {
	if name, ok := arrays[t]; ok {
		return fmt.Sprintf(doubleBrackets, name)
	}
	switch t {
	case reflect.TypeFor[Duration]():
		return `a duration in quotes, such as "15s"`
	case reflect.TypeFor[Size]():
		return `a size in quotes, such as "8GiB"`
	case reflect.TypeFor[Date]():
		return `a date in quotes, such as "2026-11-21"`
	case reflect.TypeFor[Text]():
		return `a text in quotes for each of .nb, .nn and .en`
	}
	switch t.Kind() {
	case reflect.String:
		return "text in quotes"
	case reflect.Int:
		return "a whole number without quotes"
	case reflect.Bool:
		return "true or false without quotes"
	case reflect.Slice:
		return `a list of texts in quotes, such as ["127.0.0.1"]`
	default:
		return "its name in brackets on a line of its own, its keys below it"
	}
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// word returns a part of a key for a reader. What is not a plain word is
// quoted and cut short, so that no file can garble a terminal or fill a log.
func word(part string) string {
	if bare.MatchString(part) {
		return part
	}
	return fmt.Sprintf("%.40q", part)
}

// show returns a key for a reader, entries of arrays with their number from 0.
func (d *draft) show(parts []string) string {
	const most = 5 // no key of ours has more than four
	path := ""
	for i, part := range parts[:min(len(parts), most)] {
		if i > 0 {
			path += "."
		}
		path += word(part)
		if n := d.counts[path]; n > 0 {
			path += fmt.Sprintf("[%d]", n-1)
		}
	}
	return path
}
