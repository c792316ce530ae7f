package instrument

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"selvhjelp/pkg/strict"

	"github.com/goccy/go-yaml/ast"
)

// older is the folder, below that of the tools, of the versions that have been
// replaced. Nobody begins in one of them.
const older = "older"

// Version returns a version of a tool: the one that is offered, or an older one
// that what was begun or recorded in it is read in.
func (c *Catalogue) Version(id, version string) (*Instrument, bool) {
	for _, list := range [][]*Instrument{c.list, c.older} {
		for _, in := range list {
			if in != nil && in.ID == id && in.Version == version {
				return in, true
			}
		}
	}
	return nil, false
}

// keep adds the older versions in a folder with content, which name stands for
// in faults. There need not be any.
func (c *Catalogue) keep(content fs.FS, name string, pack bool) {
	dir := path.Join(folderOfTools, older)
	names, err := list(content, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.faults = append(c.faults, fmt.Errorf("%s: %w", path.Join(name, dir), err))
	}
	for _, n := range names {
		file := path.Join(dir, n)
		r := reader{Reader: strict.Reader{File: path.Join(name, file)}, pack: pack, successors: c}
		in, err := r.load(content, file)
		c.older, c.faults = append(c.older, in), append(c.faults, err)
	}
}

// placed faults a tool that is not where its file says: one that is offered is
// named after its id, and an older version has another one that is offered.
func (r *reader) placed(in *Instrument, root ast.Node, file string) {
	name := strings.TrimSuffix(path.Base(file), ".yaml")
	switch {
	case r.successors != nil:
		r.succeeded(in, root)
	case in.ID != "" && in.ID != name:
		r.Fault(root, "id %.40q is not the name of the file; give both the same", in.ID)
	}
}

// succeeded faults an older version without a newer one, or one there is twice.
func (r *reader) succeeded(in *Instrument, root ast.Node) {
	current, offered := r.successors.Get(in.ID)
	_, twice := r.successors.Version(in.ID, in.Version)
	switch version := strict.Lookup(root, "version"); {
	case in.ID == "" || in.Version == "": // which is a fault already
	case !offered:
		r.Fault(strict.Lookup(root, "id"), "there is no tool %.40q that this is an older version of; add its file to %s, or take this one away", in.ID, folderOfTools)
	case current.Version == in.Version:
		r.Fault(version, "version %.40q of %.40q is the one that is offered; give the newer file another version, or take this one away", in.Version, in.ID)
	case twice:
		r.Fault(version, "version %.40q of %.40q stands twice; keep one of the files", in.Version, in.ID)
	}
}

// CountsAs reports whether every score of the tool means the same as the one in
// another version: the same items, turned the same way round and with options of
// the same values, times the same factor. Scores that do not are never compared.
func (in *Instrument) CountsAs(other *Instrument) bool {
	return in == other || slices.EqualFunc(in.Lines(), other.Lines(), func(a, b *Scale) bool {
		return a.ID == b.ID && a.Factor == b.Factor && a.HigherIsWorse == b.HigherIsWorse &&
			slices.EqualFunc(in.counted(a), other.counted(b), Item.countsAs)
	})
}

// counted are the items that count in a scale.
func (in *Instrument) counted(s *Scale) []Item {
	return slices.DeleteFunc(slices.Clone(in.Items), func(it Item) bool { return !s.has(it) })
}

func (it Item) countsAs(other Item) bool {
	return it.ID == other.ID && it.Reverse == other.Reverse && slices.EqualFunc(it.Options, other.Options,
		func(a, b Option) bool { return a.Value == b.Value && a.NA == b.NA })
}
