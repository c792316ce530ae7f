package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// auditList lists the log of a business, or of the operator's own organisation.
func auditList(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("audit list", args, diag, []string{"business", "from"}, "json", "operator")
	if err != nil {
		return err
	}
	if (values["business"] == "") == (values["operator"] == "") {
		fmt.Fprintln(diag, "give -business NUMBER, or -operator for the log of your own staff; -business is missing, or both are there")
		return errUsage
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
	Text   string `json:"text,omitempty"` // the operator's command
}

// listAudit writes into the log that it is read, and reads it.
func (in *installation) listAudit(ctx context.Context, r control.Request) (string, error) {
	from, err := dayArg(r, "from", 0)
	if err != nil {
		return "", err
	}
	var b organization.Business
	err = in.usage.Update(ctx, func(tx store.Tx) (err error) {
		if b, err = listed(tx, r); err != nil {
			return err
		}
		tx.Essential()
		return in.noteCommand(tx, r, b)
	})
	if err != nil {
		return "", err
	}
	var lines []auditLine
	err = in.usage.View(ctx, func(rd store.Reader) (err error) {
		lines, err = auditLines(rd, audit.For(in.ring, b.ID[:]), max(from, audit.Kept(in.clock.now())))
		return err
	})
	if err != nil {
		return "", err
	}
	return answer(r, lines, auditText(lines), nil)
}

// listed is the organisation whose log is asked for.
func listed(r store.Reader, req control.Request) (organization.Business, error) {
	if req.Args["operator"] == "" {
		return businessOf(r, "business", req.Args["business"])
	}
	b, err := organization.Operator(r)
	if errors.Is(err, organization.ErrNotFound) {
		return b, errors.New("-operator: there is no staff yet; invite the first with \"selvhjelp staff add\"")
	}
	return b, err
}

func auditLines(r store.Reader, log audit.Log, from deadline.Day) ([]auditLine, error) {
	out := []auditLine{}
	for e, err := range log.Entries(r, from) {
		if err != nil {
			return nil, err
		}
		line := auditLine{Number: e.Number, Day: e.Day.String(), Name: e.Name, Role: e.Role, What: e.What, Count: e.Count, Text: e.Text}
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
	fmt.Fprintln(t, "NUMBER\tDAY\tNAME\tROLE\tWHAT\tCOUNT\tCOMMAND")
	for _, l := range lines {
		count := ""
		if l.Count > 0 {
			count = fmt.Sprint(l.Count)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Number, l.Day, cmp.Or(l.Name, "-"), cmp.Or(l.Role, "-"), cmp.Or(l.What, "-"), count, l.Text)
	}
	_ = t.Flush() // into memory
	return out.String()
}
