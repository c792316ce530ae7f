package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
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
	for _, text := range readMachine(c).warnings(c) {
		fmt.Fprintln(diag, "warning:", text)
	}
	content := checkContent(c, diag)
	ends, certificateErr := checkCertificate(c, time.Now())
	if ends != "" {
		fmt.Fprintln(diag, "warning:", ends)
	}
	_, callErr := control.Call(ctx, c.Data.Dir, control.Request{Command: "ping"})
	running := callErr == nil
	faults := []error{content, checkRuntimeDir(c), certificateErr}
	if !running && !errors.Is(callErr, control.ErrNoServer) {
		faults = append(faults, callErr)
	}
	if running {
		_, _, err := keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
		_, mailErr := openMail(c.Mail)
		faults = append(faults, err, mailErr, checkShop(c))
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
	if noDatabase(c) {
		_, seal, err := keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
		if err == nil {
			err = lost(c, seal, time.Now())
		}
		_, mailErr := openMail(c.Mail)
		err = errors.Join(err, mailErr, checkShop(c))
		if _, dirErr := os.Stat(c.Data.Dir); dirErr != nil {
			err = errors.Join(err, fmt.Errorf("data folder: %w; make it, owned by the service and mode 700", dirErr))
		}
		return err
	}
	in, err := openInstallation(c)
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w; it does not answer on %s", err, control.Path(c.Data.Dir))
	} else if err != nil {
		return err
	}
	return in.close()
}

// checkContent loads instruments, programmes, templates, texts and the list of changes of
// the privacy statement, which must fit the version in the configuration. It warns of
// what no person has checked.
func checkContent(c config.Config, diag io.Writer) error {
	tools, programs, err := loadContent(c)
	if err == nil {
		warnOfContent(tools, programs, diag)
	}
	_, pages := web.New(web.Options{Config: c, Assets: assets.FS})
	return errors.Join(err, pages)
}

// checkRuntimeDir asks for the folder in memory, which is not made here: a folder
// made in its place could lie on a disk.
func checkRuntimeDir(c config.Config) error {
	dir := c.Data.RuntimeDir
	const mend = "make it in memory (tmpfs; RuntimeDirectory= of systemd does), owned by the service and mode 700"
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("data.runtime_dir: %w; %s", err, mend)
	case !info.IsDir():
		return fmt.Errorf("data.runtime_dir: %s is not a folder; %s", dir, mend)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("data.runtime_dir: others than its owner may enter %s; run chmod 700 on it", dir)
	}
	return nil
}

// certificate loads the certificate and its key; nil where none is configured.
func certificate(c config.Config) (*tls.Certificate, error) {
	if c.Server.TLSCertificateFile == "" {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(c.Server.TLSCertificateFile, c.Server.TLSKeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w; give a certificate and the key that belongs to it, both as PEM", err)
	}
	return &cert, nil
}

// checkCertificate loads them as serve would, and warns when the certificate
// ends within two weeks.
func checkCertificate(c config.Config, now time.Time) (warning string, err error) {
	cert, err := certificate(c)
	if err != nil || cert == nil {
		return "", err
	}
	if ends := cert.Leaf.NotAfter; ends.Before(now.AddDate(0, 0, 14)) {
		return fmt.Sprintf("server.tls_certificate_file: the certificate ends or has ended on %s; renew it and start the server anew", ends.UTC().Format(time.DateOnly)), nil
	}
	return "", nil
}
