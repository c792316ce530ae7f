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

// sweep takes the whole night, or what is due alone, beside the running server
// or without one.
func sweep(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("sweep", args, diag, []string{"day", "only"}, "dry-run", "confirm", "json")
	if err != nil {
		return err
	}
	return ask(ctx, c, "sweep", values, out)
}

// eitherFlags reads -config or -data, and the given flags.
func eitherFlags(name string, args []string, diag io.Writer, texts []string, switches ...string) (config.Config, map[string]string, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	file, dir := flags.String("config", "", ""), flags.String("data", "", "")
	values := map[string]string{}
	for _, f := range texts {
		flags.Func(f, "", func(text string) error { values[f] = text; return nil })
	}
	for _, f := range switches {
		flags.BoolFunc(f, "", func(string) error { values[f] = "yes"; return nil })
	}
	if err := parse(flags, args, diag); err != nil {
		return config.Config{}, nil, err
	}
	c, err := configOf(*file, *dir, diag)
	return c, values, err
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

// sweepNow carries out the command sweep. What was done is told beside what
// failed.
func (in *installation) sweepNow(ctx context.Context, r control.Request) (string, error) {
	now, err := in.sweepDay(r.Args["day"])
	if err != nil {
		return "", err
	}
	if only := r.Args["only"]; only != "" && only != "due" {
		return "", errors.New("-only: there is nothing but \"due\"")
	}
	report, err := in.sweepAt(ctx, r, now)
	return answer(r, report, sweepText(report, err), err)
}

func (in *installation) sweepAt(ctx context.Context, r control.Request, now time.Time) (report retention.Report, err error) {
	if r.Args["dry-run"] != "" {
		return in.night.Preview(ctx, now)
	}
	wrong, fault := "", error(nil)
	if r.Args["day"] == "" { // the clock alone can show that the last day was wrong
		wrong, fault = in.night.Clock(ctx, now)
	}
	if confirm := r.Args["confirm"] != ""; r.Args["only"] == "due" {
		report, err = in.night.Sweep(ctx, now, confirm)
	} else {
		report, err = in.night.Run(ctx, now, confirm)
	}
	report.Wrong = wrong
	return report, errors.Join(fault, err)
}

// sweepDay is the day that a sweep is for, today unless it is given. A day to
// come is for demos alone.
func (in *installation) sweepDay(text string) (time.Time, error) {
	now := in.clock.now()
	if text == "" {
		return now, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || deadline.DayOf(day) < 0 {
		return now, errors.New("-day: give a day such as 2026-01-31")
	}
	if deadline.DayOf(day) > deadline.DayOf(now) && !in.isDemo() {
		return now, errors.New("-day: a day to come is for demos alone")
	}
	return day, nil
}

// answer is a text for people, or with -json a value as one line for scripts,
// and the error that either comes with.
func answer(r control.Request, v any, text string, err error) (string, error) {
	if r.Args["json"] != "" {
		raw, faulty := json.Marshal(v)
		if faulty != nil {
			return "", faulty
		}
		text = string(raw) + "\n"
	}
	if err != nil {
		return "", &control.Incomplete{Output: text, Err: err}
	}
	return text, nil
}

// sweepWords say what was done.
var sweepWords = map[deadline.Kind]string{
	deadline.SharingEnds: "grants ended after 26 weeks",
	deadline.Retirement:  "accounts retired after five years",
	deadline.Deletion:    "accounts deleted in the week their user asked for",
	deadline.CodeLapses:  "issued codes lapsed",
	deadline.LinkLapses:  "invitations and resets lapsed",
	deadline.NameLapses:  "names of professionals who left deleted",
	deadline.Closing:     "closed businesses deleted",
	deadline.Erasure:     "deleted accounts erased to the last record",
	deadline.RequestGoes: "messages to the operator deleted",
}

// Steps of a night that the command adds to those of package retention.
const (
	addressSegments = "addresses"
	tokenKeys       = "token keys"
	purchases       = "purchases"
)

// alsoWords say what went without a deadline of its own.
var alsoWords = map[string]string{
	retention.AuditEntries: "entries of audit logs deleted after two years",
	retention.Counts:       "days of counts of requests deleted",
	addressSegments:        "files of sealed addresses deleted after 14 days",
	tokenKeys:              "keys that sign what is bought destroyed",
	purchases:              "marks of redeemed tokens deleted with their keys",
}

func sweepText(report retention.Report, err error) string {
	var out strings.Builder
	if report.Wrong != "" {
		fmt.Fprintf(&out, "the last sweep was for %s, which is still to come: the clock of today is believed instead\n", report.Wrong)
	}
	switch {
	case errors.Is(err, retention.ErrClock):
		fmt.Fprintf(&out, "is it %s? what is due was left alone\n", report.Day)
	case len(report.Done)+len(report.Also) == 0:
		fmt.Fprintf(&out, "due on %s or before:\nnothing was due\n", report.Day)
	default:
		fmt.Fprintf(&out, "due on %s or before:\n", report.Day)
	}
	for _, kind := range slices.Sorted(maps.Keys(report.Done)) {
		fmt.Fprintf(&out, "%6d  %s\n", report.Done[kind], sweepWords[kind])
	}
	for _, name := range slices.Sorted(maps.Keys(report.Also)) {
		fmt.Fprintf(&out, "%6d  %s\n", report.Also[name], alsoWords[name])
	}
	if report.Unreadable > 0 {
		fmt.Fprintf(&out, "%6d  deadlines that cannot be read, skipped\n", report.Unreadable)
	}
	if report.Night != nil {
		nightText(&out, report.Night)
	}
	return out.String()
}

// nightText adds what a night has done beside the sweep.
func nightText(out io.Writer, n *retention.Steps) {
	if n.Rolled {
		fmt.Fprintln(out, "a new seal epoch was made")
	}
	if n.Compacted {
		fmt.Fprintf(out, "the database was written anew, without what was deleted:\n%6d  records\n%6d  of them sealed under a newer epoch\n", n.Records, n.Resealed)
	}
	if n.Shut > 0 {
		fmt.Fprintf(out, "%6d  of them do not open and were left as they are\n", n.Shut)
	}
	for _, epoch := range n.Destroyed {
		fmt.Fprintf(out, "the key of epoch %d was destroyed\n", epoch)
	}
	if n.Sessions != nil {
		fmt.Fprintf(out, "the key of the sessions was changed:\n%6d  live on\n%6d  had ended\n", n.Sessions.Kept, n.Sessions.Ended)
	}
}

// jobs takes every night, makes up for a missed one at the start, and logs
// counts alone.
func (in *installation) jobs(ctx context.Context, log *slog.Logger) {
	retention.Run(ctx, in.night, in.clock.now, func(r retention.Report, err error) {
		if err != nil {
			log.Error("night", "error", err.Error())
		}
		if r.Wrong != "" {
			log.Warn("the last night was of a day to come; the clock of today is believed instead", "day", r.Wrong)
		}
		for _, kind := range slices.Sorted(maps.Keys(r.Done)) {
			log.Info("sweep", "kind", string(kind), "count", r.Done[kind])
		}
		for _, name := range slices.Sorted(maps.Keys(r.Also)) {
			log.Info("sweep", "kind", name, "count", r.Also[name])
		}
		if n := r.Night; n != nil {
			log.Info("night", "rolled", n.Rolled, "compacted", n.Compacted, "records", n.Records,
				"resealed", n.Resealed, "shut", n.Shut, "destroyed", len(n.Destroyed))
		}
	})
}
