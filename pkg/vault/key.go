// Package vault holds the keys of an account: it opens an account with what its
// owner brings, and gives every category of data a key of its own.
//
//   - An account has a random master key. It is stored only sealed under a key
//     derived from the access code and the server's pepper, so neither the
//     database nor the server's keys nor the code alone open anything.
//   - Every category has a random key with a version. Sharing hands out the
//     category's key; withdrawing makes a new version, and what was handed out
//     opens nothing that is written from then on.
//   - A mapping tool can be taken out of its category and get a key of its own.
//     From then on no business gets a key that its records were ever under,
//     unless it is shared by itself.
//   - A wrong key, wrong associated data, a truncated or a swapped record is an
//     error that names the kind of record, never silent emptiness.
//
// Keys and account ids never print themselves.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

const keyLen = 32

// ErrOpen is wrapped by the errors of Key.Open.
var ErrOpen = errors.New("does not open with this key")

// Key is an AES-256-GCM key. The zero value is no key.
type Key struct{ *material }

// material is behind pointers: fmt cannot ask an unexported field of type Key
// for its Format, and prints addresses instead of the key. The tables of AES and
// GCM take ten times the room of the key and are made at its first use: most
// keys of an account are not used by a request.
type material struct {
	raw   *[keyLen]byte
	setUp sync.Once
	aead  cipher.AEAD
}

// NewKey draws a key from crypto/rand.
func NewKey() Key {
	var raw [keyLen]byte
	rand.Read(raw[:]) // never fails
	return KeyOf(raw)
}

// KeyFrom makes a key of 32 bytes.
func KeyFrom(raw []byte) (Key, error) {
	if len(raw) != keyLen {
		return Key{}, fmt.Errorf("vault: a key has %d bytes, not %d", keyLen, len(raw))
	}
	return KeyOf([keyLen]byte(raw)), nil
}

// DeriveKey makes a key by HKDF-SHA256 (RFC 5869) from a secret.
func DeriveKey(secret, salt []byte, label string) Key {
	return KeyOf([keyLen]byte(derive(secret, salt, label)))
}

func derive(secret, salt []byte, label string) []byte {
	raw, err := hkdf.Key(sha256.New, secret, salt, label, keyLen)
	if err != nil {
		panic(err) // only for lengths that no caller asks for
	}
	return raw
}

// KeyOf makes a key of 32 bytes that cannot be told from random ones.
func KeyOf(raw [keyLen]byte) Key {
	k := &struct {
		material
		bytes [keyLen]byte
	}{bytes: raw}
	k.raw = &k.bytes
	return Key{&k.material}
}

// cipher is what seals and opens with the key.
func (k Key) cipher() cipher.AEAD {
	k.setUp.Do(func() {
		block, err := aes.NewCipher(k.raw[:])
		if err != nil {
			panic(err) // 32 bytes are a key
		}
		if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
			panic(err) // AES has the block size that GCM wants
		}
	})
	return k.aead
}

// Bytes is the key itself, for sealing it under another key.
func (k Key) Bytes() []byte { return append([]byte(nil), k.raw[:]...) }

// IsZero reports whether k is no key.
func (k Key) IsZero() bool { return k.material == nil }

// Seal encrypts a record of the given kind under a random nonce. Kind and
// context are bound to it: Open must name the same.
func (k Key) Seal(kind string, plaintext []byte, context ...[]byte) []byte {
	return k.cipher().Seal(nil, nil, plaintext, associated(kind, context))
}

// Open decrypts what Seal made. Its error wraps ErrOpen and names the kind.
func (k Key) Open(kind string, sealed []byte, context ...[]byte) ([]byte, error) {
	plain, err := k.cipher().Open(nil, nil, sealed, associated(kind, context))
	if err != nil {
		return nil, fmt.Errorf("%s record %w", kind, ErrOpen)
	}
	return plain, nil
}

// Tag is a 16-byte storage key that only the holder of k can compute.
func (k Key) Tag(label string, part []byte) []byte {
	return derive(k.raw[:], part, "tag "+label)[:16]
}

// associated frames kind and context so that no two lists look alike.
func associated(kind string, context [][]byte) []byte {
	out := make([]byte, 0, 96)
	out = append(append(out, kind...), 0)
	for _, c := range context {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)))
		out = append(out, c...)
	}
	return out
}

// Format hides the key whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[key]") }

// LogValue hides the key.
func (k Key) LogValue() slog.Value { return slog.StringValue("[key]") }

// MarshalText refuses: a key is stored only by those who seal it.
func (k Key) MarshalText() ([]byte, error) { return nil, errors.New("vault: a key is not serialised") }

// ID is the random id of an account. It never leaves the server.
type ID [16]byte

// NewID draws an id from crypto/rand.
func NewID() ID {
	var id ID
	rand.Read(id[:]) // never fails
	return id
}

// Format hides the id whatever the verb.
func (id ID) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[account]") }

// LogValue hides the id.
func (id ID) LogValue() slog.Value { return slog.StringValue("[account]") }
