package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"selvhjelp/store"
)

// newSuffix is added to the name of the file while it is written anew.
const newSuffix = ".new"

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

// Compact writes what the store holds, as change wants it, and nothing that was
// deleted before, into a new file and puts that in place of the old one. It
// keeps a few hundred kB in memory, and the keys of what is written meanwhile.
// On any error the old file stays in use as it was: store.ErrFull when there is
// no room, that of ctx or of change, or one of the disk. Only store.ErrUnknown
// is an end as it is for Update.
func (db *DB) Compact(ctx context.Context, change store.Change) (err error) {
	db.compacting.Lock()
	defer db.compacting.Unlock()
	if err := db.watch(ctx); err != nil {
		return err
	}
	defer db.unwatch()
	fresh, err := db.create()
	if err != nil {
		return err
	}
	c := &copier{db: db, dst: fresh, change: change}
	defer func() { // also when change panics
		if c.rollback(); db.bolt.DB != fresh {
			err = errors.Join(err, discard(fresh))
		}
	}()
	for _, step := range []func(context.Context) error{c.fill, c.follow, c.finish} {
		if err := step(ctx); err != nil {
			return roomless(err)
		}
	}
	return nil
}

// watch begins to note what is changed.
func (db *DB) watch(ctx context.Context) error {
	db.enter(true)
	defer db.leave(true)
	if db.options.ReadOnly {
		return bbolterrors.ErrDatabaseReadOnly
	}
	if err := db.refusal(ctx); err != nil {
		return err
	}
	db.changed = changes{}
	return nil
}

func (db *DB) unwatch() {
	db.write.Lock()
	defer db.write.Unlock()
	db.changed = nil
}

// create makes the new file beside the old one.
func (db *DB) create() (*bbolt.DB, error) {
	if err := removeNew(db.path); err != nil {
		return nil, err
	}
	o := db.options.bbolt()
	o.NoSync, o.NoGrowSync = true, true
	fresh, err := bbolt.Open(db.path+newSuffix, 0o600, o)
	if err != nil {
		return nil, roomless(errors.Join(err, removeNew(db.path)))
	}
	return fresh, nil
}

// discard closes and removes a new file that is of no use.
func discard(fresh *bbolt.DB) error {
	path := fresh.Path()
	return errors.Join(fresh.Close(), removeIfThere(path))
}

// replace gives the new file the old one's name, and its work. It is called
// under write.
func (db *DB) replace(fresh *bbolt.DB) error {
	fresh.NoSync, fresh.NoGrowSync = db.options.NoSync, db.options.NoSync
	if err := os.Rename(fresh.Path(), db.path); err != nil {
		return err
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
