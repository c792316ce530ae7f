package keyring

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"selvhjelp/store/sealed"
)

const (
	rootHeader = "selvhjelp root key v1"
	sealHeader = "selvhjelp seal keys v1"
	keyLen     = 32
	maxKeyFile = 1 << 20
)

// ErrNoFile is returned when a key file is not there.
var ErrNoFile = errors.New("keyring: key file is missing")

// Seal holds the key of every epoch. It implements sealed.Keys.
type Seal struct {
	current sealed.Epoch
	epochs  map[sealed.Epoch]cipher.AEAD
}

// Current returns the newest epoch and its key.
func (s *Seal) Current() (sealed.Epoch, cipher.AEAD) { return s.current, s.epochs[s.current] }

// Key returns the key of an epoch; false once it has been destroyed.
func (s *Seal) Key(e sealed.Epoch) (cipher.AEAD, bool) {
	aead, ok := s.epochs[e]
	return aead, ok
}

// Format hides the keys whatever the verb.
func (s *Seal) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[seal keys]") }

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
	seal := sealHeader + "\n1 " + day.UTC().Format(time.DateOnly) + " " + newKey() + "\n"
	return errors.Join(writeNew(rootFile, root, 0o400), writeNew(sealFile, seal, 0o600))
}

// Load reads both key files and reports the faults of both at once, each with
// file, line and remedy.
func Load(rootFile, sealFile string) (*Ring, *Seal, error) {
	ring, err1 := loadRoot(rootFile)
	seal, err2 := loadSeal(sealFile)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
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

func loadSeal(path string) (*Seal, error) {
	lines, err := readKeyFile(path, sealHeader)
	if err != nil {
		return nil, err
	}
	s := &Seal{epochs: map[sealed.Epoch]cipher.AEAD{}}
	var faults []error
	for i, line := range lines {
		faults = append(faults, s.addLine(path, i+2, line))
	}
	if len(lines) == 0 {
		faults = append(faults, fmt.Errorf("%s: holds no key; restore it from your key escrow", path))
	}
	return s, errors.Join(faults...)
}

// addLine reads "<epoch> <day> <key>"; epochs rise from line to line.
func (s *Seal) addLine(path string, n int, line string) error {
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return fmt.Errorf("%s:%d: want an epoch, a day and a key; restore the file from your key escrow", path, n)
	}
	epoch, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil || sealed.Epoch(epoch) <= s.current {
		return fmt.Errorf("%s:%d: epochs must be numbers that rise from line to line; restore the file from your key escrow", path, n)
	}
	if _, err := time.Parse(time.DateOnly, fields[1]); err != nil {
		return fmt.Errorf("%s:%d: the day must look like 2026-01-31; restore the file from your key escrow", path, n)
	}
	key, err := decodeKey(path, n, fields[2])
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	s.current = sealed.Epoch(epoch)
	s.epochs[s.current], err = cipher.NewGCM(block)
	return err
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
	err = errors.Join(err, f.Sync(), f.Close())
	dir, openErr := os.Open(filepath.Dir(path))
	if openErr != nil {
		return errors.Join(err, openErr)
	}
	return errors.Join(err, dir.Sync(), dir.Close())
}
