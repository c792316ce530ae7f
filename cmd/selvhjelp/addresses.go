package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"filippo.io/age"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/store"
)

// addressLog is the id of the operator's own chain of releases.
var addressLog = []byte("addresses")

// released is what a release hands from the server to its command.
type released struct {
	Bundle []byte `json:"bundle"`
	Slip   []byte `json:"slip"`
}

// addressesKeygen makes the identity of an officer, on the officer's own
// machine.
func addressesKeygen(_ context.Context, args []string, out, diag io.Writer) error {
	fs := flag.NewFlagSet("addresses keygen", flag.ContinueOnError)
	path := fs.String("out", "", "")
	if err := parse(fs, args, diag); err != nil {
		return err
	}
	if err := required(diag, map[string]string{"out": *path}); err != nil {
		return err
	}
	recipient, err := netaddr.NewOfficer(*path)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("-out: %s exists already; an identity is never replaced", *path)
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", recipient)
	return err
}

// addressesRelease hands out what is kept of a day: two files, for two officers.
func addressesRelease(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("addresses release", args, diag, []string{"day", "who", "why"}, []string{"out"})
	if err != nil {
		return err
	}
	base := filepath.Join(values["out"], "addresses-"+filepath.Base(values["day"]))
	bundle, slip, err := newFiles(base+".bundle", base+".slip")
	if err != nil {
		return fmt.Errorf("%w; nothing was released", err)
	}
	r, err := askRelease(ctx, c, values)
	if err != nil {
		return errors.Join(err, bundle.Close(), slip.Close(), os.Remove(bundle.Name()), os.Remove(slip.Name()))
	}
	_, err1 := bundle.Write(r.Bundle)
	_, err2 := slip.Write(r.Slip)
	if err := errors.Join(err1, err2, bundle.Close(), slip.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "wrote %s.bundle and %s.slip; the release stands in the log\nBoth officers open them together, offline: selvhjelp addresses open -identity A -identity B -slip %s.slip %s.bundle\n",
		base, base, base, base)
	return err
}

// newFiles makes the files of a release before anything is released, so that it
// does not stand in the log for nothing. None is replaced.
func newFiles(first, second string) (a, b *os.File, err error) {
	const how = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if a, err = os.OpenFile(first, how, 0o600); err != nil {
		return nil, nil, err
	}
	if b, err = os.OpenFile(second, how, 0o600); err != nil {
		return nil, nil, errors.Join(err, a.Close(), os.Remove(first))
	}
	return a, b, nil
}

func askRelease(ctx context.Context, c config.Config, values map[string]string) (r released, err error) {
	var answer bytes.Buffer
	if err := ask(ctx, c, "addresses release", values, &answer); err != nil {
		return r, err
	}
	if err := json.Unmarshal(answer.Bytes(), &r); err != nil {
		return r, errors.New("the server's answer does not decode; is it an older version?")
	}
	return r, nil
}

// checkRelease refuses what would stand in the log for nothing, or could pass
// for another line of it.
func checkRelease(r control.Request, today deadline.Day) (deadline.Day, error) {
	day, err := dayArg(r, "day", -1)
	if err == nil && (day < 0 || day > today || day <= today-netaddr.KeepDays) {
		err = fmt.Errorf("-day: no addresses are kept of that day; give one of the last %d days", netaddr.KeepDays)
	}
	faults := []error{err}
	for _, name := range []string{"who", "why"} {
		if text := r.Args[name]; strings.TrimSpace(text) == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) {
			faults = append(faults, fmt.Errorf("-%s: empty, or with line breaks or control characters; write it on one line", name))
		}
	}
	return day, errors.Join(faults...)
}

// unseen is a character that does not show, or changes how others do.
func unseen(r rune) bool { return !unicode.IsPrint(r) }

