// Package sealed wraps a store.Store so that no value rests in the clear.
//
// It promises:
//
//   - Every value is padded to a step of a coarse ladder (Padded) and sealed
//     with AES-256-GCM under the current epoch's key and a random nonce.
//     Nothing else needs to pad.
//   - The bucket and the key are associated data: a value moved to another
//     place does not open.
//   - What does not open is an error that names the bucket, never silent
//     emptiness and never content: ErrNoKey when the epoch's key has been
//     destroyed, ErrOpen for everything else.
//   - While a store is written anew, a Resealer seals what is of an older epoch
//     under the current one, and counts: an epoch whose count is nought is
//     needed by nobody here any more. What does not open stays as it is.
//
// Keys and the names of buckets pass through as they are. A record is
//
//	epoch (4 bytes, big endian) || nonce (12) || ciphertext || tag (16)
//
// and its plaintext the value's length as an unsigned varint, the value, and
// zeros up to the ladder's step.
package sealed

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"selvhjelp/store"
)

// Errors of reading.
var (
	// ErrOpen means that a record is damaged, cut short, sealed with another
	// key, or was moved from another place.
	ErrOpen = errors.New("sealed: the record does not open")
	// ErrNoKey means that a record is of an epoch that has no key (any more).
	ErrNoKey = errors.New("sealed: the key of the record's epoch has been destroyed or was never here")
)

// Sizes in bytes.
const (
	epochSize  = 4
	nonceSize  = 12
	headerSize = epochSize + nonceSize
	tagSize    = 16
)

// Epoch names a key.
type Epoch uint32

// Keys holds an AES-256-GCM key (12-byte nonces, 16-byte tags) per epoch. Its
// methods may be called from several goroutines.
type Keys interface {
	// Current returns the epoch that new records are sealed under.
	Current() (Epoch, cipher.AEAD)
	// Key returns an epoch's key, or false when there is none.
	Key(Epoch) (cipher.AEAD, bool)
}

// New returns inner with every value sealed. Closing it closes inner.
func New(inner store.Store, keys Keys) store.Store { return sealedStore{inner, keys} }

type sealedStore struct {
	inner store.Store
	keys  Keys
}

// View implements store.Store.
func (s sealedStore) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.inner.View(ctx, func(r store.Reader) error {
		return fn(&reader{r, box{keys: s.keys}})
	})
}

// Update implements store.Store.
func (s sealedStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.inner.Update(ctx, func(tx store.Tx) error {
		return fn(&sealedTx{reader{tx, box{keys: s.keys}}, tx})
	})
}

// Close implements store.Store.
func (s sealedStore) Close() error { return s.inner.Close() }

type reader struct {
	inner store.Reader
	box   box
}

// Get implements store.Reader.
func (r *reader) Get(bucket string, key []byte) ([]byte, error) {
	record, err := r.inner.Get(bucket, key)
	if err != nil {
		return nil, err
	}
	return r.box.open(bucket, key, record)
}

// Range implements store.Reader. It ends at a record that does not open, and
// says which one that was.
func (r *reader) Range(bucket string, from, to []byte) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		for e, err := range r.inner.Range(bucket, from, to) {
			if err == nil {
				e.Value, err = r.box.open(bucket, e.Key, e.Value)
			}
			if err != nil {
				yield(store.Entry{Key: e.Key}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

type sealedTx struct {
	reader
	inner store.Tx
}

// Put implements store.Tx.
func (tx *sealedTx) Put(bucket string, key, value []byte) error {
	return tx.inner.Put(bucket, key, tx.box.seal(bucket, key, value))
}

// Delete implements store.Tx.
func (tx *sealedTx) Delete(bucket string, key []byte) error { return tx.inner.Delete(bucket, key) }

// Essential implements store.Tx.
func (tx *sealedTx) Essential() { tx.inner.Essential() }

// box seals and opens for one transaction and lends its buffers to one call
// after the other.
type box struct {
	keys   Keys
	room   [96]byte // for most places
	record []byte
}

// seal returns the record, valid until the next call.
func (b *box) seal(bucket string, key, value []byte) []byte {
	epoch, aead := b.keys.Current()
	b.record = binary.BigEndian.AppendUint32(b.record[:0], uint32(epoch))
	b.record = append(b.record, make([]byte, nonceSize)...)
	rand.Read(b.record[epochSize:headerSize])
	b.record = appendPadded(b.record, value)
	header, plain := b.record[:headerSize], b.record[headerSize:]
	b.record = aead.Seal(header, header[epochSize:], plain, b.placeOf(bucket, key))
	return b.record
}

// open returns the value of a record, in memory of its own.
func (b *box) open(bucket string, key, record []byte) ([]byte, error) {
	if len(record) < headerSize+tagSize {
		return nil, fmt.Errorf("%s record: %w", bucket, ErrOpen)
	}
	aead, ok := b.keys.Key(epochOf(record))
	if !ok {
		return nil, fmt.Errorf("%s record: %w", bucket, ErrNoKey)
	}
	plain, err := aead.Open(nil, record[epochSize:headerSize], record[headerSize:], b.placeOf(bucket, key))
	if err == nil {
		if value, ok := unpad(plain); ok {
			return value, nil
		}
	}
	return nil, fmt.Errorf("%s record: %w", bucket, ErrOpen)
}

// placeOf is the associated data: the bucket, a zero byte, the key.
func (b *box) placeOf(bucket string, key []byte) []byte {
	place := append(b.room[:0], bucket...)
	place = append(place, 0)
	return append(place, key...)
}
