package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/keyring"
)

// demoMark is a file in the folder of every demo, written when it is complete.
const demoMark = "demo.txt"

// demoWorld is what a demo prints about itself.
type demoWorld struct {
	URL          string     `json:"url"`
	Codes        []demoCode `json:"codes,omitempty"`
	Professional *demoStaff `json:"professional,omitempty"`
	SuperUser    *demoStaff `json:"super_user,omitempty"`
	Staff        *demoStaff `json:"staff,omitempty"` // the operator's
}

type demoCode struct {
	Code      string `json:"code"`
	Reference string `json:"reference"`
	State     string `json:"state"` // new, sharing, apart, private, asked, ended
}

type demoStaff struct {
	Email      string `json:"email"`
	Password   string `json:"password"`
	TOTPSecret string `json:"totp_secret"`
}

// demo runs the service on this machine with made-up data.
func demo(ctx context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8080", "")
	dir := flags.String("data", "", "")
	day := flags.String("day", "", "")
	accept := flags.String("accept", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	if runs, err := tellDemo(ctx, *dir, *day, out); runs || err != nil {
		return err
	}
	l, err := listenLocal(*listen)
	if err != nil {
		return err
	}
	in, world, err := openDemo(ctx, *dir, "http://"+l.Addr().String(), strings.Fields(*accept)...)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if *day != "" {
		if err := in.clock.goTo(*day); err != nil {
			return errors.Join(err, l.Close(), in.close(), in.forget(*dir == ""))
		}
	}
	var printed error
	err = in.serve(ctx, l, true, diag, func() { printed = world.print(out, *asJSON) })
	return errors.Join(err, printed, in.close(), in.forget(*dir == ""))
}

// listenLocal opens a port of this machine. When it is taken, a free one is
// picked.
func listenLocal(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-listen: %w", err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, errors.New("-listen: this is for this machine alone; give an address such as 127.0.0.1:8080")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return l, nil
}

// openDemo opens the demo in dir, or makes one there; in a folder of its own
// when dir is empty. It has the tools besides whose licence is accepted.
func openDemo(ctx context.Context, dir, url string, accept ...string) (*installation, demoWorld, error) {
	world := demoWorld{URL: url}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "selvhjelp-demo-"); err != nil {
			return nil, world, err
		}
	}
	c := demoConfig(dir, url)
	c.Content.AcceptLicences = accept
	old, err := prepare(c, dir)
	if err != nil {
		return nil, world, err
	}
	clock := &clock{}
	fake, err := startProvider(&c, clock)
	if err != nil {
		return nil, world, err
	}
	in, err := openInstallation(c)
	if err != nil {
		return nil, world, errors.Join(err, fake.close())
	}
	in.fake, in.clock = fake, clock
	if !old {
		if world, err = in.seed(ctx, time.Now()); err != nil {
			return nil, world, errors.Join(err, in.close())
		}
		world.URL = url
		err = os.WriteFile(filepath.Join(dir, demoMark), []byte("everything in this folder is made up\n"), 0o600)
	}
	return in, world, err
}

// prepare makes folders and keys for a new demo. It reports whether the folder
// holds one already, and refuses a folder that holds something else.
func prepare(c config.Config, dir string) (old bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err == nil {
		return true, errors.Join(os.MkdirAll(c.Data.RuntimeDir, 0o700), prepareShop(c))
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if len(entries) > 0 {
		return false, fmt.Errorf("-data: %s holds something other than a demo; give an empty folder", dir)
	}
	for _, d := range []string{c.Data.Dir, c.Data.RuntimeDir, filepath.Dir(c.Keys.RootKeyFile)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return false, err
		}
	}
	return false, errors.Join(keyring.Create(c.Keys.RootKeyFile, c.Keys.SealKeysFile, time.Now()), prepareShop(c))
}

// demoConfig is the default configuration with everything in one folder.
func demoConfig(dir, url string) config.Config {
	c := config.Default()
	c.Server.BaseURL = url
	c.Data.Dir, c.Data.RuntimeDir = filepath.Join(dir, "data"), filepath.Join(dir, "run")
	c.Data.MaxBytes = 1 << 30
	c.Keys.RootKeyFile, c.Keys.SealKeysFile = filepath.Join(dir, "keys", "root.key"), filepath.Join(dir, "keys", "seal.keys")
	c.Service.StartWithoutService = true
	c.Operator = madeUpOperator
	c.Payment = demoShop(filepath.Join(dir, "keys"))
	return c
}

// forget removes the folder of a demo that nobody asked to keep.
func (in *installation) forget(gone bool) error {
	if !gone {
		return nil
	}
	return os.RemoveAll(filepath.Dir(in.config.Data.Dir))
}

// print says where the demo is and who can log in.
func (w demoWorld) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(w)
	}
	fmt.Fprintf(out, "The demo answers at %s (stop it with Ctrl-C)\n", w.URL)
	if w.Professional == nil {
		return nil
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nACCESS CODE\tREFERENCE\tSTATE")
	for _, c := range w.Codes {
		fmt.Fprintf(t, "%s\t%s\t%s\n", c.Code, c.Reference, c.State)
	}
	fmt.Fprintf(t, "\nPROFESSIONALS AND STAFF at %s/pro/login\tPASSWORD\tTOTP SECRET (for an authenticator app)\n", w.URL)
	for _, s := range []*demoStaff{w.Professional, w.SuperUser, w.Staff} {
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.Email, s.Password, s.TOTPSecret)
	}
	return t.Flush()
}
