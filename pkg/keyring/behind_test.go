package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/pkg/keyring"
)

// TestAnOlderKeyFilePutBackDestroysNothing: whoever puts a copy from before in
// place beside a running server loses no key that is in use.
func TestAnOlderKeyFilePutBackDestroysNothing(t *testing.T) {
	dir := t.TempDir()
	root, file := filepath.Join(dir, "root"), filepath.Join(dir, "seal")
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	check(t, keyring.Create(root, file, day))
	_, seal, err := keyring.Load(root, file)
	check(t, err)
	older, err := os.ReadFile(file)
	check(t, err)
	_, err = seal.Roll(day.AddDate(0, 0, 7))
	check(t, err)
	number, aead := seal.Current()
	sealed := aead.Seal(nil, make([]byte, 12), []byte("record"), nil)
	check(t, os.WriteFile(file, older, 0o600))
	for _, days := range []int{8, 14} {
		if _, err := seal.Roll(day.AddDate(0, 0, days)); !errors.Is(err, keyring.ErrBehind) {
			t.Errorf("day %d: %v", days, err)
		}
	}
	key, ok := seal.Key(number)
	if !ok {
		t.Fatal("the key in use is gone")
	}
	if _, err := key.Open(nil, make([]byte, 12), sealed, nil); err != nil {
		t.Error("the key in use is another one")
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
