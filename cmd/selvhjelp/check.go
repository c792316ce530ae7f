package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/web"
	"selvhjelp/store/bolt"
)

// check reports every fault of an installation. Beside a running server, which
// has locked the database, it leaves that to the server and says so.
func check(ctx context.Context, args []string, out, diag io.Writer) error {
	c, err := configured("check", args, diag)
	if err != nil {
		return err
	}
	warn(c, diag)
	for _, text := range readMachine(c.Data.Dir).warnings(c) {
		fmt.Fprintln(diag, "warning:", text)
	}
	_, callErr := control.Call(ctx, c.Data.Dir, control.Request{Command: "ping"})
	running := callErr == nil
	faults := []error{checkContent(c)}
	if running {
		_, _, err := keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
		_, mailErr := openMail(c.Mail)
		faults = append(faults, err, mailErr)
	} else {
		faults = append(faults, checkDatabase(c))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	fmt.Fprintln(out, "mail:", c.Mail)
	if running {
		_, err = fmt.Fprintln(out, "no faults; the database was left to the running server, which answers")
	} else {
		_, err = fmt.Fprintln(out, "no faults")
	}
	return err
}

// checkDatabase opens keys and database as serve would. A database that does
// not exist yet is not made by a check.
func checkDatabase(c config.Config) error {
	if _, err := os.Stat(databasePath(c)); errors.Is(err, os.ErrNotExist) {
		_, _, err := keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
		_, mailErr := openMail(c.Mail)
		err = errors.Join(err, mailErr)
		if _, dirErr := os.Stat(c.Data.Dir); dirErr != nil {
			err = errors.Join(err, fmt.Errorf("data folder: %w; make it, owned by the service and mode 700", dirErr))
		}
		return err
	}
	in, err := openInstallation(c)
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w; a process has it open that does not answer on %s", err, control.Path(c.Data.Dir))
	} else if err != nil {
		return err
	}
	return in.close()
}

// checkContent loads instruments, templates, texts and the list of changes of
// the privacy statement, which must fit the version in the configuration.
func checkContent(c config.Config) error {
	_, err := instrument.Load(assets.FS, "instruments")
	_, pages := web.New(web.Options{Config: c, Assets: assets.FS})
	return errors.Join(err, pages)
}
