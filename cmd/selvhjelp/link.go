package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"selvhjelp/assets"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/web"
	"selvhjelp/store"
)

// madeLink is an invitation or a reset that has been stored.
type madeLink struct {
	organization.Link
	business, token string
}

// noteCommand writes an operator's command into the log of a business.
func (in *installation) noteCommand(tx store.Tx, r control.Request, b organization.Business) error {
	return audit.For(in.ring, b.ID[:]).Record(tx, audit.Entry{
		Day: deadline.DayOf(in.clock.now()), Name: r.Who, Role: "operator", What: audit.Operator, Text: r.Command})
}

// invite makes a link and writes the operator's act into the business's log.
func (in *installation) invite(tx store.Tx, r control.Request, b organization.Business, l organization.Link) (madeLink, error) {
	if err := in.noteCommand(tx, r, b); err != nil {
		return madeLink{}, err
	}
	token, err := organization.Invite(tx, in.ring, l, in.clock.now())
	return madeLink{l, b.Name, token}, err
}

// handOver sends a link to whom it is for, and says so. Where there is no mail
// server, or it refuses, the link is the answer. failed is why there is no link.
func (in *installation) handOver(ctx context.Context, l madeLink, failed error) (string, error) {
	if failed != nil {
		return "", failed
	}
	address := in.config.Server.BaseURL + "/pro/link/" + l.token
	shown := address + "\nThe link can be used once, within 72 hours. Hand it over yourself; it is shown only here.\n"
	if in.mail == nil {
		return shown, nil
	}
	letters, err := web.LoadLetters(assets.FS, in.config.Service.Name)
	if err == nil {
		err = in.mail.Send(ctx, letters.Link(in.config.Service.DefaultLanguage, l.Link, l.business, address))
	}
	if err != nil {
		return fmt.Sprintf("%s\n%s", strings.TrimPrefix(err.Error(), "mail: "), shown), nil
	}
	return "sent to the e-mail address; the link can be used once, within 72 hours\n", nil
}

// openMail prepares the way to the mail server, if one is configured. Nothing
// is sent.
func openMail(c config.Mail) (*mail.Sender, error) {
	if c.Host == "" {
		return nil, nil
	}
	o := mail.Options{Host: c.Host, Port: c.Port, TLS: c.TLS, From: c.From, Username: c.Username}
	if c.PasswordFile != "" {
		raw, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("mail.password_file: %w", err)
		}
		if o.Password = string(bytes.TrimSpace(raw)); o.Password == "" {
			return nil, errors.New("mail.password_file: the file is empty; write the password on its first line")
		}
	}
	return mail.New(o)
}
