package program

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"selvhjelp/pkg/strict"
)

// maxMedia is the largest picture or sound, in bytes.
const maxMedia = 8 << 20

// maxFiles is how many files a programme may have.
const maxFiles = 200

// Source is a folder with programmes: one folder each, named after its id.
type Source struct {
	FS  fs.FS
	Dir string
	// Name stands before the path of a file in a fault, such as the path of
	// the operator's folder; often empty.
	Name string
}

// Catalogue is a set of programmes. It is shared and must not be changed.
type Catalogue struct {
	list []*Program
}

// All returns the programmes by id.
func (c *Catalogue) All() []*Program { return slices.Clone(c.list) }

// Get returns the programme of that id.
func (c *Catalogue) Get(id string) (*Program, bool) {
	for _, p := range c.list {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}

// Load reads the programmes of all sources; a later one takes the place of an
// earlier one of the same id. A source whose folder is not there has none.
// Instruments are the ids of the mapping tools there are.
//
// A programme is program.yaml, and for part n the files n.nb.md, n.nn.md and
// n.en.md: YAML front matter, then pages of Markdown and fenced blocks of YAML.
// The YAML is a plain part of it: no anchors, aliases, merge keys, tags or
// second documents, no unknown or repeated field.
//
// The error joins every Fault of every file.
func Load(instruments []string, sources ...Source) (*Catalogue, error) {
	c, faults, _ := Check(instruments, sources...)
	if len(faults) == 0 {
		return c, nil
	}
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = f
	}
	return nil, errors.Join(errs...)
}

// Check reads as Load does, and returns the faults by file and line, and how
// hard the parts are to read. The catalogue is only to be used when there is no
// fault.
func Check(instruments []string, sources ...Source) (*Catalogue, []Fault, []Level) {
	read := map[string]*folder{}
	for _, s := range sources {
		for _, f := range folders(s, instruments) {
			read[f.p.ID] = f
		}
	}
	c, others := &Catalogue{}, map[string]*Program{}
	for _, id := range slices.Sorted(maps.Keys(read)) {
		c.list = append(c.list, read[id].p)
		others[id] = read[id].p
	}
	var faults []Fault
	var levels []Level
	for _, p := range c.list {
		f := read[p.ID]
		f.judge(others)
		faults = append(faults, f.faults()...)
		levels = append(levels, f.levels()...)
		f.merge(len(faults) == 0)
	}
	slices.SortStableFunc(faults, Fault.Compare)
	return c, faults, levels
}

// folder is one programme being read.
type folder struct {
	Source
	instruments []string

	p       *Program
	head    *reader
	parts   [][]Part    // by part, then by language
	readers [][]*reader // beside them
}

// folders reads the programmes of a source.
func folders(s Source, instruments []string) (all []*folder) {
	entries, err := fs.ReadDir(s.FS, s.Dir)
	if err != nil {
		return nil // no folder, no programmes
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		f := &folder{Source: Source{s.FS, path.Join(s.Dir, e.Name()), s.Name}, p: &Program{ID: e.Name()}, instruments: instruments}
		f.read()
		all = append(all, f)
	}
	return all
}

func (f *folder) reader(name, lang string) *reader {
	return &reader{Reader: strict.Reader{File: path.Join(f.Name, f.Dir, name)}, lang: lang, instruments: f.instruments}
}

// read reads program.yaml and the parts.
func (f *folder) read() {
	f.head = f.reader("program.yaml", "")
	data, err := strict.Contents(f.FS, path.Join(f.Dir, "program.yaml"), strict.MaxFile)
	if err != nil {
		f.head.At(1, "the file cannot be read; write it, and let the server read it")
	} else if f.head.Fits(data) {
		if root := f.head.Parse(string(data), 0); root != nil {
			f.head.head(f.p, root)
		}
	}
	for n := range f.count() {
		f.part(n + 1)
	}
}

// part reads a part in the three languages.
func (f *folder) part(number int) {
	parts, rs := make([]Part, len(languages)), make([]*reader, len(languages))
	for i, lang := range languages {
		name := strconv.Itoa(number) + "." + lang + ".md"
		rs[i] = f.reader(name, lang)
		data, err := strict.Contents(f.FS, path.Join(f.Dir, name), strict.MaxFile)
		if err != nil {
			rs[i].At(1, "the file cannot be read; write the part in this language, and let the server read it")
			parts[i] = Part{Number: number, line: 1, end: 1}
			continue
		}
		parts[i] = rs[i].readPart(number, data)
	}
	f.parts, f.readers = append(f.parts, parts), append(f.readers, rs)
	f.p.Parts = append(f.p.Parts, parts[0])
}

// count returns the highest number of a part, and faults files that belong to
// none.
func (f *folder) count() (highest int) {
	entries, err := fs.ReadDir(f.FS, f.Dir)
	if err != nil || len(entries) > maxFiles {
		f.head.At(1, "the folder cannot be read or has more than %d files; take away what is not of the programme", maxFiles)
		return 0
	}
	for _, e := range entries {
		number, lang, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".md"), ".")
		if n, ok := partNumber(number); ok && slices.Contains(languages, lang) && path.Ext(e.Name()) == ".md" {
			highest = max(highest, n)
		} else if ext := path.Ext(e.Name()); e.Name() != "program.yaml" && !slices.Contains(mediaTypes, ext) {
			f.reader(e.Name(), "").into(f.head, "the file belongs to no programme; name it like 1.nb.md or take it away")
		}
	}
	if highest == 0 {
		f.head.At(1, "the programme has no part; write 1.nb.md, 1.nn.md and 1.en.md")
	}
	return highest
}

// into notes a fault of a file that is not read among those of another.
func (r *reader) into(other *reader, text string) {
	other.Faults = append(other.Faults, Fault{File: r.File, Line: 1, Text: text})
}

// judge checks what has been read.
func (f *folder) judge(others map[string]*Program) {
	for i := range languages {
		var parts []Part
		var rs []*reader
		for n := range f.parts {
			parts, rs = append(parts, f.parts[n][i]), append(rs, f.readers[n][i])
		}
		check(f.p, parts, rs, others)
	}
	for n, parts := range f.parts {
		compare(parts, f.readers[n])
		f.media(parts, f.readers[n])
	}
}

// all yields the readers of every file.
func (f *folder) all() []*reader { return append([]*reader{f.head}, slices.Concat(f.readers...)...) }

func (f *folder) faults() (faults []Fault) {
	for _, r := range f.all() {
		faults = append(faults, r.Faults...)
	}
	return faults
}

func (f *folder) levels() (levels []Level) {
	for n, rs := range f.readers {
		for _, r := range rs {
			words, level := lix(r.said.String())
			levels = append(levels, Level{f.p.ID, n + 1, r.lang, words, level})
		}
	}
	return levels
}

// merge joins the languages, if they have no fault.
func (f *folder) merge(sound bool) {
	if !sound {
		return
	}
	for n, parts := range f.parts {
		for _, other := range parts[1:] {
			f.p.Parts[n].merge(other)
		}
	}
	f.p.gather()
}

// partNumber reads the number of a part.
func partNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= maxParts && strconv.Itoa(n) == s
}
