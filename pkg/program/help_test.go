package program

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

var tools = []string{"phq9", "gad7"}

// calm returns the files of a programme without a fault, by their names.
func calm(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	dir := os.DirFS("testdata/programs/calm")
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// source holds files as the programme calm.
func source(files map[string]string) Source {
	m := fstest.MapFS{"programs/README.md": {Data: []byte("not a programme")}}
	for name, text := range files {
		m["programs/calm/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Source{FS: m, Dir: "programs"}
}

// loaded returns the programme calm.
func loaded(t testing.TB) *Program {
	t.Helper()
	c, err := Load(tools, source(calm(t)))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := c.Get("calm")
	if !ok {
		t.Fatal("no programme")
	}
	return p
}

// faultsOf returns the faults of the programme with one file changed.
func faultsOf(t testing.TB, name string, change func(string) string) []Fault {
	t.Helper()
	files := calm(t)
	changed := change(files[name])
	if changed == files[name] {
		t.Fatalf("%s did not change", name)
	}
	files[name] = changed
	_, faults, _ := Check(tools, source(files))
	return faults
}

// in replaces a piece of a text once.
func in(old, replacement string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, replacement, 1) }
}
