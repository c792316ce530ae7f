package domaintest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// Golden compares the plaintext of a record with testdata/name.golden. Records
// of that form rest in databases: a form that has changed needs a new version,
// not a new file.
func Golden(t testing.TB, name string, plain []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
	if err != nil || !bytes.Equal(plain, bytes.TrimSuffix(want, []byte("\n"))) {
		t.Errorf("the format of %s is frozen:\n got %q\nwant %q", name, plain, want)
	}
}

// Finds is the control of a property: it fails the test unless rapid finds the
// fault that was planted in prop.
func Finds(t testing.TB, prop func(*rapid.T)) {
	t.Helper()
	defer set(t, "rapid.nofailfile", "true")()
	defer set(t, "rapid.shrinktime", "0s")()
	r := &verdict{TB: t}
	rapid.Check(r, prop)
	if !r.failed {
		t.Error("the planted fault was not found")
	}
}

// set changes one of rapid's flags and returns what puts it back.
func set(t testing.TB, name, value string) (restore func()) {
	t.Helper()
	before := flag.Lookup(name).Value.String()
	must(t, flag.Set(name, value))
	return func() { must(t, flag.Set(name, before)) }
}

// verdict hears whether a property failed and keeps it from the test.
type verdict struct {
	testing.TB
	failed bool
}

func (v *verdict) Logf(string, ...any)   {}
func (v *verdict) Log(...any)            {}
func (v *verdict) Errorf(string, ...any) { v.failed = true }
func (v *verdict) Error(...any)          { v.failed = true }
func (v *verdict) Fatalf(string, ...any) { v.failed = true }
func (v *verdict) Fatal(...any)          { v.failed = true }
func (v *verdict) Fail()                 { v.failed = true }
func (v *verdict) FailNow()              { v.failed = true }
func (v *verdict) Failed() bool          { return v.failed }
