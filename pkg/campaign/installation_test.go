//go:build long

package campaign

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// settings are what an installation has beside the defaults.
type settings struct {
	data   string // its data folder; one of its own when empty
	server string // lines of the section [server]
	limits string // lines of the section [data]
}

// installation is a configuration, keys and data that a server runs on.
type installation struct {
	t      *testing.T
	dir    string
	data   string
	config string // its file
	url    string
	phq9   *instrument.Instrument
}

// install makes an installation that has a port to itself: its address is one
// of this machine that nothing else is likely to use.
func install(t *testing.T, with settings) *installation {
	t.Helper()
	in := &installation{t: t, dir: t.TempDir(), data: with.data}
	if in.data == "" {
		in.data = filepath.Join(in.dir, "data")
	}
	for _, d := range []string{in.data, in.path("keys"), in.path("run")} {
		check(t, os.MkdirAll(d, 0o700))
	}
	check(t, keyring.Create(in.path("keys/root.key"), in.path("keys/seal.keys"), time.Now()))
	catalogue, err := instrument.Load(assets.FS, "instruments")
	check(t, err)
	in.phq9, _ = catalogue.Get("phq9")
	in.configure(with)
	return in
}

func (in *installation) path(name string) string { return filepath.Join(in.dir, name) }

func (in *installation) configure(with settings) {
	in.t.Helper()
	host := fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(250), rand.IntN(250), 1+rand.IntN(250))
	l, err := net.Listen("tcp", host)
	check(in.t, err)
	check(in.t, l.Close())
	in.config, in.url = in.path("config.toml"), "http://"+l.Addr().String()
	text := fmt.Sprintf("[server]\nlisten = %q\nbase_url = %q\n%s\n[data]\ndir = %q\nruntime_dir = %q\n%s\n[keys]\nroot_key_file = %q\nseal_keys_file = %q\n",
		l.Addr(), in.url, with.server, in.data, in.path("run"), with.limits, in.path("keys/root.key"), in.path("keys/seal.keys"))
	check(in.t, os.WriteFile(in.config, []byte(text), 0o600))
}

// through opens the files of an installation that nobody serves.
func (in *installation) through(fn func(w *domaintest.World)) {
	in.t.Helper()
	ring, seal, err := keyring.Load(in.path("keys/root.key"), in.path("keys/seal.keys"))
	check(in.t, err)
	path := filepath.Join(in.data, "usage.db")
	db, err := bolt.Open(path, bolt.Options{NoSync: true})
	check(in.t, err)
	defer db.Close()
	fn(&domaintest.World{Store: sealed.New(db, seal), Inner: db, Path: path, Ring: ring, Seal: seal})
}

// clients makes accounts, each with the one who uses it.
func (in *installation) clients(n int) []*client {
	in.t.Helper()
	var out []*client
	in.through(func(w *domaintest.World) {
		for range n {
			c := in.client(accesscode.New())
			w.Update(in.t, func(tx store.Tx) error {
				a, _, err := account.Create(tx, w.Ring, account.Start{Code: c.code, Language: "en"}, time.Now())
				if err != nil {
					return err
				}
				return a.Save(tx)
			})
			out = append(out, c)
		}
	})
	return out
}
