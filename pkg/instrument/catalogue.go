package instrument

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"selvhjelp/pkg/strict"
)

// first are the tools listed before all others, in this order.
var first = []string{"phq9", "gad7"}

// Catalogue is a set of tools. It is shared and must not be changed.
type Catalogue struct {
	list   []*Instrument // those that are offered
	older  []*Instrument
	faults []error
}

// Load reads every *.yaml file in dir, one tool each, named after its id.
//
// The files are a plain part of YAML: no anchors, aliases, merge keys, tags or
// second documents, no unknown or repeated field, at most 256 KiB. Each needs
// nb and en of every text (or the languages of published_in, where the wording
// is published in no other), nn of every text that is our own, and a licence.
//
// The error joins every fault of every file, each as "file:line: what is
// wrong; what to do".
func Load(fsys fs.FS, dir string) (*Catalogue, error) {
	names, err := list(fsys, dir)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no mapping tool here; add a .yaml file", dir)
	}
	c := &Catalogue{}
	for _, name := range names {
		c.add(fsys, path.Join(dir, name), reader{Reader: strict.Reader{File: path.Join(dir, name)}})
	}
	return c.whole()
}

// list returns the names of the files with tools in a folder.
func list(fsys fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	var names []string
	for _, e := range entries {
		if path.Ext(e.Name()) == ".yaml" {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// add reads one file with r.
func (c *Catalogue) add(fsys fs.FS, file string, r reader) {
	in, err := r.load(fsys, file)
	c.list, c.faults = append(c.list, in), append(c.faults, err)
}

// whole sorts the tools, or returns every fault.
func (c *Catalogue) whole() (*Catalogue, error) {
	if err := errors.Join(c.faults...); err != nil {
		return nil, err
	}
	slices.SortFunc(c.list, compare)
	return c, nil
}

// All returns the tools that are offered: PHQ-9, GAD-7, then the others by id.
func (c *Catalogue) All() []*Instrument {
	return slices.Clone(c.list)
}

// Get returns the tool of that id, as it is offered.
func (c *Catalogue) Get(id string) (*Instrument, bool) {
	for _, in := range c.list {
		if in != nil && in.ID == id {
			return in, true
		}
	}
	return nil, false
}

func compare(a, b *Instrument) int {
	return cmp.Or(cmp.Compare(rank(a.ID), rank(b.ID)), cmp.Compare(a.ID, b.ID))
}

func rank(id string) int {
	if i := slices.Index(first, id); i >= 0 {
		return i
	}
	return len(first)
}

// load reads one file.
func (r *reader) load(fsys fs.FS, file string) (*Instrument, error) {
	data, err := strict.Contents(fsys, file, strict.MaxFile)
	if err != nil {
		r.At(1, "the file cannot be read; write a file, and let the server read it")
		return nil, r.Err()
	}
	r.languages = []string{"nb", "en"}
	in := &Instrument{}
	if root := r.root(data); root != nil {
		r.instrument(in, root)
		r.placed(in, root, file)
	}
	return in, r.Err()
}
