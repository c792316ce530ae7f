package webtest

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Violation is one accessibility rule that the page breaks.
type Violation struct {
	ID      string   // the rule of axe-core, as "color-contrast"
	Impact  string   // minor, moderate, serious or critical
	Targets []string // CSS selectors of the elements
	Help    string   // the rule in a sentence
}

// axeRun gives the violations in the shape of Violation. The tags are WCAG
// 2.0, 2.1 and 2.2 at the levels A and AA.
const axeRun = `axe.run(document, {
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
	resultTypes: ["violations"],
}).then(result => result.violations.map(v => ({
	ID: v.id, Impact: v.impact, Help: v.help, Targets: v.nodes.map(n => n.target.flat().join(" ")),
})))`

var axeSource = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(root, "scripts/browser/node_modules/axe-core/axe.min.js"))
	return string(source), err
})

// Axe returns what axe-core finds wrong with the page as it now stands. It reaches pages with any Content-Security-Policy, and with
// their own scripts off.
func (p *Page) Axe(t testing.TB) []Violation {
	t.Helper()
	source, err := axeSource()
	if err != nil {
		t.Fatalf("webtest: no axe-core here, scripts/test installs it: %v", err)
	}
	p.allowScripts(true) // axe-core needs promises; what did not run before still does not
	defer p.allowScripts(p.scripts)
	var found []Violation
	var here bool
	if p.Eval(`typeof axe === "object"`, &here); !here {
		p.Eval(source+";undefined", nil)
	}
	p.Eval(axeRun, &found)
	return found
}

// moduleRoot is the nearest folder upwards that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in any folder above")
		}
		dir = parent
	}
}
