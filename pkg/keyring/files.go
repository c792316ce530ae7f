package keyring

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	rootHeader = "selvhjelp root key v1"
	sealHeader = "selvhjelp seal keys v1"
	keyLen     = 32
	maxKeyFile = 1 << 20
)

// ErrNoFile is returned when a key file is not there.
var ErrNoFile = errors.New("keyring: key file is missing")

// Create makes both key files for a new installation; day is written beside
// the first epoch. It refuses where either exists. That no database exists is
// for the caller to see to.
func Create(rootFile, sealFile string, day time.Time) error {
	for _, f := range []string{rootFile, sealFile} {
		if _, err := os.Lstat(f); err == nil {
			return fmt.Errorf("%s: exists already; key files are made once and never replaced", f)
		}
	}
	root := rootHeader + "\n" + newKey() + "\n"
	seal := sealText([]string{sealLine(1, day)})
	return errors.Join(writeNew(rootFile, root, 0o400), writeNew(sealFile, seal, 0o600))
}

// Load reads both key files and reports the faults of both at once, each with
// file, line and remedy.
func Load(rootFile, sealFile string) (*Ring, *Seal, error) {
	ring, err1 := loadRoot(rootFile)
	lines, err2 := readSeal(sealFile)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	seal := &Seal{path: sealFile}
	seal.epochs.Store(lines.epochs)
	return ring, seal, nil
}

func loadRoot(path string) (*Ring, error) {
	lines, err := readKeyFile(path, rootHeader)
	if err != nil {
		return nil, err
	}
	if len(lines) != 1 {
		return nil, fmt.Errorf("%s: holds %d keys where one belongs; restore it from your key escrow", path, len(lines))
	}
	key, err := decodeKey(path, 2, lines[0])
	if err != nil {
		return nil, err
	}
	return newRing(key)
}

// readKeyFile returns the lines after the header.
func readKeyFile(path, header string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s; restore it from your key escrow, or make both files with \"selvhjelp keys create\" on a new installation", ErrNoFile, path)
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s: others than its owner may read it; run chmod 400 (root.key) or 600 (seal.keys) on it", path)
	case info.Size() > maxKeyFile:
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

func decodeKey(path string, n int, s string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(key) != keyLen {
		return nil, fmt.Errorf("%s:%d: the key is not 32 bytes of base64; restore the file from your key escrow", path, n)
	}
	return key, nil
}

func newKey() string {
	key := make([]byte, keyLen)
	rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

// writeNew writes a file that must not exist and makes it durable.
func writeNew(path, text string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; make its folder first, owned by the service and mode 700", err)
	} else if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close(), syncDir(path))
}

// replace puts a file in the place of the one at path, durably: after a crash
// the old one or the new one is there, whole.
func replace(path, text string, mode fs.FileMode) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeNew(fresh, text, mode); err != nil {
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
