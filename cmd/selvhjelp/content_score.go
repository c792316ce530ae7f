package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/instrument"
)

// maxAnswers is the most that is read of a set of answers, in bytes.
const maxAnswers = 64 << 10

// scored is what content score prints. What a tool or an incomplete set does
// not have is left out.
type scored struct {
	Score      *int                   `json:"score,omitempty"`
	Band       string                 `json:"band,omitempty"`
	Instrument string                 `json:"instrument"`
	Version    string                 `json:"version"`
	Complete   bool                   `json:"complete"`
	Missing    []string               `json:"missing,omitempty"`
	Scales     map[string]scoredScale `json:"scales,omitempty"`
	Risk       bool                   `json:"risk"`
}

type scoredScale struct {
	Score int    `json:"score"`
	Band  string `json:"band,omitempty"`
}

// contentScore scores the answers that it reads, {"q1":3,...}.
func contentScore(_ context.Context, args []string, out, diag io.Writer) error {
	id := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		id, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("content score", flag.ContinueOnError)
	content := contentFlags(flags)
	file := flags.String("config", "", "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	if id == "" {
		fmt.Fprintln(diag, "the id of a mapping tool is missing")
		return errUsage
	}
	in, err := findTool(id, content(), *file)
	if err != nil {
		return err
	}
	answers, err := readAnswers(os.Stdin, in)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(scoreOf(in, answers))
}

// findTool finds a tool among those of the product and those that content or, if
// it is named, a configuration adds.
func findTool(id string, content config.Content, file string) (*instrument.Instrument, error) {
	if file != "" {
		c, err := config.Load(file)
		if err != nil {
			return nil, err
		}
		content = c.Content
	}
	tools, err := loadTools(content)
	if err != nil {
		return nil, err
	}
	in, ok := tools.Get(id)
	if !ok {
		if _, err := fs.Stat(assets.FS, path.Join("instruments", "licensed", id+".yaml")); err == nil {
			return nil, fmt.Errorf("the licence of the mapping tool %q is not accepted; read its terms, and write -accept %[1]s", id)
		}
		return nil, fmt.Errorf("there is no mapping tool %.40q; write one of %s", id, strings.Join(ids(tools), ", "))
	}
	return in, nil
}

// readAnswers reads one object of whole numbers, each an answer that can be
// given. The faults of all of them are told at once.
func readAnswers(r io.Reader, in *instrument.Instrument) (map[string]int, error) {
	d := json.NewDecoder(io.LimitReader(r, maxAnswers))
	d.UseNumber()
	given, err := numbers(d)
	if err != nil {
		return nil, fmt.Errorf(`the answers are not JSON such as {"%s":1}, with whole numbers: %w`, in.Items[0].ID, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the answers, or they are too long; write one set")
	}
	answers := map[string]int{}
	var faults []error
	for _, g := range given {
		if _, twice := answers[g.item]; twice {
			faults = append(faults, fmt.Errorf("item %.40q stands twice; write it once", g.item))
		}
		answers[g.item] = g.value
		if err := in.Check(g.item, g.value); err != nil {
			faults = append(faults, fmt.Errorf("%w; write %s", err, answerable(in, g.item)))
		}
	}
	return answers, errors.Join(faults...)
}

// given is one answer as it was written.
type given struct {
	item  string
	value int
}

// numbers reads an object of whole numbers. What has no answer is left out of it,
// and not null.
func numbers(d *json.Decoder) (all []given, err error) {
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, cmp.Or(err, errors.New("no object"))
	}
	for d.More() {
		item, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := d.Token()
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(fmt.Sprint(value))
		if _, number := value.(json.Number); !number || err != nil {
			return nil, fmt.Errorf("%.40q is no whole number", fmt.Sprint(item))
		}
		all = append(all, given{fmt.Sprint(item), n})
	}
	_, err = d.Token() // the end of the object
	return all, err
}

// answerable are the values of an item; the items when there is none of that id.
func answerable(in *instrument.Instrument, id string) string {
	var list []string
	for _, item := range in.Items {
		if item.ID == id {
			for _, o := range item.Options {
				list = append(list, strconv.Itoa(o.Value))
			}
			return strings.Join(list, " or ")
		}
	}
	for _, item := range in.Items {
		list = append(list, item.ID)
	}
	return strings.Join(list, " or ")
}

func scoreOf(in *instrument.Instrument, answers map[string]int) scored {
	r := in.Score(answers)
	out := scored{Band: r.BandKey(), Instrument: in.ID, Version: in.Version, Complete: r.Complete, Missing: r.Missing, Risk: r.Risk}
	if r.Complete && in.Total != nil {
		out.Score = &r.Score
	}
	bands := r.ScaleBands()
	for id, score := range r.Scores() {
		if out.Scales == nil {
			out.Scales = map[string]scoredScale{}
		}
		out.Scales[id] = scoredScale{score, bands[id]}
	}
	return out
}
