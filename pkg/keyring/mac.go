package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// macKey is a key for HMAC-SHA256. A request takes some ten of these, so what
// they are computed with is used again.
type macKey struct{ pool sync.Pool }

// macState is a keyed hash between two uses, and the message of one.
type macState struct {
	hash    hash.Hash
	message []byte
}

func newMacKey(key []byte) *macKey {
	return &macKey{sync.Pool{New: func() any { return &macState{hash: hmac.New(sha256.New, key)} }}}
}

// mac is the HMAC, 32 bytes, of the label and the data.
func (k *macKey) mac(label string, data []byte) []byte {
	s := k.pool.Get().(*macState)
	s.message = append(append(s.message[:0], label...), data...)
	return k.sum(s)
}

// framed is the HMAC of the label and the parts, with the length before each
// part and a zero byte before them all, so that no two lists of parts look
// alike.
func (k *macKey) framed(label string, parts [][]byte) []byte {
	s := k.pool.Get().(*macState)
	s.message = append(append(s.message[:0], label...), 0)
	for _, p := range parts {
		s.message = binary.BigEndian.AppendUint32(s.message, uint32(len(p)))
		s.message = append(s.message, p...)
	}
	return k.sum(s)
}

// sum computes the HMAC of the message and leaves nothing of it behind.
func (k *macKey) sum(s *macState) []byte {
	s.hash.Write(s.message)
	out := s.hash.Sum(nil)
	s.hash.Reset()
	clear(s.message)
	k.pool.Put(s)
	return out
}
