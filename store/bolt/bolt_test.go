package bolt_test

import (
	"path/filepath"
	"testing"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/storetest"
)

func open(t *testing.T, path string, o bolt.Options) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestBoltKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Store {
		return open(t, filepath.Join(dir, "db"), bolt.Options{NoSync: true})
	})
}

func TestBoltWithItsLimitReached(t *testing.T) {
	storetest.Full(t, func(t *testing.T, dir string, maxBytes int64) store.Store {
		return open(t, filepath.Join(dir, "db"), bolt.Options{NoSync: true, MaxBytes: maxBytes})
	})
}
