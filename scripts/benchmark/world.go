package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// perUpdate is how many accounts are seeded in one transaction.
const perUpdate = 500

// keptCodes is how many codes of a world are kept to log in with: so many that nobody
// saves twice in a second, which no person does.
const keptCodes = 8192

// world is a data folder with keys, accounts and businesses.
type world struct {
	dir       string
	ring      *keyring.Ring
	seal      *keyring.Seal
	db        *bolt.DB // nil while a server has it
	usage     store.Store
	now       time.Time
	codes     []accesscode.Code
	retired   accesscode.Code
	deleted   accesscode.Code
	employees map[int]employee // by the number of codes of their business
	sells     string           // part of the configuration, where something is sold
}

// size is what a world is made of.
type size struct {
	accounts   int
	due        int   // of them, how many are due to be retired
	businesses []int // codes of each
}

// world seeds one of a name, once in a run.
func (b *bench) world(name string, z size) (*world, error) {
	if w := b.worlds[name]; w != nil {
		return w, nil
	}
	w, err := newWorld(filepath.Join(b.dir, name))
	if err == nil {
		err = errors.Join(w.seed(b.ctx, z), w.close())
	}
	b.worlds[name] = w
	return w, err
}

func newWorld(dir string) (*world, error) {
	w := &world{dir: dir, now: time.Now(), employees: map[int]employee{}}
	for _, d := range []string{"data", "run", "keys"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	root, seal := filepath.Join(dir, "keys", "root.key"), filepath.Join(dir, "keys", "seal.keys")
	err := keyring.Create(root, seal, w.now)
	if err == nil {
		w.ring, w.seal, err = keyring.Load(root, seal)
	}
	if err == nil {
		err = w.open(true)
	}
	return w, err
}

// open opens the database here; noSync is for seeding.
func (w *world) open(noSync bool) (err error) {
	w.db, err = bolt.Open(filepath.Join(w.dir, "data", "usage.db"), bolt.Options{NoSync: noSync})
	if err == nil {
		w.usage = sealed.New(w.db, w.seal)
	}
	return err
}

func (w *world) close() error { return w.usage.Close() }

func (w *world) config(address string) string {
	path := func(parts ...string) string { return filepath.Join(append([]string{w.dir}, parts...)...) }
	return fmt.Sprintf(`[server]
listen = %q
base_url = %q
trusted_proxies = ["127.0.0.1"]
[data]
dir = %q
runtime_dir = %q
[keys]
root_key_file = %q
seal_keys_file = %q
[policy]
privacy_version = %q
`, address, "http://"+address, path("data"), path("run"), path("keys", "root.key"), path("keys", "seal.keys"), w.policy()) + w.sells
}

// policy is the version of the privacy statement, of which everybody has been told.
func (w *world) policy() string { return w.now.UTC().Format(time.DateOnly) }

// seed makes accounts that log in with their own codes, and businesses.
func (w *world) seed(ctx context.Context, z size) error {
	for made := 0; made < z.accounts; made += perUpdate {
		err := w.usage.Update(ctx, func(tx store.Tx) error {
			for n := made; n < min(made+perUpdate, z.accounts); n++ {
				begun := w.now.AddDate(0, -1, 0)
				if n < z.due {
					begun = w.now.AddDate(-6, 0, 0)
				}
				code, _, err := w.account(tx, begun)
				if err != nil {
					return err
				}
				if n >= z.due && len(w.codes) < keptCodes {
					w.codes = append(w.codes, code)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, codes := range z.businesses {
		if err := w.business(ctx, codes); err != nil {
			return err
		}
	}
	return w.usage.Update(ctx, w.gone)
}

// account makes one with a visit and a PHQ-9.
func (w *world) account(tx store.Tx, begun time.Time) (accesscode.Code, *vault.Account, error) {
	code := accesscode.New()
	a, _, err := account.Create(tx, w.ring, account.Start{Code: code, Language: "nb", Policy: w.policy()}, begun)
	if err != nil {
		return code, nil, err
	}
	return code, a, errors.Join(
		registration.RecordVisit(tx, a, registration.NewVisit(begun)),
		registration.Save(tx, a, registration.NewID(), filled(begun)),
		a.Save(tx))
}

// filled is a finished PHQ-9.
func filled(at time.Time) registration.Mapping {
	answers := map[string]int{"q9": 0, "q10": 1}
	for _, id := range []string{"q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"} {
		answers[id] = 1
	}
	return registration.Mapping{Instrument: "phq9", Version: "1", Language: "nb", Answers: answers, Score: 8, Band: "mild", At: at.Unix()}
}

// gone makes a retired and a deleted code.
func (w *world) gone(tx store.Tx) (err error) {
	if w.retired, _, err = w.account(tx, w.now.AddDate(-7, 0, 0)); err != nil {
		return err
	}
	var a *vault.Account
	if w.deleted, a, err = w.account(tx, w.now); err != nil {
		return err
	}
	due, err := account.Delete(tx, a, w.ring.Lookup(w.deleted), w.now)
	if err != nil {
		return err
	}
	return errors.Join(deadline.Remove(tx, due))
}

// content is how much the database holds of what saving a registration writes. No
// server may have it open.
func (w *world) content() (h held, err error) {
	db, err := bbolt.Open(filepath.Join(w.dir, "data", "usage.db"), 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return h, err
	}
	defer db.Close()
	return h, db.View(func(tx *bbolt.Tx) error {
		for name, bytes := range map[string]*int64{"reg": &h.reg, "sum": &h.sum} {
			err := tx.Bucket([]byte(name)).ForEach(func(key, value []byte) error {
				if l := lengths[name]; len(key) != l.key || len(value) != l.value {
					return fmt.Errorf("a record of %d and %d bytes in %s, and the reference writes %d and %d", len(key), len(value), name, l.key, l.value)
				}
				*bytes += int64(len(key) + len(value))
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// bytes is the size of the database file.
func (w *world) bytes() int64 {
	info, err := os.Stat(filepath.Join(w.dir, "data", "usage.db"))
	if err != nil {
		return 0
	}
	return info.Size()
}
