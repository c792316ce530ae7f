package keyring

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"time"

	"selvhjelp/pkg/keyfile"
)

const (
	rootHeader = "selvhjelp root key v1"
	sealHeader = "selvhjelp seal keys v1"
	keyLen     = 32
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
	return errors.Join(keyfile.Create(rootFile, root, 0o400), keyfile.Create(sealFile, seal, 0o600))
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
	lines, err := keyfile.Read(path, header)
	if errors.Is(err, keyfile.ErrMissing) {
		err = fmt.Errorf("%w: %s; restore it from your key escrow, or make both files with \"selvhjelp keys create\" on a new installation", ErrNoFile, path)
	}
	return lines, err
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
