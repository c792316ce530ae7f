package instrument

import (
	"github.com/goccy/go-yaml/ast"

	"selvhjelp/pkg/strict"
)

// maxNumber is the largest number a file may hold.
const maxNumber = 1000

// reader reads one file.
type reader struct {
	strict.Reader
	pack       bool       // the operator's own, not ours
	successors *Catalogue // of an older version: what is offered; nil for a tool that is
	languages  []string   // of the published wording
	named      map[string]Band
}

// root is the file's, nil after a fault.
func (r *reader) root(data []byte) ast.Node {
	if !r.Fits(data) {
		return nil
	}
	return r.Parse(string(data), 0)
}
