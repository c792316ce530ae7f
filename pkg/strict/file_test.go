package strict_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"selvhjelp/pkg/strict"
)

// A folder may hold anything: what is no file, or leads out of it, is not read.
func TestOnlyFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "inside")
	for _, err := range []error{
		os.Mkdir(inside, 0o700),
		os.WriteFile(filepath.Join(dir, "outside"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(inside, "file"), []byte("12345"), 0o600),
		os.Mkdir(filepath.Join(inside, "folder"), 0o700),
		syscall.Mkfifo(filepath.Join(inside, "pipe"), 0o600),
		os.Symlink("../outside", filepath.Join(inside, "link")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if got, err := strict.Contents(root.FS(), "file", 3); err != nil || string(got) != "1234" {
		t.Errorf("%q, %v", got, err)
	}
	for _, name := range []string{"folder", "pipe", "link", "nothing"} {
		if got, err := strict.Contents(root.FS(), name, 100); err == nil {
			t.Errorf("%s was read: %q", name, got)
		}
	}
}
