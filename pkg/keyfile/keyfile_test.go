package keyfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/keyfile"
)

func TestANewFileNeverTakesThePlaceOfAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := keyfile.Create(path, "head\na\n", 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keyfile.Create(path, "head\nb\n", 0o600); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second file: %v", err)
	}
	lines, err := keyfile.Read(path, "head")
	if err != nil || !slices.Equal(lines, []string{"a"}) {
		t.Errorf("%q, %v", lines, err)
	}
}

func TestAChangedFileIsPutInPlaceWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	for _, text := range []string{"head\na\n", "head\na\nb\n"} {
		if err := os.WriteFile(path+".new", []byte("left by a crash"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := keyfile.Replace(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := keyfile.Read(path, "head")
	if _, left := os.Stat(path + ".new"); err != nil || len(lines) != 2 || !errors.Is(left, os.ErrNotExist) {
		t.Errorf("%q, %v, %v", lines, err, left)
	}
}

func TestWhatIsNoKeyFileIsRefusedWithoutAQuote(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys")
	if _, err := keyfile.Read(path, "head"); !errors.Is(err, keyfile.ErrMissing) {
		t.Errorf("missing: %v", err)
	}
	for story, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"open to others": {"head\nsecret\n", 0o640, "chmod"},
		"another file":   {"secret\n", 0o600, ":1:"},
		"too large":      {"head\nsecret" + strings.Repeat("x", 1<<20), 0o600, "too large"},
	} {
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, []byte(c.text), 0o600), os.Chmod(path, c.mode)); err != nil {
			t.Fatal(err)
		}
		_, err := keyfile.Read(path, "head")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", story, err)
		}
	}
}
