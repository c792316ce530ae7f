package bolt

import (
	"bytes"
	"errors"
	"iter"
	"slices"

	"go.etcd.io/bbolt"

	"selvhjelp/store"
)

// maxKey is the length, in bytes, of the longest key; entryBytes is what an
// entry takes beside its key and value.
const (
	maxKey     = 512
	entryBytes = 16
)

var (
	errKey = errors.New("bolt: a key is 1 to 512 bytes long")
	// errAborted stands until the function of a call has returned.
	errAborted = errors.New("bolt: aborted")
)

type reader struct{ tx *bbolt.Tx }

// Get implements store.Reader.
func (r reader) Get(bucket string, key []byte) ([]byte, error) {
	if b := r.tx.Bucket([]byte(bucket)); b != nil {
		if v := b.Get(key); v != nil {
			return v, nil
		}
	}
	return nil, store.ErrNotFound
}

// Range implements store.Reader.
func (r reader) Range(bucket string, from, to []byte) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		b := r.tx.Bucket([]byte(bucket))
		if b == nil {
			return
		}
		c := b.Cursor()
		for k, v := c.Seek(from); k != nil; k, v = c.Next() {
			if to != nil && bytes.Compare(k, to) >= 0 {
				return
			}
			if !yield(store.Entry{Key: k, Value: v}, nil) {
				return
			}
		}
	}
}

// call is one function's share of a group: a store.Tx with a journal of what
// it has overwritten.
type call struct {
	reader
	group     *group
	undo      []change
	added     int64 // bytes of content
	essential bool
	err       error // of the function, or store.ErrFull
}

// change is what stood under a key before the call wrote there; nil is nothing.
type change struct {
	name   string
	bucket *bbolt.Bucket
	key    []byte
	old    []byte
}

// Put implements store.Tx. It copies key and value.
func (c *call) Put(bucket string, key, value []byte) error {
	if len(key) == 0 || len(key) > maxKey {
		return errKey
	}
	b, err := c.tx.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	c.added += int64(len(key) + len(value) + entryBytes)
	both := slices.Concat(key, value)
	key, value = both[:len(key):len(key)], both[len(key):]
	c.undo = append(c.undo, change{bucket, b, key, b.Get(key)})
	return b.Put(key, value)
}

// Delete implements store.Tx.
func (c *call) Delete(bucket string, key []byte) error {
	b := c.tx.Bucket([]byte(bucket))
	if b == nil {
		return nil
	}
	old := b.Get(key)
	if old == nil {
		return nil
	}
	c.undo = append(c.undo, change{bucket, b, slices.Clone(key), old})
	return b.Delete(key)
}

// Essential implements store.Tx.
func (c *call) Essential() { c.essential = true }

// settle takes the call back, or lets it stand for the group's commit.
func (c *call) settle() {
	if c.err == nil && c.added > 0 && c.added > c.group.room && !c.essential {
		c.err = store.ErrFull
	}
	if c.err != nil {
		spoiled := c.group.spoiled
		c.group.spoiled = true // unless restore comes to its end
		c.group.spoiled = c.restore() != nil || spoiled
		return
	}
	c.group.changed.note(c)
	c.group.room -= c.added
	c.group.dirty = c.group.dirty || len(c.undo) > 0
}

// restore undoes the call's changes, the last one first.
func (c *call) restore() error {
	var errs error
	for _, ch := range slices.Backward(c.undo) {
		if ch.old == nil {
			errs = errors.Join(errs, ch.bucket.Delete(ch.key))
		} else {
			errs = errors.Join(errs, ch.bucket.Put(ch.key, ch.old))
		}
	}
	return errs
}
