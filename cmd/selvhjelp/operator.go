package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/mail"
	"os"
	"os/user"
	"strings"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// operate carries out what a command wants, in the server or in the command
// itself.
func (in *installation) operate(ctx context.Context, r control.Request) (string, error) {
	switch r.Command {
	case "ping":
		return "", nil
	case "business add":
		return in.addBusiness(ctx, r)
	case "business close":
		return in.closeBusiness(ctx, r)
	case "business list":
		return in.listBusinesses(ctx)
	case "professional invite":
		return in.inviteProfessional(ctx, r)
	case "professional reset":
		return in.resetProfessional(ctx, r)
	case "addresses release":
		return in.releaseAddresses(ctx, r)
	case "addresses log":
		return in.listReleases(ctx)
	case "staff add":
		return in.addStaff(ctx, r)
	case "demo day":
		return in.goToDay(r)
	case "sweep":
		return in.sweepNow(ctx, r)
	case "keys list":
		return in.listKeys(ctx, r)
	case "audit list":
		return in.listAudit(ctx, r)
	case "audit verify":
		return in.verifyAudit(ctx, r)
	case "statistics":
		return in.showStatistics(ctx, r)
	case "issuer rotate", "issuer list", "issuer fingerprint", "voucher print":
		return in.operateShop(ctx, r)
	}
	return "", errors.New("the server does not know this command; is it an older version?")
}

// ask sends a command to the running server, or carries it out here when there
// is none.
func ask(ctx context.Context, c config.Config, command string, args map[string]string, out io.Writer) error {
	who := "uid " + fmt.Sprint(os.Getuid())
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	r := control.Request{Command: command, Args: args, Who: who}
	text, err := askOnce(ctx, c, r)
	for try := 0; try < startTries && errors.Is(err, bolt.ErrLocked) && ctx.Err() == nil; try++ {
		text, err = askOnce(ctx, c, r) // opening a locked database takes a second
	}
	_, printed := io.WriteString(out, text)
	return errors.Join(err, printed)
}

// startTries is how often a command asks again while a server has the database
// but does not answer: it is starting, or coming to its end.
const startTries = 10

func askOnce(ctx context.Context, c config.Config, r control.Request) (string, error) {
	text, err := control.Call(ctx, c.Data.Dir, r)
	if errors.Is(err, control.ErrNoServer) {
		return askHere(ctx, c, r)
	}
	return text, err
}

// readsOnly reports whether a command only looks, so that it makes no database.
func readsOnly(r control.Request) bool {
	switch r.Command {
	case "keys list", "audit list", "audit verify", "statistics", "business list", "addresses log", "issuer list", "issuer fingerprint":
		return true
	}
	return r.Command == "sweep" && r.Args["dry-run"] != ""
}

func askHere(ctx context.Context, c config.Config, r control.Request) (string, error) {
	if readsOnly(r) && noDatabase(c) {
		_, seal, err := keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
		if err == nil {
			err = lost(c, seal, time.Now())
		}
		return "", cmp.Or(err, fmt.Errorf("%s is not there: nothing has been stored yet", databasePath(c)))
	}
	in, err := openInstallation(c)
	if err != nil {
		return "", err
	}
	text, err := control.Outcome(in.operate(ctx, r))
	return text, errors.Join(err, in.close())
}

// flags reads -config and the given flags.
func flags(name string, args []string, diag io.Writer, needed, optional []string, switches ...string) (config.Config, map[string]string, error) {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	texts := map[string]*string{}
	for _, f := range append(append([]string{"config"}, needed...), optional...) {
		texts[f] = fs.String(f, "", "")
	}
	bools := map[string]*bool{}
	for _, f := range switches {
		bools[f] = fs.Bool(f, false, "")
	}
	if err := parse(fs, args, diag); err != nil {
		return config.Config{}, nil, err
	}
	values, must := map[string]string{}, map[string]string{"config": *texts["config"]}
	for f, v := range texts {
		values[f] = *v
	}
	for f, v := range bools {
		values[f] = map[bool]string{true: "yes"}[*v]
	}
	for _, f := range needed {
		must[f] = values[f]
	}
	if err := required(diag, must); err != nil {
		return config.Config{}, nil, err
	}
	c, err := config.Load(values["config"])
	delete(values, "config")
	return c, values, err
}

