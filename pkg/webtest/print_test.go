package webtest

import (
	"path/filepath"
	"testing"
)

func TestPrintCountsTheSheets(t *testing.T) {
	s := site(t)
	for path, want := range map[string]int{"/form": 1, "/tall": 2} {
		if n := visit(t, s+path).Print(filepath.Join(t.TempDir(), "paper.pdf")); n != want {
			t.Errorf("%s takes %d sheets", path, n)
		}
	}
}
