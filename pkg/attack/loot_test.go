package attack

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// loot is the content of a database file, by bucket.
type loot map[string][]store.Entry

// steal takes a database file apart as it lies there.
func steal(t testing.TB, path string) loot {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "stolen.db")
	if err := os.WriteFile(copied, file(t, path), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(copied, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := loot{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				out[string(name)] = append(out[string(name)], store.Entry{Key: slices.Clone(k), Value: slices.Clone(v)})
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// unseal reads the same file through the seal layer, and counts what stays
// shut.
func (l loot) unseal(t testing.TB, path string, seal *keyring.Seal) (out loot, shut int) {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "stolen.db")
	if err := os.WriteFile(copied, file(t, path), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(copied, bolt.Options{NoSync: true, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = sealed.New(db, seal).View(t.Context(), func(r store.Reader) error {
		out, shut = loot{}, 0
		for name, entries := range l {
			for _, e := range entries {
				if e.Value, err = r.Get(name, e.Key); err != nil {
					shut++
					continue
				}
				out[name] = append(out[name], e)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, shut
}

// count is how many records there are.
func (l loot) count() (n int) {
	for _, entries := range l {
		n += len(entries)
	}
	return n
}
