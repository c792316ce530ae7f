package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"selvhjelp/assets"
)

// definition is the part of a schema that describes a struct.
type definition struct {
	Type       string                     `json:"type"`
	Additional *bool                      `json:"additionalProperties"`
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
	Defs       map[string]definition      `json:"$defs"`
}

func readSchema(t *testing.T) definition {
	t.Helper()
	raw, err := assets.FS.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var d definition
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// described is what the schema should say of a type: a line to put there.
func described(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.String:
		return `{"type": "string"}`
	case reflect.Bool:
		return `{"type": "boolean"}`
	case reflect.Int, reflect.Int64:
		return `{"type": "integer"}`
	case reflect.Slice:
		return `{"type": "array", "items": ` + described(typ.Elem()) + `}`
	case reflect.Map:
		return `{"type": "object", "additionalProperties": ` + described(typ.Elem()) + `}`
	case reflect.Struct:
		return `{"$ref": "#/$defs/` + typ.Name() + `"}`
	}
	return "no description of " + typ.String()
}

// same reports whether a property says what it should; descriptions, formats and
// narrower values are its own.
func same(property json.RawMessage, want string) bool {
	var has, should map[string]any
	if json.Unmarshal(property, &has) != nil || json.Unmarshal([]byte(want), &should) != nil {
		return false
	}
	return covers(has, should)
}

func covers(has, should map[string]any) bool {
	if has["const"] != nil {
		return should["type"] == "string"
	}
	for key, value := range should {
		inner, nested := value.(map[string]any)
		if !nested && !reflect.DeepEqual(has[key], value) {
			return false
		}
		if own, ok := has[key].(map[string]any); nested && (!ok || !covers(own, inner)) {
			return false
		}
	}
	return true
}

// compare names what a definition lacks, or has too much, beside a struct, and
// goes on with the structs inside.
func compare(all map[string]definition, name string, d definition, typ reflect.Type, faults map[string]bool) {
	fault := func(format string, args ...any) { faults[name+": "+fmt.Sprintf(format, args...)] = true }
	if d.Type != "object" || d.Additional == nil || *d.Additional {
		fault(`wants "type": "object" and "additionalProperties": false`)
	}
	left := maps.Clone(d.Properties)
	for f := range typ.Fields() {
		id, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if want := described(f.Type); !same(d.Properties[id], want) {
			fault("wants %q: %s", id, want)
		}
		if optional := strings.Contains(options, "omit"); slices.Contains(d.Required, id) == optional {
			fault("required must have %q: %v", id, !optional)
		}
		delete(left, id)
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			compare(all, inner.Name(), all[inner.Name()], inner, faults)
		}
	}
	for id := range left {
		fault("has %q, which the export has not", id)
	}
}

// TestTheSchemaSaysWhatTheExportHas names every field that is new in the export
// and not in the schema, with the line that belongs there.
func TestTheSchemaSaysWhatTheExportHas(t *testing.T) {
	d := readSchema(t)
	faults := map[string]bool{}
	compare(d.Defs, "the export", d, reflect.TypeFor[Everything](), faults)
	for _, fault := range slices.Sorted(maps.Keys(faults)) {
		t.Errorf("assets/%s: %s", schemaFile, fault)
	}
}

func TestAFieldThatTheSchemaLacksIsNamed(t *testing.T) {
	type inner struct {
		Known string `json:"known"`
		New   []int  `json:"new,omitempty"`
	}
	type outer struct {
		List []inner `json:"list"`
	}
	closed := false
	known := map[string]json.RawMessage{"known": json.RawMessage(`{"type": "string", "format": "date"}`), "old": nil}
	d := definition{"object", &closed, []string{"list"}, map[string]json.RawMessage{"list": json.RawMessage(described(reflect.TypeFor[[]inner]()))}, nil}
	faults := map[string]bool{}
	compare(map[string]definition{"inner": {"object", &closed, []string{"known"}, known, nil}}, "outer", d, reflect.TypeFor[outer](), faults)
	want := []string{`inner: has "old", which the export has not`, `inner: wants "new": {"type": "array", "items": {"type": "integer"}}`}
	if got := slices.Sorted(maps.Keys(faults)); !slices.Equal(got, want) {
		t.Errorf("named %q", got)
	}
}

// TestTheSchemaIsOne: it keeps the rules of draft 2020-12.
func TestTheSchemaIsOne(t *testing.T) {
	raw, err := assets.FS.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if doc.(map[string]any)["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Error("it names another draft")
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("export.json", doc); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile("export.json"); err != nil {
		t.Error(err)
	}
}
