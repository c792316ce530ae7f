package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/orgnumber"
	"selvhjelp/store"
)

// What the operator is told before and after.
const (
	closingMeans = "With -confirm all sharing ends now, and professionals, grants and the content of the log are deleted. " +
		"It cannot be undone. Accounts and codes stay with their users.\n"
	closingDone = "What was deleted is out of reach when the database has been compacted and the backups have run out: after 28 days at most.\n"
)

var errNoBusiness = errors.New("there is no business with this organisation number; see \"selvhjelp business list\"")

func businessClose(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("business close", args, diag, []string{"number"}, nil, "confirm")
	if err != nil {
		return err
	}
	return ask(ctx, c, "business close", values, out)
}

// businessByNumber finds a business, or returns errNoBusiness.
func businessByNumber(r store.Reader, number string) (organization.Business, error) {
	list, err := organization.Businesses(r)
	if err != nil {
		return organization.Business{}, err
	}
	for _, b := range list {
		if b.Number == number {
			return b, nil
		}
	}
	return organization.Business{}, errNoBusiness
}

// businessOf finds the business that a flag names.
func businessOf(r store.Reader, flag, text string) (organization.Business, error) {
	number, err := checkNumber(flag, text)
	if err != nil {
		return organization.Business{}, err
	}
	b, err := businessByNumber(r, number)
	if err != nil {
		return b, fmt.Errorf("-%s: %w", flag, err)
	}
	return b, nil
}

// checkNumber reads the organisation number that a flag gives.
func checkNumber(flag, text string) (string, error) {
	number, err := orgnumber.Check(text)
	switch {
	case errors.Is(err, orgnumber.ErrFormat):
		return "", fmt.Errorf("-%s: not an organisation number; give its nine digits", flag)
	case err != nil:
		return "", fmt.Errorf("-%s: a digit of the organisation number is wrong; compare it with the register", flag)
	}
	return number, nil
}

// listBusinesses prints number and name of each. One that is closed has kept
// its name and the day.
func (in *installation) listBusinesses(ctx context.Context) (string, error) {
	var out strings.Builder
	err := in.usage.View(ctx, func(r store.Reader) error {
		list, err := organization.Businesses(r)
		out.Reset()
		for _, b := range list {
			fmt.Fprintf(&out, "%-9s  %s", b.Number, b.Name)
			if b.Closed > 0 {
				fmt.Fprintf(&out, "  (closed on %s)", b.Closed)
			}
			out.WriteByte('\n')
		}
		return err
	})
	return out.String(), err
}

// closeBusiness ends a business's use of the service. It can be run again when
// it was interrupted; the next sweep would finish it too.
func (in *installation) closeBusiness(ctx context.Context, r control.Request) (string, error) {
	var b organization.Business
	var has closing.Counts
	err := in.usage.View(ctx, func(rd store.Reader) (err error) {
		if b, err = businessOf(rd, "number", r.Args["number"]); err != nil {
			return err
		}
		has, err = closing.Count(rd, in.ring, b.ID, in.clock.now())
		return err
	})
	if err != nil {
		return "", err
	}
	counts := fmt.Sprintf("%s: %d professionals, %d grants in force, %d codes that are not used yet", b.Name, has.Professionals, has.Grants, has.Unused)
	if r.Args["confirm"] == "" {
		return fmt.Sprintf("nothing was done\n%s\n%s", counts, closingMeans), nil
	}
	if err := in.finishClosing(ctx, b.ID, r.Who); err != nil {
		return "", fmt.Errorf("%w; the business is shut out if it is listed as closed: run the command again to go on", err)
	}
	return counts + "\nclosed\n" + closingDone, nil
}

func (in *installation) finishClosing(ctx context.Context, id organization.ID, who string) error {
	err := in.usage.Update(ctx, func(tx store.Tx) error { return closing.Begin(tx, in.ring, id, who, in.clock.now()) })
	for more := true; more && err == nil; {
		err = in.usage.Update(ctx, func(tx store.Tx) (err error) {
			more, err = closing.Step(tx, in.ring, id)
			return err
		})
	}
	return err
}
