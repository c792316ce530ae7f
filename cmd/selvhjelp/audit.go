package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/orgnumber"
	"selvhjelp/store"
)

// auditList lists a business's log.
func auditList(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("audit list", args, diag, []string{"business", "from"}, "json")
	if err != nil {
		return err
	}
	if err := required(diag, map[string]string{"business": values["business"]}); err != nil {
		return err
	}
	return ask(ctx, c, "audit list", values, out)
}

// auditLine is an entry without reference or grant.
type auditLine struct {
	Number int    `json:"number"`
	Day    string `json:"day"`
	Name   string `json:"name"` // empty when the professional is not known any more
	Role   string `json:"role"`
	What   string `json:"what"` // empty when the entry's time was over
	Count  int    `json:"count,omitempty"`
}

// listAudit writes into the log that it is read, and reads it.
func (in *installation) listAudit(ctx context.Context, r control.Request) (string, error) {
	var from deadline.Day
	if text := r.Args["from"]; text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return "", errors.New("-from: give a day such as 2026-01-31")
		}
		from = deadline.DayOf(day)
	}
	var b organization.Business
	err := in.usage.Update(ctx, func(tx store.Tx) error {
		list, err := businesses(tx, r.Args["business"])
		if err != nil {
			return err
		}
		b = list[0]
		tx.Essential()
		return audit.For(in.ring, b.ID[:]).Record(tx, audit.Entry{
			Day: deadline.DayOf(time.Now()), Name: r.Who, Role: "operator", What: audit.Operator})
	})
	if err != nil {
		return "", err
	}
	var lines []auditLine
	err = in.usage.View(ctx, func(rd store.Reader) (err error) {
		lines, err = auditLines(rd, audit.For(in.ring, b.ID[:]), from)
		return err
	})
	if err != nil {
		return "", err
	}
	return answer(r, lines, auditText(lines), nil)
}

func auditLines(r store.Reader, log audit.Log, from deadline.Day) ([]auditLine, error) {
	out := []auditLine{}
	for e, err := range log.Entries(r, from) {
		if err != nil {
			return nil, err
		}
		line := auditLine{Number: e.Number, Day: e.Day.String(), Name: e.Name, Role: e.Role, What: e.What, Count: e.Count}
		if len(e.Who) == len(organization.ID{}) {
			p, err := organization.ProfessionalByID(r, organization.ID(e.Who))
			if err != nil && !errors.Is(err, organization.ErrNotFound) {
				return nil, err
			}
			line.Name = p.Name
		}
		out = append(out, line)
	}
	return out, nil
}

func auditText(lines []auditLine) string {
	var out strings.Builder
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tDAY\tNAME\tROLE\tWHAT\tCOUNT")
	for _, l := range lines {
		count := ""
		if l.Count > 0 {
			count = fmt.Sprint(l.Count)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", l.Number, l.Day, cmp.Or(l.Name, "-"), cmp.Or(l.Role, "-"), cmp.Or(l.What, "-"), count)
	}
	_ = t.Flush() // into memory
	return out.String()
}

// businesses returns all of them, or the one that a number names.
func businesses(r store.Reader, number string) ([]organization.Business, error) {
	if number == "" {
		return organization.Businesses(r)
	}
	number, err := orgnumber.Check(number)
	if err != nil {
		return nil, fmt.Errorf("-business: %w", err)
	}
	b, err := businessByNumber(r, number)
	if err != nil {
		return nil, fmt.Errorf("-business: %w", err)
	}
	return []organization.Business{b}, nil
}
