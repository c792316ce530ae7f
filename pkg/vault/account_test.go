package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// full is account data with every field in use.
func full() vault.Data {
	b := func(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }
	return vault.Data{
		Language: "nn",
		Categories: map[string]*vault.CategoryKeys{vault.Mapping: {
			Version: 2, Key: b('K', 32), Old: []vault.VersionKey{{Version: 1, Key: b('O', 32)}},
		}},
		Services: []*vault.Service{{
			Business: b('B', 16), Reference: "7KQ2M9", Grant: b('G', 32), Key: b('S', 32),
			Categories: []string{vault.Activity, vault.Mapping}, Since: 20514,
			Past: []vault.Past{{Grant: b('P', 32), From: 20100, To: 20281}},
		}},
		UsedMonth: 24314, Retirement: b('R', 16), KnownTo: b('B', 16),
	}
}

func TestAccountDataComesBackWhole(t *testing.T) {
	w := domaintest.Open(t)
	a := vault.New(w.Ring)
	a.Data = full()
	w.Update(t, a.Save)
	w.View(t, func(r store.Reader) error {
		got, err := vault.Open(r, w.Ring, a.ID, a.Master)
		if err == nil && (cmp.Diff(a.Data, got.Data) != "" || got.ID != a.ID) {
			t.Error("the account data is another")
		}
		return err
	})
	w.Update(t, func(tx store.Tx) error { return vault.Remove(tx, w.Ring, a.ID) })
	w.View(t, func(r store.Reader) error {
		if _, err := vault.Open(r, w.Ring, a.ID, a.Master); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("removed account data: %v", err)
		}
		return nil
	})
}

// ownRecord reads the record of an account's data as the table stores it.
func ownRecord(t *testing.T, w *domaintest.World, a *vault.Account) (raw []byte) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		raw, err = r.Get("own", a.Index("own"))
		return err
	})
	return raw
}

func TestAnotherAccountsDataDoesNotOpen(t *testing.T) {
	w := domaintest.Open(t)
	a, b := vault.New(w.Ring), vault.New(w.Ring)
	w.Update(t, a.Save)
	w.Update(t, b.Save)
	for name, raw := range map[string][]byte{"swapped": ownRecord(t, w, b), "cut": ownRecord(t, w, a)[:20]} {
		w.Update(t, func(tx store.Tx) error { return tx.Put("own", a.Index("own"), raw) })
		w.View(t, func(r store.Reader) error {
			_, err := vault.Open(r, w.Ring, a.ID, a.Master)
			if !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), "account data record") {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
	}
}

func TestAMasterKeyOpensOnlyWithItsCodeItsAccountAndThisServer(t *testing.T) {
	w, elsewhere := domaintest.Open(t), domaintest.Open(t)
	a, code := vault.New(w.Ring), accesscode.New()
	wrapped := a.Wrap(code)
	if key, err := vault.Unwrap(w.Ring, code, a.ID, wrapped); err != nil || !bytes.Equal(key.Bytes(), a.Master.Bytes()) {
		t.Fatal("the code does not open its account", err)
	}
	salted := wrapped
	salted.Salt = make([]byte, 16)
	for name, try := range map[string]func() (vault.Key, error){
		"another code":    func() (vault.Key, error) { return vault.Unwrap(w.Ring, accesscode.New(), a.ID, wrapped) },
		"another account": func() (vault.Key, error) { return vault.Unwrap(w.Ring, code, vault.NewID(), wrapped) },
		"another server":  func() (vault.Key, error) { return vault.Unwrap(elsewhere.Ring, code, a.ID, wrapped) },
		"another salt":    func() (vault.Key, error) { return vault.Unwrap(w.Ring, code, a.ID, salted) },
	} {
		if key, err := try(); !errors.Is(err, vault.ErrOpen) || !key.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTwoWrapsOfOneKeyShareNothing(t *testing.T) {
	w := domaintest.Open(t)
	a, code := vault.New(w.Ring), accesscode.New()
	first, second := a.Wrap(code), a.Wrap(code)
	if bytes.Equal(first.Salt, second.Salt) || bytes.Equal(first.Key, second.Key) {
		t.Error("two wraps are alike")
	}
}
