package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/statistics"
	"selvhjelp/store"
)

const keepCountsEvery = time.Hour // a crash loses at most this

// counts are the counters of a running server; without one there are none.
type counts struct {
	mu       sync.Mutex // from taking until what was taken is kept
	counters *statistics.Counters
}

// keepCounts adds what has been counted to its days, and closes those that are
// over.
func (in *installation) keepCounts(ctx context.Context, now time.Time) error {
	in.counts.mu.Lock()
	defer in.counts.mu.Unlock()
	var days []statistics.Day
	var taken statistics.Taken
	if in.counts.counters != nil {
		taken = in.counts.counters.Take(now)
		days = in.counts.counters.Days(taken)
	}
	err := in.usage.Update(ctx, func(tx store.Tx) error { return statistics.Keep(tx, days, deadline.DayOf(now)) })
	if err == nil && in.counts.counters != nil {
		in.counts.counters.Kept(taken)
	}
	return err
}

// keepCounting keeps what has been counted at the start and every hour.
func (in *installation) keepCounting(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(keepCountsEvery)
	defer tick.Stop()
	for {
		if err := in.keepCounts(ctx, in.clock.now()); err != nil && ctx.Err() == nil {
			log.Error("statistics", "error", err.Error())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// keepLastCounts keeps what has been counted when the server stops. A store that
// has failed, or is full, keeps nothing more.
func (in *installation) keepLastCounts() error {
	if !in.works() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := in.keepCounts(ctx, in.clock.now()); !errors.Is(err, store.ErrFull) {
		return err
	}
	return nil
}

// statisticsShow asks for the statistics, beside the running server or without
// one.
func statisticsShow(ctx context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("statistics", flag.ContinueOnError)
	file, dir := flags.String("config", "", ""), flags.String("data", "", "")
	from, to := flags.String("from", "", ""), flags.String("to", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	c, err := configOf(*file, *dir, diag)
	if err != nil {
		return err
	}
	values := map[string]string{"from": *from, "to": *to}
	if *asJSON {
		values["json"] = "yes"
	}
	return ask(ctx, c, "statistics", values, out)
}

// showStatistics carries out the command statistics.
func (in *installation) showStatistics(ctx context.Context, r control.Request) (string, error) {
	now := in.clock.now()
	today := deadline.DayOf(now)
	from, err1 := dayArg(r, "from", 0)
	to, err2 := dayArg(r, "to", today)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	if err := in.keepCounts(ctx, now); err != nil {
		return "", err
	}
	var days []statistics.Day
	err := in.usage.View(ctx, func(r store.Reader) (err error) {
		days, err = statistics.Read(r, from, to, today)
		return err
	})
	if err != nil {
		return "", err
	}
	if r.Args["json"] != "" {
		return statisticsJSON(days)
	}
	return statisticsText(days)
}

// dayArg reads a day among the arguments, or returns what stands for none.
func dayArg(r control.Request, name string, none deadline.Day) (deadline.Day, error) {
	text := r.Args[name]
	if text == "" {
		return none, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || deadline.DayOf(day) < 0 {
		return 0, fmt.Errorf("-%s: give a day such as 2026-01-31", name)
	}
	return deadline.DayOf(day), nil
}

// statisticsDay is a day for a program.
type statisticsDay struct {
	Day    string            `json:"day"`
	Counts []statisticsCount `json:"counts"`
}

type statisticsCount struct {
	Route   string `json:"route"`
	Status  string `json:"status"` // 2xx
	System  string `json:"system"`
	Browser string `json:"browser"`
	Count   int    `json:"count"`
}

func statisticsJSON(days []statistics.Day) (string, error) {
	out := []statisticsDay{}
	for _, d := range days {
		day := statisticsDay{Day: d.Day.String(), Counts: []statisticsCount{}}
		for _, c := range d.Cells {
			day.Counts = append(day.Counts, statisticsCount{c.Route, statusClass(c), c.System, c.Browser, c.Count})
		}
		out = append(out, day)
	}
	raw, err := json.Marshal(out)
	return string(raw) + "\n", err
}

func statisticsText(days []statistics.Day) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, "Requests by day. What came fewer than %d times is under \"other\", or left out. Today is not shown before it is over.\n", statistics.Least)
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DAY\tREQUEST\tSTATUS\tSYSTEM\tBROWSER\tCOUNT")
	for _, d := range days {
		for _, c := range d.Cells {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\n", d.Day, c.Route, statusClass(c), c.System, c.Browser, c.Count)
		}
	}
	err := t.Flush()
	return out.String(), err
}

// statusClass writes a class of status as people do: 2xx.
func statusClass(c statistics.Cell) string { return fmt.Sprintf("%dxx", c.Class) }
