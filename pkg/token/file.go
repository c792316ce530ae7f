package token

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"selvhjelp/pkg/keyfile"
)

const header = "selvhjelp token keys v1"

// Open reads the file of a ring, which holds a line "product year key" for each
// key. Its errors name file, line and remedy, and quote no key.
func Open(path string) (*Ring, error) {
	lines, err := keyfile.Read(path, header)
	if err != nil {
		return nil, err
	}
	var held []pair
	var faults []error
	for i, line := range lines {
		p, err := parse(line)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w; restore the file from your key escrow", path, i+2, err))
		}
		held = append(held, p)
	}
	r := &Ring{path: path}
	r.held.Store(&held)
	return r, errors.Join(faults...)
}

// New is a ring whose file is not there yet; Rotate makes it, also for no product.
// The error is that
// of a file that is there.
func New(path string) (*Ring, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s: %w; a file with keys is never replaced", path, fs.ErrExist)
	}
	r := &Ring{path: path, fresh: true}
	r.held.Store(&[]pair{})
	return r, nil
}

func parse(line string) (pair, error) {
	fields := strings.Fields(line)
	if len(fields) != 3 || !IsProduct(fields[0]) {
		return pair{}, errors.New("want a product, a year and a key")
	}
	year, err := strconv.Atoi(fields[1])
	if err != nil {
		return pair{}, errors.New("the year is no number")
	}
	der, err1 := base64.StdEncoding.DecodeString(fields[2])
	private, err2 := x509.ParsePKCS1PrivateKey(der)
	if errors.Join(err1, err2) != nil || private.N.BitLen() != Bits {
		return pair{}, errors.New("the key is not one of 3072 bits")
	}
	return newPair(fields[0], year, private)
}

// write puts a file with these keys in place.
func write(path string, held []pair) error {
	lines := []string{header}
	for _, p := range held {
		lines = append(lines, fmt.Sprintf("%s %d %s", p.Product, p.Year, encode(p.private)))
	}
	return keyfile.Replace(path, strings.Join(lines, "\n")+"\n", 0o600)
}

func encode(private *rsa.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(private))
}
