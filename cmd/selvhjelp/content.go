package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/program"
)

// loadContent loads the mapping tools and the coping programmes, those of the
// operator's folder beside those that the program brings along, and reports the
// faults of all of them.
func loadContent(c config.Config) (*instrument.Catalogue, *program.Catalogue, error) {
	tools, err := loadTools(c.Content)
	if err != nil {
		return nil, nil, err
	}
	sources, close, err := contentSources(c.Content.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("content.dir: %w", err)
	}
	defer close()
	programs, err := program.Load(ids(tools), sources...)
	return tools, programs, err
}

// warnOfContent names what no person has checked yet.
func warnOfContent(tools *instrument.Catalogue, programs *program.Catalogue, diag io.Writer) {
	var wordings, unreviewed []string
	for _, in := range tools.All() {
		if slices.ContainsFunc(assets.Languages, in.Unverified) {
			wordings = append(wordings, in.ID)
		}
	}
	for _, p := range programs.All() {
		if p.Reviewer == "" {
			unreviewed = append(unreviewed, p.ID)
		}
	}
	if wordings != nil {
		fmt.Fprintf(diag, "warning: content: nobody has compared the wording of %s with its source in every language; have it done before a service relies on it\n", strings.Join(wordings, ", "))
	}
	if unreviewed != nil {
		fmt.Fprintf(diag, "warning: content: no clinician has reviewed %s, and the pages say so; copy the programme to content.dir and name the reviewer in program.yaml\n", strings.Join(unreviewed, ", "))
	}
}

// contentSources are where programmes come from: what the program brings along,
// and a folder unless its path is empty. Nothing outside the folder is read.
func contentSources(dir string) (sources []program.Source, close func(), err error) {
	sources = []program.Source{{FS: assets.FS, Dir: "programs"}}
	if dir == "" {
		return sources, func() {}, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; make the folder, and let the service read it", err)
	}
	return append(sources, program.Source{FS: root.FS(), Dir: "programs", Name: dir}), func() { _ = root.Close() }, nil
}

func ids(tools *instrument.Catalogue) (ids []string) {
	for _, in := range tools.All() {
		ids = append(ids, in.ID)
	}
	return ids
}

// contentFlags are those that name content: a folder, and the tools whose licence
// is accepted. What they say is read after they are parsed.
func contentFlags(flags *flag.FlagSet) func() config.Content {
	dir := flags.String("dir", "", "")
	accept := flags.String("accept", "", "")
	return func() config.Content {
		return config.Content{Dir: *dir, AcceptLicences: strings.Fields(*accept)}
	}
}

// knownTools are the ids of the mapping tools that can be loaded, those of the
// program alone when others have faults.
func knownTools(c config.Content) ([]string, error) {
	tools, faults := loadTools(c)
	if faults == nil {
		return ids(tools), nil
	}
	tools, err := loadTools(config.Content{})
	if err != nil {
		return nil, err
	}
	return ids(tools), faults
}

// contentReport is what content check prints as JSON.
type contentReport struct {
	Faults []program.Fault `json:"faults"` // of programmes
	Tools  []string        `json:"tools"`  // faults of mapping tools, each a line
	Levels []program.Level `json:"levels"`
}

// contentCheck names every fault of the content, and how hard it is to read.
func contentCheck(_ context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("content check", flag.ContinueOnError)
	content := contentFlags(flags)
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	report, err := checkFolder(content())
	if err != nil {
		return err
	}
	if err := report.print(out, *asJSON); err != nil {
		return err
	}
	switch n := len(report.Faults) + len(report.Tools); n {
	case 0:
		return nil
	case 1:
		return errors.New("1 fault")
	default:
		return fmt.Errorf("%d faults", n)
	}
}

// checkFolder checks what the program brings along, and a folder unless its
// path is empty.
func checkFolder(c config.Content) (contentReport, error) {
	r := contentReport{Faults: []program.Fault{}, Tools: []string{}, Levels: []program.Level{}}
	sources, close, err := contentSources(c.Dir)
	if err != nil {
		return r, err
	}
	defer close()
	if c.Dir != "" && !isDir(filepath.Join(c.Dir, "programs")) && !isDir(filepath.Join(c.Dir, "instruments")) {
		return r, fmt.Errorf("%s has neither programs nor instruments in it; name the folder that has", c.Dir)
	}
	tools, err := knownTools(c)
	if err != nil {
		r.Tools = strings.Split(err.Error(), "\n") // a line each
	}
	_, faults, levels := program.Check(tools, sources...)
	r.Faults, r.Levels = append(r.Faults, faults...), append(r.Levels, levels...)
	return r, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (r contentReport) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	for _, fault := range r.Tools {
		fmt.Fprintln(out, fault)
	}
	for _, fault := range r.Faults {
		fmt.Fprintln(out, fault.Error())
	}
	for _, l := range r.Levels {
		fmt.Fprintf(out, "%s, part %d, %s: %d words, LIX %d\n", l.Program, l.Part, l.Language, l.Words, l.LIX)
	}
	if len(r.Tools)+len(r.Faults) == 0 {
		fmt.Fprintln(out, "no faults")
	}
	return nil
}
