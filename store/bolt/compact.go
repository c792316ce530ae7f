package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"selvhjelp/store"
)

const (
	// newSuffix is added to the name of the file while it is written anew.
	newSuffix = ".new"
	// compactTx is how many bytes Compact commits at a time.
	compactTx = 64 << 10
)

// handle is an open file and how many use it: the store as long as it is the
// file in place, and every View.
type handle struct {
	*bbolt.DB
	users atomic.Int64
}

func newHandle(b *bbolt.DB) *handle {
	h := &handle{DB: b}
	h.users.Store(1)
	return h
}

// begin starts a reading transaction on the file in place.
func (db *DB) begin() (*handle, *bbolt.Tx, error) {
	db.swap.RLock()
	defer db.swap.RUnlock()
	tx, err := db.bolt.Begin(false)
	if err == nil {
		db.bolt.users.Add(1)
	}
	return db.bolt, tx, err
}

// release closes a file that was replaced, after its last use.
func (db *DB) release(h *handle) {
	if h.users.Add(-1) == 0 {
		_ = h.Close() // it has no name any more, and all it held is in its successor
		db.countOlder(-1)
		db.gone.Broadcast()
	}
}

func (db *DB) countOlder(delta int) {
	db.gone.L.Lock()
	defer db.gone.L.Unlock()
	db.older += delta
}

// Compact writes what the store holds, as change wants it, and nothing it has
// deleted, into a new file and puts that in place of the old one. It keeps a
// few hundred kB in memory. On any error the old file stays in use as it was:
// store.ErrFull when there is no room, that of ctx or of change, or one of the
// disk. Only store.ErrUnknown is an end as it is for Update.
func (db *DB) Compact(ctx context.Context, change store.Change) error {
	db.enter(true)
	defer db.leave(true)
	if err := db.refusal(ctx); err != nil {
		return err
	}
	if db.options.ReadOnly {
		return bbolterrors.ErrDatabaseReadOnly
	}
	fresh, err := db.rewrite(ctx, change)
	if err != nil {
		return err
	}
	return db.replace(fresh)
}

// rewrite makes the new file beside the old one, synced to the disk. It leaves
// none behind when it fails, or change panics.
func (db *DB) rewrite(ctx context.Context, change store.Change) (fresh *bbolt.DB, err error) {
	src, err := db.bolt.Begin(false)
	if err != nil {
		return nil, closed(err)
	}
	defer src.Rollback()
	path, whole := db.path+newSuffix, false
	if err := removeNew(db.path); err != nil {
		return nil, err
	}
	defer func() {
		if !whole {
			err = errors.Join(err, discard(fresh, path))
			fresh = nil
		}
	}()
	o := db.options.bbolt()
	o.NoSync, o.NoGrowSync = true, true
	if fresh, err = bbolt.Open(path, 0o600, o); err != nil {
		return nil, roomless(err)
	}
	if err := copyAll(ctx, fresh, src, change); err != nil {
		return fresh, roomless(err)
	}
	if !db.options.NoSync {
		if err := fresh.Sync(); err != nil {
			return fresh, roomless(err)
		}
	}
	fresh.NoSync, fresh.NoGrowSync = db.options.NoSync, db.options.NoSync
	whole = true
	return fresh, nil
}

// discard closes and removes a new file that is of no use.
func discard(fresh *bbolt.DB, path string) error {
	var err error
	if fresh != nil {
		err = fresh.Close()
	}
	return errors.Join(err, removeIfThere(path))
}

// replace gives the new file the old one's name, and its work.
func (db *DB) replace(fresh *bbolt.DB) error {
	path := fresh.Path()
	if err := os.Rename(path, db.path); err != nil {
		return errors.Join(err, discard(fresh, path))
	}
	db.swap.Lock()
	old := db.bolt
	db.bolt = newHandle(fresh)
	db.swap.Unlock()
	db.countOlder(1)
	db.release(old)
	db.options.hold(db.path) // that of the old file is free again
	if err := db.options.syncDir(db.path); err != nil {
		close(db.failed) // a power cut may bring the old file back
		return fmt.Errorf("%w: %v", store.ErrUnknown, err)
	}
	return nil
}

// Each calls fn with every record of one snapshot, bucket after bucket, in the
// order of keys, until it returns an error. The slices are valid during a call.
func (db *DB) Each(ctx context.Context, fn func(bucket string, key, value []byte) error) error {
	return db.View(ctx, func(r store.Reader) error { return each(ctx, r.(reader).tx, fn) })
}

func each(ctx context.Context, tx *bbolt.Tx, fn func(bucket string, key, value []byte) error) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		bucket := string(name)
		return b.ForEach(func(k, v []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return fn(bucket, k, v)
		})
	})
}

// copyAll fills dst with the records of src, in many small commits.
func copyAll(ctx context.Context, dst *bbolt.DB, src *bbolt.Tx, change store.Change) error {
	c := &copier{dst: dst}
	defer c.rollback()
	err := each(ctx, src, func(bucket string, key, value []byte) error {
		changed, keep, err := change(bucket, key, value)
		if err != nil || !keep {
			return err
		}
		if changed != nil {
			value = slices.Clone(changed)
		}
		return c.put(bucket, key, value)
	})
	if err != nil {
		return err
	}
	return c.commit()
}

// copier writes into a new file; tx is nil between commits.
type copier struct {
	dst  *bbolt.DB
	tx   *bbolt.Tx
	size int
}

func (c *copier) put(bucket string, key, value []byte) (err error) {
	if c.tx == nil {
		if c.tx, err = c.dst.Begin(true); err != nil {
			return err
		}
	}
	b, err := c.tx.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	b.FillPercent = 1 // keys come in order, so pages can be full
	if err := b.Put(key, value); err != nil {
		return err
	}
	if c.size += len(key) + len(value); c.size < compactTx {
		return nil
	}
	return c.commit()
}

func (c *copier) commit() error {
	tx := c.tx
	c.tx, c.size = nil, 0
	if tx == nil {
		return nil
	}
	return commit(tx)
}

// rollback ends a transaction that was left open by an error or a panic.
func (c *copier) rollback() {
	if c.tx != nil {
		_ = c.tx.Rollback() // its file is thrown away
	}
}

// roomless gives errors of a full disk the contract's name.
func roomless(err error) error {
	if lacksRoom(err) {
		return fmt.Errorf("%w: %v", store.ErrFull, err)
	}
	return err
}

// removeNew removes what a killed Compact has left beside the file at path.
func removeNew(path string) error { return removeIfThere(path + newSuffix) }

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
