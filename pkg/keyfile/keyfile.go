// Package keyfile reads and writes the small text files that hold keys.
//
//   - A file begins with a line that says what it is, and is refused when others
//     than its owner may read it.
//   - What is written is on the disk, name and all, when a call returns. A new
//     file never takes the place of another, and a changed one is put in place
//     whole: after a crash the old one or the new one is there.
//   - No error quotes a key.
package keyfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const maxSize = 1 << 20

// ErrMissing is returned when the file is not there.
var ErrMissing = errors.New("key file is missing")

// Read returns the lines after the header.
func Read(path, header string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", ErrMissing, path)
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s: others than its owner may read it; run chmod 400 (root.key) or 600 (any other) on it", path)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s: too large to be a key file; restore it from your key escrow", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sc := bufio.NewScanner(bytes.NewReader(raw))
	if !sc.Scan() || sc.Text() != header {
		return nil, fmt.Errorf("%s:1: want the line %q; this is another file, or it is damaged: restore it from your key escrow", path, header)
	}
	var lines []string
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	return lines, sc.Err()
}

// Create writes a file that must not exist and makes it durable.
func Create(path, text string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; make its folder first, owned by the service and mode 700", err)
	} else if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close(), syncDir(path))
}

// Replace puts a file in the place of the one at path, durably: after a crash
// the old one or the new one is there, whole.
func Replace(path, text string, mode fs.FileMode) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := Create(fresh, text, mode); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return syncDir(path)
}

// syncDir makes the name of the file at path durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
