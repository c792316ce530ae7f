package instrument

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"selvhjelp/pkg/strict"
)

// The folders of the content: of tools, and below it of those that are loaded
// only when the operator has accepted their licence (see also older).
const (
	folderOfTools = "instruments"
	licensed      = "licensed"
)

// Content is where tools come from.
type Content struct {
	// Assets has the tools that come with the product, in instruments, and
	// older versions of them in instruments/older.
	Assets fs.FS
	// Accepted are the ids of those whose licence the operator has accepted;
	// without it a file in instruments/licensed is not even opened.
	Accepted []string
	// Pack has the operator's own tools, in instruments, and older versions, of
	// the product's too, in instruments/older; nil is none. One whose licence
	// does not let everybody use it says who answers for the use.
	Pack fs.FS
	// Name is what Pack is called in faults, such as its path.
	Name string
}

// Load reads all of it, with the rules of the function Load. Ids are given once.
// The file of an older version may have any name: the id and the version in it
// say what it is. A tool of that id is offered in another version, and each
// version is there once.
func (c Content) Load() (*Catalogue, error) {
	out, err := Load(c.Assets, folderOfTools)
	if err != nil {
		out = &Catalogue{faults: []error{err}}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(c.Accepted))) {
		out.accept(c.Assets, id)
	}
	if c.Pack != nil {
		out.join(c.Pack, c.Name)
	}
	out.keep(c.Assets, "", false)
	if c.Pack != nil {
		out.keep(c.Pack, c.Name, true)
	}
	return out.whole()
}

// accept adds a tool whose licence is accepted.
func (c *Catalogue) accept(assets fs.FS, id string) {
	names, err := list(assets, path.Join(folderOfTools, licensed))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		c.faults = append(c.faults, err)
	case !slices.Contains(names, id+".yaml"):
		c.faults = append(c.faults, fmt.Errorf("content.accept_licences: no tool %.40q waits for its licence to be accepted; write %s",
			id, strings.ReplaceAll(strings.Join(names, " or "), ".yaml", "")))
	default:
		file := path.Join(folderOfTools, licensed, id+".yaml")
		c.add(assets, file, reader{Reader: strict.Reader{File: file}})
	}
}

// join adds an operator's tools. A folder without any is no fault: there may be
// other content in it.
func (c *Catalogue) join(pack fs.FS, name string) {
	names, err := list(pack, folderOfTools)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.faults = append(c.faults, fmt.Errorf("%s: %w", name, err))
	}
	for _, n := range names {
		file := path.Join(folderOfTools, n)
		if _, taken := c.Get(strings.TrimSuffix(n, ".yaml")); taken {
			c.faults = append(c.faults, fmt.Errorf("%s:1: the product has a tool of that id; give yours another", path.Join(name, file)))
			continue
		}
		c.add(pack, file, reader{Reader: strict.Reader{File: path.Join(name, file)}, pack: true})
	}
}
