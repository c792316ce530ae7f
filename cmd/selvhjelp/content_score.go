package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

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
	file := flags.String("config", "", "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	if id == "" {
		fmt.Fprintln(diag, "the id of a mapping tool is missing")
		return errUsage
	}
	in, err := findTool(id, *file)
	if err != nil {
		return err
	}
	answers, err := readAnswers(os.Stdin, in)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(scoreOf(in, answers))
}

// findTool finds a tool among those of the product and, with a configuration,
// those that it adds.
func findTool(id, file string) (*instrument.Instrument, error) {
	c := config.Default()
	if file != "" {
		var err error
		if c, err = config.Load(file); err != nil {
			return nil, err
		}
	}
	tools, err := loadTools(c.Content)
	if err != nil {
		return nil, err
	}
	in, ok := tools.Get(id)
	if !ok {
		var ids []string
		for _, in := range tools.All() {
			ids = append(ids, in.ID)
		}
		return nil, fmt.Errorf("there is no mapping tool %.40q; write one of %s", id, strings.Join(ids, ", "))
	}
	return in, nil
}

// readAnswers reads one object of whole numbers, each an answer that can be
// given. The faults of all of them are told at once.
func readAnswers(r io.Reader, in *instrument.Instrument) (map[string]int, error) {
	var answers map[string]int
	d := json.NewDecoder(io.LimitReader(r, maxAnswers))
	if err := d.Decode(&answers); err != nil {
		return nil, fmt.Errorf(`the answers are not JSON such as {"%s":1}, with whole numbers: %w`, in.Items[0].ID, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the answers, or they are too long; write one set")
	}
	var faults []error
	for _, item := range slices.Sorted(maps.Keys(answers)) {
		faults = append(faults, in.Check(item, answers[item]))
	}
	return answers, errors.Join(faults...)
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
