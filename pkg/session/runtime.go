package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"selvhjelp/store/sealed"
)

const runtimeFile = "sessions.key"

// RuntimeKey is the key that the sessions are sealed under beside their tokens.
// It lives in the runtime folder, which is memory-backed: a machine that is
// switched off has forgotten every session. It implements sealed.Keys.
type RuntimeKey struct{ aead cipher.AEAD }

// LoadRuntimeKey reads the key in dir, or makes it; fresh reports that it was
// made, and that a sessions file left from before does not open any more.
func LoadRuntimeKey(dir string) (key RuntimeKey, fresh bool, err error) {
	path := filepath.Join(dir, runtimeFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(raw) != 32 {
		fresh = true
		raw = make([]byte, 32)
		rand.Read(raw) // never fails
		err = errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(path, raw, 0o600))
	}
	if err != nil {
		return RuntimeKey{}, false, fmt.Errorf("sessions' key: %w", err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return RuntimeKey{}, false, err
	}
	aead, err := cipher.NewGCM(block)
	return RuntimeKey{aead}, fresh, err
}

// Current returns the one key there is.
func (k RuntimeKey) Current() (sealed.Epoch, cipher.AEAD) { return 1, k.aead }

// Key returns the one key there is.
func (k RuntimeKey) Key(e sealed.Epoch) (cipher.AEAD, bool) { return k.aead, e == 1 }
