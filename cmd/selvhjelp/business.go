package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"selvhjelp/pkg/closing"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/orgnumber"
	"selvhjelp/store"
)

// What the operator is told before and after.
const (
	closingMeans = "With -confirm all sharing ends now, and professionals, grants and the content of the log are deleted. " +
		"It cannot be undone. Accounts and codes stay with their users"
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
	number, err := orgnumber.Check(r.Args["number"])
	if err != nil {
		return "", fmt.Errorf("-number: %w", err)
	}
	var b organization.Business
	var has closing.Counts
	err = in.usage.View(ctx, func(r store.Reader) error {
		var err error
		if b, err = businessByNumber(r, number); err != nil {
			return fmt.Errorf("-number: %w", err)
		}
		has, err = closing.Count(r, in.ring, b.ID, time.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	counts := fmt.Sprintf("%s: %d professionals, %d grants in force, %d codes that are not used yet", b.Name, has.Professionals, has.Grants, has.Unused)
	if r.Args["confirm"] == "" {
		return "", fmt.Errorf("nothing was done\n%s\n%s", counts, closingMeans)
	}
	if err := in.finishClosing(ctx, b.ID, r.Who); err != nil {
		return "", fmt.Errorf("%w; the business is shut out if it is listed as closed: run the command again to go on", err)
	}
	return counts + "\nclosed\n" + closingDone, nil
}

func (in *installation) finishClosing(ctx context.Context, id organization.ID, who string) error {
	err := in.usage.Update(ctx, func(tx store.Tx) error { return closing.Begin(tx, in.ring, id, who, time.Now()) })
	for more := true; more && err == nil; {
		err = in.usage.Update(ctx, func(tx store.Tx) (err error) {
			more, err = closing.Step(tx, in.ring, id)
			return err
		})
	}
	return err
}
