package webtest

import (
	"path/filepath"
	"testing"
)

func TestPrintCountsTheSheets(t *testing.T) {
	s, file := site(t), filepath.Join(t.TempDir(), "paper.pdf")
	if n := visit(t, s+"/form").Print(file); n != 1 {
		t.Errorf("a short page takes %d sheets", n)
	}
	if n := visit(t, s+"/tall").Print(file); n < 4 || n > 12 {
		t.Errorf("two hundred lines take %d sheets", n)
	}
}