// releaseAddresses writes the release into the log and, once it stands there,
// reads what is kept of the day. An attempt that finds nothing stands there too.
func (in *installation) releaseAddresses(ctx context.Context, r control.Request) (string, error) {
	now := in.clock.now()
	day, err := checkRelease(r, deadline.DayOf(now))
	if err != nil {
		return "", err
	}
	slip := netaddr.Slip{Who: r.Args["who"] + " (" + r.Who + ")", Why: r.Args["why"], Released: netaddr.ReleasedAt(now)}
	entry := audit.Entry{Day: deadline.DayOf(now), Name: slip.Who, Role: "operator", What: audit.Addresses,
		Text: fmt.Sprintf("%s: addresses of %s: %s", slip.Released, day, slip.Why)}
	log := audit.For(in.ring, addressLog)
	var head audit.Head
	err = in.usage.Update(ctx, func(tx store.Tx) error {
		if err := log.Record(tx, entry); err != nil {
			return err
		}
		head, err = log.Head(tx)
		return err
	})
	if err != nil {
		return "", err
	}
	slip.Audit = head.String()
	bundle, slipFile, err := netaddr.Release(netaddr.Dir(in.config.Data.Dir), in.ring, day, slip)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(released{bundle, slipFile})
	return string(raw), err
}

// addressesLog prints who has had addresses released.
func addressesLog(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("addresses log", args, diag, nil, nil)
	if err != nil {
		return err
	}
	return ask(ctx, c, "addresses log", values, out)
}

// listReleases verifies the log and prints it, with its head for a checkpoint.
func (in *installation) listReleases(ctx context.Context) (string, error) {
	var out strings.Builder
	err := in.usage.View(ctx, func(r store.Reader) error {
		out.Reset()
		log := audit.For(in.ring, addressLog)
		if err := log.Verify(r); err != nil {
			return err
		}
		for e, err := range log.Entries(r, audit.Kept(in.clock.now())) {
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "%d  %q  %q\n", e.Number, e.Name, e.Text)
		}
		head, err := log.Head(r)
		fmt.Fprintf(&out, "head %s\n", head)
		return err
	})
	return out.String(), err
}

// addressesOpen prints the events of a bundle, on a machine of the officers.
func addressesOpen(_ context.Context, args []string, out, diag io.Writer) error {
	fs := flag.NewFlagSet("addresses open", flag.ContinueOnError)
	slip := fs.String("slip", "", "")
	var paths []string
	fs.Func("identity", "", func(path string) error { paths = append(paths, path); return nil })
	fs.SetOutput(diag)
	fs.Usage = func() {}
	if fs.Parse(args) != nil || fs.NArg() != 1 {
		return errUsage
	}
	if *slip == "" {
		return errors.New("-slip is missing; nothing opens without the slip of the release")
	}
	if len(paths) != 2 {
		return errors.New("-identity: give it twice; nothing opens for one officer alone")
	}
	var identities []*age.HybridIdentity
	for _, path := range paths {
		id, err := netaddr.ReadOfficer(path)
		if err != nil {
			return err
		}
		identities = append(identities, id)
	}
	bundle, err1 := os.ReadFile(fs.Arg(0))
	slipFile, err2 := os.ReadFile(*slip)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	said, events, err := netaddr.Open(bundle, slipFile, identities)
	if err != nil {
		return err
	}
	return printEvents(out, said, events)
}

func printEvents(out io.Writer, slip netaddr.Slip, events []netaddr.Event) error {
	fmt.Fprintf(out, "# released %s to %q, because: %q; log %s\n", slip.Released, slip.Who, slip.Why, slip.Audit)
	if slip.Damaged > 0 {
		fmt.Fprintf(out, "# %d segments of that day hold nothing readable\n", slip.Damaged)
	}
	for _, e := range events {
		if _, err := fmt.Fprintf(out, "%s %02dh UTC  %-16s  %s\n", e.Day, e.Hour, e.Kind, e.Address); err != nil {
			return err
		}
	}
	return nil
}

// expireAddresses removes segments that are too old, and counts them.
func (in *installation) expireAddresses(_ context.Context, now time.Time) (int, error) {
	return netaddr.Expire(netaddr.Dir(in.config.Data.Dir), now)
}
