package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/mail"
	"strings"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

func staffAdd(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("staff add", args, diag, []string{"name", "email"}, nil)
	if err != nil {
		return err
	}
	return ask(ctx, c, "staff add", values, out)
}

// addStaff invites one of the operator's own staff, and makes the operator's
// organisation when there is none. Until somebody has founded its identity,
// whoever is invited becomes a super user.
func (in *installation) addStaff(ctx context.Context, r control.Request) (string, error) {
	name := strings.TrimSpace(r.Args["name"])
	address, err := mail.ParseAddress(r.Args["email"])
	if err != nil || name == "" {
		return "", errors.New("give -name, and with -email an e-mail address")
	}
	var made madeLink
	err = in.usage.Update(ctx, func(tx store.Tx) error {
		b, err := organization.FoundOperator(tx, cmp.Or(in.config.Operator.Name, in.config.Service.Name))
		if err != nil {
			return err
		}
		made, err = in.invite(tx, r, b, organization.Link{Business: b.ID, Super: b.Identity == 0, Name: name, Email: address.Address})
		return err
	})
	return in.handOver(ctx, made, err)
}