func businessAdd(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("business add", args, diag, []string{"name", "number", "contact", "email"}, nil)
	if err != nil {
		return err
	}
	return ask(ctx, c, "business add", values, out)
}

func businessList(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("business list", args, diag, nil)
	if err != nil {
		return err
	}
	return ask(ctx, c, "business list", values, out)
}

func professionalInvite(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("professional invite", args, diag, []string{"business", "email"}, []string{"name"}, "super")
	if err != nil {
		return err
	}
	return ask(ctx, c, "professional invite", values, out)
}

func professionalReset(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := flags("professional reset", args, diag, []string{"email"}, nil)
	if err != nil {
		return err
	}
	return ask(ctx, c, "professional reset", values, out)
}

// addBusiness stores a business and invites its contact as first super user.
func (in *installation) addBusiness(ctx context.Context, r control.Request) (string, error) {
	number, err := checkNumber("number", r.Args["number"])
	if err != nil {
		return "", err
	}
	address, err := mail.ParseAddress(r.Args["email"])
	if err != nil {
		return "", errors.New("-email: not an e-mail address")
	}
	var made madeLink
	err = in.usage.Update(ctx, func(tx store.Tx) error {
		if _, err := businessByNumber(tx, number); !errors.Is(err, errNoBusiness) {
			return cmp.Or(err, errors.New("-number: a business with this organisation number exists"))
		}
		b := organization.Business{Name: strings.TrimSpace(r.Args["name"]), Number: number,
			Contacts: []organization.Contact{{Name: r.Args["contact"], Email: address.Address}}}
		var err error
		if b.ID, err = organization.Create(tx, b); err != nil {
			return err
		}
		made, err = in.invite(tx, r, b, organization.Link{Business: b.ID, Super: true, Name: r.Args["contact"], Email: address.Address})
		return err
	})
	return in.handOver(ctx, made, err)
}

func (in *installation) inviteProfessional(ctx context.Context, r control.Request) (string, error) {
	address, err := mail.ParseAddress(r.Args["email"])
	if err != nil {
		return "", errors.New("-email: not an e-mail address")
	}
	var made madeLink
	err = in.usage.Update(ctx, func(tx store.Tx) error {
		b, err := businessOf(tx, "business", r.Args["business"])
		if err != nil {
			return err
		}
		made, err = in.invite(tx, r, b, organization.Link{Business: b.ID, Super: r.Args["super"] != "", Name: r.Args["name"], Email: address.Address})
		return err
	})
	return in.handOver(ctx, made, err)
}

// resetProfessional makes a reset link for the only super user of a business,
// who then needs the recovery key. Everybody else is reset by a colleague.
func (in *installation) resetProfessional(ctx context.Context, r control.Request) (string, error) {
	var made madeLink
	err := in.usage.Update(ctx, func(tx store.Tx) error {
		p, err := organization.ProfessionalByEmail(tx, in.ring, r.Args["email"])
		if errors.Is(err, organization.ErrNotFound) {
			return errors.New("-email: no professional has this e-mail address")
		} else if err != nil {
			return err
		}
		if err := organization.OperatorReset(tx, in.ring, p.ID); errors.Is(err, organization.ErrForbidden) {
			return errors.New("only the only super user of a business is reset by the operator; a super user there can reset this colleague")
		} else if err != nil {
			return err
		}
		b, err := organization.BusinessByID(tx, p.Business)
		if err != nil {
			return err
		}
		made, err = in.invite(tx, r, b, organization.Link{Business: p.Business, Professional: p.ID, Email: p.Email, Name: p.Name, Super: p.Super})
		return err
	})
	return in.handOver(ctx, made, err)
}
