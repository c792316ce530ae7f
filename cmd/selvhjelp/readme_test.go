package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const readmeLines = 150 // more nobody reads

var (
	namedTest = regexp.MustCompile("`(Test[A-Za-z0-9]+)(?:/([a-z_]+))?`")
	aTest     = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
)

// TestEveryPromiseNamesTestsThatThereAre: the table of promises is worth what
// its tests are.
func TestEveryPromiseNamesTestsThatThereAre(t *testing.T) {
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(raw)
	tests, scripts := testsOfTheTree(t)
	rows := map[string]bool{}
	for line := range strings.Lines(readme) {
		if rows[line] && strings.HasPrefix(line, "| ") {
			t.Errorf("stands twice: %s", line)
		}
		rows[line] = true
		for _, m := range namedTest.FindAllStringSubmatch(line, -1) {
			if !tests[m[1]] || m[2] != "" && !scripts[m[2]] {
				t.Errorf("there is no %s", m[0])
			}
		}
	}
	if n := strings.Count(readme, "\n"); n > readmeLines {
		t.Errorf("%d lines", n)
	}
}

// testsOfTheTree are the names of all test functions and of all scripts.
func testsOfTheTree(t *testing.T) (tests, scripts map[string]bool) {
	t.Helper()
	tests, scripts = map[string]bool{}, map[string]bool{}
	for _, root := range []string{"../../cmd", "../../pkg", "../../store"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if name, ok := strings.CutSuffix(filepath.Base(path), ".txtar"); ok {
				scripts[name] = true
			}
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range aTest.FindAllSubmatch(source, -1) {
				tests[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return tests, scripts
}
