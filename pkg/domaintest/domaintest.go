// Package domaintest prepares what the tests of the domain packages start
// from: a sealed store in a real file under fresh keys, and a business that is
// ready to be shared with. Tests import it and nothing else does.
//
// It promises that every World is alone: its own folder, keys and database,
// closed and removed with the test that opened it.
package domaintest

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// Now is the moment at which the stories of the tests begin.
var Now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// T is the part of testing.TB that a step of a test needs; *rapid.T has it too.
type T interface {
	Helper()
	Fatal(args ...any)
}

// World is a store with the keys it is sealed under.
type World struct {
	Store store.Store // sealed
	Inner *bolt.DB    // the file beneath: the bytes at rest
	Path  string      // of the file
	Ring  *keyring.Ring
	Seal  *keyring.Seal
}

// ShortDir makes a folder of the test whose path leaves room for that of a socket,
// which has 107 bytes at the most.
func ShortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// SameDay waits for the next day (UTC) where this one is over soon: for tests of
// programs, which look at the clock of the machine.
func SameDay(soon time.Duration) {
	const day = 24 * time.Hour
	if left := time.Until(time.Now().Truncate(day).Add(day)); left < soon {
		<-time.After(left)
	}
}

// Open makes a World in a folder of the test.
func Open(t testing.TB) *World {
	t.Helper()
	return OpenLimited(t, 0)
}

// OpenLimited makes a World whose store refuses content beyond maxBytes; 0 is
// no limit.
func OpenLimited(t testing.TB, maxBytes int64) *World {
	t.Helper()
	dir := t.TempDir()
	root, seal := filepath.Join(dir, "root.key"), filepath.Join(dir, "seal.keys")
	must(t, keyring.Create(root, seal, Now))
	w := &World{Path: filepath.Join(dir, "usage.db")}
	var err error
	w.Ring, w.Seal, err = keyring.Load(root, seal)
	must(t, err)
	w.Inner, err = bolt.Open(w.Path, bolt.Options{NoSync: true, MaxBytes: maxBytes})
	must(t, err)
	w.Store = sealed.New(w.Inner, w.Seal)
	t.Cleanup(func() { must(t, w.Store.Close()) })
	return w
}

// Update runs fn in a transaction; an error ends the test.
func (w *World) Update(t T, fn func(store.Tx) error) {
	t.Helper()
	must(t, w.Store.Update(context.Background(), fn))
}

// View runs fn on a snapshot; an error ends the test.
func (w *World) View(t T, fn func(store.Reader) error) {
	t.Helper()
	must(t, w.Store.View(context.Background(), fn))
}

// Count counts the records of a bucket.
func (w *World) Count(t T, bucket string) (n int) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		n = 0
		for _, err := range r.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

// Fill writes until a store that was opened with a limit refuses content.
func (w *World) Fill(t T) {
	t.Helper()
	for size := 1 << 16; size >= 64; size /= 2 {
		for n := 0; ; n++ {
			err := w.Store.Update(context.Background(), func(tx store.Tx) error {
				return tx.Put("ballast", fmt.Appendf(nil, "%d/%d", size, n), make([]byte, size))
			})
			if errors.Is(err, store.ErrFull) {
				break
			}
			must(t, err)
		}
	}
}

// Business makes a business whose first super user has accepted the
// invitation, and returns both with the business's keys. The super user's
// password key is random, and the recovery key has not been typed back.
func (w *World) Business(t T, now time.Time) (organization.Business, *organization.Keys, organization.Professional) {
	t.Helper()
	var b organization.Business
	var first organization.Accepted
	w.Update(t, func(tx store.Tx) error {
		id, err := organization.Create(tx, organization.Business{Name: "Fjord helse", Number: "310000003"})
		if err != nil {
			return err
		}
		if first, err = w.acceptFirst(tx, id, now); err != nil {
			return err
		}
		b, err = organization.BusinessByID(tx, id)
		return err
	})
	return b, first.Keys, first.Professional
}

// acceptFirst invites and lets in a super user with an address of their own.
func (w *World) acceptFirst(tx store.Tx, business organization.ID, now time.Time) (organization.Accepted, error) {
	email := hex.EncodeToString(business[:]) + "@example.org"
	token, err := organization.Invite(tx, w.Ring, organization.Link{Business: business, Super: true, Email: email}, now)
	if err != nil {
		return organization.Accepted{}, err
	}
	return organization.Accept(tx, w.Ring, token, organization.Applicant{
		ID: organization.NewID(), Name: "Kari Testesen", Email: email,
		Salt: organization.NewSalt(), Key: vault.NewKey(), TOTP: organization.NewTOTP(),
	}, now)
}

func must(t T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
