package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/retention"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

const (
	usageFile    = "usage.db"
	sessionsFile = "sessions.db"
	// sessionsHold is room for a thousand sessions and more: a disk that others
	// have filled does not keep people from logging in, to withdraw and delete.
	sessionsHold = 4 << 20
)

// installation is everything a server or a command works on.
type installation struct {
	config      config.Config
	ring        *keyring.Ring
	seal        *keyring.Seal
	instruments *instrument.Catalogue
	programs    *program.Catalogue
	db          *bolt.DB
	usage       store.Store
	night       *retention.Night
	sessions    store.Store   // where a server runs
	mail        *mail.Sender  // nil sends nothing
	shop        *shop         // nil sells nothing
	fake        *fakeProvider // of a demo, where no money moves
	clock       *clock
	counts      counts
}

// openInstallation opens keys, content, the database and what sells, and reports
// the faults of all of them at once. The sessions are opened by who serves.
func openInstallation(c config.Config) (*installation, error) {
	in, err := openUsage(c)
	if err != nil {
		return nil, err
	}
	if err := in.openShop(time.Now()); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

// openUsage opens all but what sells.
func openUsage(c config.Config) (*installation, error) {
	in := &installation{config: c, clock: &clock{}}
	var keys, content, data, post error
	in.ring, in.seal, keys = keyring.Load(c.Keys.RootKeyFile, c.Keys.SealKeysFile)
	in.mail, post = openMail(c.Mail)
	in.instruments, in.programs, content = loadContent(c)
	if keys == nil {
		data = lost(c, in.seal, time.Now())
	}
	if !noDatabase(c) || keys == nil && data == nil {
		in.db, data = openDatabase(c) // without keys no new one is made
	}
	if err := errors.Join(keys, content, data, post); err != nil {
		return nil, errors.Join(err, in.close())
	}
	in.usage = sealed.New(in.db, in.seal)
	in.night = &retention.Night{Sweeper: retention.Sweeper{Store: in.usage, Ring: in.ring}, Seal: in.seal, File: in.db,
		Also: []retention.Step{{Name: addressSegments, Do: in.expireAddresses}}}
	if err := in.mark(); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

func openDatabase(c config.Config) (*bolt.DB, error) {
	path := databasePath(c)
	if _, err := os.Stat(c.Data.Dir); err != nil {
		return nil, fmt.Errorf("data folder: %w; make it, owned by the service and mode 700", err)
	}
	db, err := bolt.Open(path, bolt.Options{MaxBytes: int64(c.Data.MaxBytes)})
	if errors.Is(err, bolt.ErrLocked) {
		err = fmt.Errorf("%w; a server runs already on this folder, or another command is at work there", err)
	}
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return db, nil
}

// noDatabase reports whether the database is not there, or empty.
func noDatabase(c config.Config) bool {
	return noFile(databasePath(c))
}

// lost returns an error when there is no database although the keys have been
// in use: a new one in its place would be a service that knows nobody.
func lost(c config.Config, seal *keyring.Seal, now time.Time) error {
	if !noDatabase(c) {
		return nil
	}
	current, _ := seal.Current()
	made := deadline.DayOf(seal.Epochs()[0].Made)
	if current == 1 && deadline.DayOf(now) <= made+1 {
		return nil
	}
	return fmt.Errorf("the keys have been in use since %s and %s is not there (or empty): is the disk mounted? restore the newest backup; "+
		"if nothing was ever stored, move both key files away and make new ones with \"selvhjelp keys create\"", made, databasePath(c))
}

func databasePath(c config.Config) string { return filepath.Join(c.Data.Dir, usageFile) }

// selfMark says which root key a database belongs to.
type selfMark struct {
	Mark []byte `json:"m"`
}

var selfTable = store.Table[selfMark]{Bucket: "self"}

// mark writes the mark of the root key into a new database, and refuses one
// that belongs to another key: with it, every code would seem unknown.
func (in *installation) mark() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	key, want := []byte("self"), in.ring.Index("root key")
	var have selfMark
	err := in.usage.View(ctx, func(r store.Reader) (err error) {
		have, err = selfTable.Get(r, key)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return in.usage.Update(ctx, func(tx store.Tx) error { return selfTable.Put(tx, key, selfMark{want}) })
	case err != nil:
		why := strings.TrimPrefix(err.Error(), "self record: ") // the table and the seal each say it
		return fmt.Errorf("%s does not open with %s: %s; restore the key file that belongs to this database", databasePath(in.config), in.config.Keys.SealKeysFile, why)
	case !bytes.Equal(have.Mark, want):
		return fmt.Errorf("%s is not the root key of %s; restore the one that the database was made with", in.config.Keys.RootKeyFile, databasePath(in.config))
	}
	return nil
}

// openSessions opens the sessions' own file. It need not survive anything: one
// that does not open, or whose key is gone, is thrown away.
func (in *installation) openSessions() error {
	if err := checkRuntimeDir(in.config); err != nil {
		return err
	}
	key, fresh, err := session.LoadRuntimeKey(in.config.Data.RuntimeDir)
	if err != nil {
		return fmt.Errorf("%w; %s must belong to the service", err, in.config.Data.RuntimeDir)
	}
	path := filepath.Join(in.config.Data.Dir, sessionsFile)
	if fresh {
		err = os.Remove(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	options := bolt.Options{NoSync: true, Hold: sessionsHold}
	db, err := bolt.Open(path, options)
	if err != nil && !errors.Is(err, bolt.ErrLocked) {
		if err := os.Remove(path); err != nil {
			return err
		}
		db, err = bolt.Open(path, options)
	}
	if err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	in.sessions = sealed.New(db, key)
	in.night.Sessions, in.night.Runtime = db, key
	return nil
}

// isDemo reports whether the installation was made by the command demo, which
// leaves a mark in its folder.
func (in *installation) isDemo() bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(in.config.Data.Dir), demoMark))
	return err == nil
}

// close closes the stores.
func (in *installation) close() error {
	var errs []error
	if in.sessions != nil {
		errs = append(errs, in.sessions.Close())
	}
	if in.shop != nil {
		errs = append(errs, in.shop.db.Close())
	}
	if in.db != nil {
		errs = append(errs, in.db.Close())
	}
	if in.fake != nil {
		errs = append(errs, in.fake.close())
	}
	return errors.Join(errs...)
}
