package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"selvhjelp/store/sealed"
)

const (
	runtimeFile = "sessions.key"
	entryLen    = 4 + 32 // of the file: an epoch, big endian, and its key
)

// RuntimeKey is the key that the sessions are sealed under beside their tokens.
// It lives in the runtime folder, which is memory-backed: a machine that is
// switched off has forgotten every session. It implements sealed.Keys.
type RuntimeKey struct {
	path   string
	change sync.Mutex // held while the key is replaced
	keys   atomic.Pointer[runtimeKeys]
}

// runtimeKeys are the keys that something may be sealed under.
type runtimeKeys struct {
	raw     []byte // the file, oldest first
	current sealed.Epoch
	aeads   map[sealed.Epoch]cipher.AEAD
}

// LoadRuntimeKey reads the key in dir, or makes it there. The folder must exist:
// one that was made in place of a missing one could lie on a disk. fresh reports that it was
// made, and that a sessions file left from before does not open any more.
func LoadRuntimeKey(dir string) (key *RuntimeKey, fresh bool, err error) {
	key = &RuntimeKey{path: filepath.Join(dir, runtimeFile)}
	raw, err := os.ReadFile(key.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(raw) == 0 || len(raw)%entryLen != 0) {
		fresh = true
		raw = appendKey(nil, 1)
		err = key.write(raw)
	}
	if err == nil {
		err = key.use(raw)
	}
	if err != nil {
		return nil, false, fmt.Errorf("sessions' key: %w", err)
	}
	return key, fresh, nil
}

// Current returns the key that sessions are sealed under now.
func (k *RuntimeKey) Current() (sealed.Epoch, cipher.AEAD) {
	keys := k.keys.Load()
	return keys.current, keys.aeads[keys.current]
}

// Key returns the current key or the one before it.
func (k *RuntimeKey) Key(e sealed.Epoch) (cipher.AEAD, bool) {
	aead, ok := k.keys.Load().aeads[e]
	return aead, ok
}

// renew makes a new key and has move seal everything under it. Until that is
// done the file holds the older key too, so that a crash loses nothing; a move
// that fails is made up by the next. The older key then stays in memory alone,
// for those who are still reading, until the next change.
func (k *RuntimeKey) renew(move func() error) error {
	k.change.Lock()
	defer k.change.Unlock()
	raw := k.keys.Load().raw
	if len(raw) == entryLen {
		current, _ := k.Current()
		raw = appendKey(slices.Clone(raw), current+1)
		if err := k.write(raw); err != nil {
			return err
		}
		if err := k.use(raw); err != nil {
			return err
		}
	}
	if err := move(); err != nil {
		return err
	}
	last := raw[len(raw)-entryLen:]
	if err := k.write(last); err != nil {
		return err
	}
	keys := *k.keys.Load()
	keys.raw = last
	k.keys.Store(&keys)
	return nil
}

// use takes the keys of a file into use, the last one as the current one.
func (k *RuntimeKey) use(raw []byte) error {
	keys := &runtimeKeys{raw: raw, aeads: map[sealed.Epoch]cipher.AEAD{}}
	for entry := range slices.Chunk(raw, entryLen) {
		block, err := aes.NewCipher(entry[4:])
		if err != nil {
			return err
		}
		keys.current = sealed.Epoch(binary.BigEndian.Uint32(entry))
		if keys.aeads[keys.current], err = cipher.NewGCM(block); err != nil {
			return err
		}
	}
	k.keys.Store(keys)
	return nil
}

// write puts the file in place whole. It need not survive a power cut.
func (k *RuntimeKey) write(raw []byte) error {
	if err := os.WriteFile(k.path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(k.path+".new", k.path)
}

func appendKey(raw []byte, e sealed.Epoch) []byte {
	key := make([]byte, entryLen-4)
	rand.Read(key) // never fails
	return append(binary.BigEndian.AppendUint32(raw, uint32(e)), key...)
}
