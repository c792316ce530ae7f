package domaintest

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"selvhjelp/pkg/token"
)

func writeFile(path string, text []byte) error { return os.WriteFile(path, text, 0o600) }

// drawFile is the text of a file with a fresh key of a year.
func drawFile(year int) []byte {
	dir, err := os.MkdirTemp("", "tokens-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "token.keys")
	ring, err1 := token.New(path)
	_, err2 := ring.Rotate([]string{Product}, time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC))
	text, err3 := os.ReadFile(path)
	if err := errors.Join(err1, err2, err3); err != nil {
		panic(err)
	}
	return text
}
