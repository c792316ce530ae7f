// Command benchmark measures selvhjelp against references in the same run and
// prints one row per goal: id, what, reference, ours, ratio, goal, met or not.
//
// It seeds data sets through the domain's own functions, starts the real binary
// with fsync on and everything sealed, and drives it with a keep-alive client
// of prebuilt requests that fails on any unexpected status; a side with one
// error prints no ratio. Sides take turns, and the median of the rounds' ratios
// counts, since absolute times on a shared machine swing. CPU is that of the
// measured process alone, so a goal that the client holds back on a small
// machine is decided by the server's CPU.
//
//	scripts/bench            the whole table
//	scripts/bench -quick     small data sets, one round
//	scripts/bench -only P1,P8
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// bench is one run.
type bench struct {
	ctx    context.Context
	dir    string // temporary
	binary string // of selvhjelp
	rounds int
	large  int // accounts of the large data set
	worlds map[string]*world
}

// goal is one measurement of the table.
type goal struct {
	id  string
	run func(*bench) ([]row, error)
}

var goals = []goal{
	{"P1", saveUnderLoad}, {"P4", saveAlone}, {"P5", saveGrowth}, {"P8", logins}, {"P9", startPage},
	{"P10", overviews}, {"P11", sweeps}, {"P12", coldStart}, {"P13", memory}, {"P14", atRest}, {"P17", sealing}, {"P18", purchases},
}

func main() {
	if len(os.Args) == 3 {
		if serve, ok := references[os.Args[1]]; ok { // this program is its own reference servers
			debug.SetGCPercent(500) // they let as much garbage gather as ours does
			exit(serve(os.Args[2]))
		}
	}
	quick := flag.Bool("quick", false, "small data sets, one round")
	only := flag.String("only", "", "ids of goals, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(measure(ctx, *quick, *only))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func measure(ctx context.Context, quick bool, only string) error {
	dir, err := os.MkdirTemp("", "selvhjelp-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("TMPDIR", dir); err != nil { // for the reference servers, which are stopped by a signal
		return err
	}
	b := &bench{ctx: ctx, dir: dir, binary: filepath.Join(dir, "selvhjelp"), rounds: 5, large: 100_000, worlds: map[string]*world{}}
	if quick {
		b.rounds, b.large = 1, 10_000
	}
	if err := build(ctx, b.binary); err != nil {
		return err
	}
	heading()
	var failed error
	for _, g := range goals {
		if only != "" && !slices.Contains(strings.Split(only, ","), g.id) {
			continue
		}
		rows, err := g.run(b)
		for _, r := range rows {
			r.print(g.id)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.id, err))
		}
	}
	return failed
}
