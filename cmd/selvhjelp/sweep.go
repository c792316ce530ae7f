package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/retention"
)

// sweep does what is due, beside the running server or without one.
func sweep(ctx context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("sweep", flag.ContinueOnError)
	file, dir := flags.String("config", "", ""), flags.String("data", "", "")
	day := flags.String("day", "", "")
	dry, confirm, asJSON := flags.Bool("dry-run", false, ""), flags.Bool("confirm", false, ""), flags.Bool("json", false, "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	c, err := configOf(*file, *dir, diag)
	if err != nil {
		return err
	}
	values := map[string]string{"day": *day}
	for name, on := range map[string]bool{"dry-run": *dry, "confirm": *confirm, "json": *asJSON} {
		if on {
			values[name] = "yes"
		}
	}
	return ask(ctx, c, "sweep", values, out)
}

// configOf is the configuration of a file, or that of the demo in a folder.
func configOf(file, dir string, diag io.Writer) (config.Config, error) {
	switch {
	case file != "" && dir == "":
		return config.Load(file)
	case dir != "" && file == "":
		return demoConfig(dir, "http://127.0.0.1"), nil
	}
	fmt.Fprintln(diag, "give -config FILE, or -data DIR for a demo")
	return config.Config{}, errUsage
}

// sweepNow carries out the command sweep. A day to come is for demos alone.
func (in *installation) sweepNow(ctx context.Context, r control.Request) (string, error) {
	now := time.Now()
	if text := r.Args["day"]; text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || deadline.DayOf(day) < 0 {
			return "", errors.New("-day: give a day such as 2026-01-31")
		}
		if deadline.DayOf(day) > deadline.DayOf(now) && !in.isDemo() {
			return "", errors.New("-day: a day to come is for demos alone")
		}
		now = day
	}
	s := retention.Sweeper{Store: in.usage, Ring: in.ring}
	var report retention.Report
	var err error
	if r.Args["dry-run"] != "" {
		report, err = s.Preview(ctx, now)
	} else {
		report, err = s.Sweep(ctx, now, r.Args["confirm"] != "")
	}
	if err != nil {
		return "", err
	}
	if r.Args["json"] != "" {
		raw, err := json.Marshal(report)
		return string(raw) + "\n", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "due on %s or before:\n", report.Day)
	for _, kind := range slices.Sorted(maps.Keys(report.Done)) {
		fmt.Fprintf(&out, "%6d  %s\n", report.Done[kind], sweepWords[kind])
	}
	return out.String(), nil
}

// sweepWords say what was done.
var sweepWords = map[deadline.Kind]string{
	deadline.SharingEnds: "grants ended after 26 weeks",
	deadline.Retirement:  "accounts retired after five years",
	deadline.CodeLapses:  "issued codes lapsed",
	deadline.LinkLapses:  "invitations and resets lapsed",
	deadline.NameLapses:  "names of professionals who left deleted",
	deadline.Erasure:     "deleted accounts erased to the last record",
}

// jobs sweeps at the start and every night, and logs counts alone.
func (in *installation) jobs(ctx context.Context, log *slog.Logger) {
	retention.Run(ctx, retention.Sweeper{Store: in.usage, Ring: in.ring}, time.Now, func(r retention.Report, err error) {
		if err != nil {
			log.Error("sweep", "error", err.Error())
		}
		for _, kind := range slices.Sorted(maps.Keys(r.Done)) {
			log.Info("sweep", "kind", string(kind), "count", r.Done[kind])
		}
	})
}
