package bolt

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"selvhjelp/store"
)

const (
	// compactTx is how many bytes are copied in one transaction.
	compactTx = 64 << 10
	// fewChanges is how many records writers wait for at the end.
	fewChanges = 64
	// maxRounds is how often what was changed meanwhile is written before they
	// wait for whatever is left: each time there is less, unless the disk is
	// slower than they are.
	maxRounds = 16
)

// record names one.
type record struct{ bucket, key string }

// changes are records that may have changed; nil where nobody wants to know.
type changes map[record]struct{}

// note enters what a call has changed.
func (ch changes) note(c *call) {
	if ch == nil {
		return
	}
	for _, u := range c.undo {
		ch[record{u.name, string(u.key)}] = struct{}{}
	}
}

// sorted is the order in which a file is written most easily.
func (ch changes) sorted() []record {
	return slices.SortedFunc(maps.Keys(ch), func(a, b record) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.key, b.key))
	})
}

// copier writes into a new file; tx is nil between commits.
type copier struct {
	db     *DB
	dst    *bbolt.DB
	change store.Change
	tx     *bbolt.Tx
	size   int  // bytes read and written since the last commit
	fills  bool // keys come in order and for the first time
}

// fill copies every record, a piece at a time. The pieces are not of one moment,
// and need not be: whatever was changed since the first is written again. So no
// transaction is open long, which would keep the old file from using its free
// pages anew.
func (c *copier) fill(ctx context.Context) error {
	c.fills = true
	defer func() { c.fills = false }()
	var at record
	for more := true; more; {
		if err := c.db.refusal(ctx); err != nil {
			return err
		}
		err := c.reading(func(src *bbolt.Tx) (err error) {
			more, err = c.piece(src, &at)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reading runs fn on a snapshot of the old file and then commits: until then
// the new one refers to values in it.
func (c *copier) reading(fn func(src *bbolt.Tx) error) error {
	src, err := c.db.bolt.Begin(false)
	if err != nil {
		return closed(err)
	}
	defer src.Rollback()
	if err := fn(src); err != nil {
		return err
	}
	return c.commit()
}

// piece copies the records after at, and moves it.
func (c *copier) piece(src *bbolt.Tx, at *record) (more bool, err error) {
	buckets := src.Cursor()
	for name, _ := buckets.Seek([]byte(at.bucket)); name != nil; name, _ = buckets.Next() {
		if string(name) != at.bucket {
			*at = record{bucket: string(name)}
		}
		cursor := src.Bucket(name).Cursor()
		for k, v := cursor.Seek([]byte(at.key)); k != nil; k, v = cursor.Next() {
			if string(k) == at.key {
				continue
			}
			if err := c.copy(at.bucket, k, v); err != nil {
				return false, err
			}
			if c.size >= compactTx {
				at.key = string(k)
				return true, nil
			}
		}
	}
	return false, nil
}

// follow writes what was changed meanwhile until there is little left of it,
// and waits for the disk, so that finish need not.
func (c *copier) follow(ctx context.Context) error {
	for range maxRounds {
		changed, src, err := c.db.takeChanges(ctx)
		if err != nil {
			return err
		}
		if err := c.repeat(src, changed); err != nil {
			return err
		}
		if len(changed) <= fewChanges {
			break
		}
	}
	return nil
}

// takeChanges returns what was changed since the last time, and a snapshot that
// has all of it.
func (db *DB) takeChanges(ctx context.Context) (changes, *bbolt.Tx, error) {
	db.enter(true)
	defer db.leave(true)
	if err := db.refusal(ctx); err != nil {
		return nil, nil, err
	}
	src, err := db.bolt.Begin(false)
	if err != nil {
		return nil, nil, closed(err)
	}
	changed := db.changed
	db.changed = changes{}
	return changed, src, nil
}

// finish writes the last changes while nobody can make others, and puts the new
// file in place.
func (c *copier) finish(ctx context.Context) error {
	c.db.enter(true)
	defer c.db.leave(true)
	if err := c.db.refusal(ctx); err != nil {
		return err
	}
	src, err := c.db.bolt.Begin(false)
	if err != nil {
		return closed(err)
	}
	if err := c.repeat(src, c.db.changed); err != nil {
		return err
	}
	return c.db.replace(c.dst)
}

// repeat makes records in the new file what they are in src, which it ends.
func (c *copier) repeat(src *bbolt.Tx, changed changes) error {
	defer src.Rollback()
	for _, r := range changed.sorted() {
		value, err := reader{src}.Get(r.bucket, []byte(r.key))
		if err == nil {
			err = c.copy(r.bucket, []byte(r.key), value)
		} else {
			err = c.remove(r)
		}
		if err == nil && c.size >= compactTx {
			err = c.commit()
		}
		if err != nil {
			return err
		}
	}
	if err := c.commit(); err != nil || c.db.options.NoSync {
		return err
	}
	return c.dst.Sync()
}

// copy writes a record as change wants it.
func (c *copier) copy(bucket string, key, value []byte) error {
	changed, keep, err := c.change(bucket, key, value)
	if err != nil {
		return err
	}
	c.size += len(key) + len(value) + len(changed)
	if !keep {
		return c.remove(record{bucket, string(key)})
	}
	if changed != nil {
		value = slices.Clone(changed)
	}
	b, err := c.bucket(bucket)
	if err != nil {
		return err
	}
	return b.Put(key, value)
}

// remove takes out a record that was copied earlier, if it was.
func (c *copier) remove(r record) error {
	if c.fills {
		return nil
	}
	b, err := c.bucket(r.bucket)
	if err != nil {
		return err
	}
	return b.Delete([]byte(r.key))
}

func (c *copier) bucket(name string) (b *bbolt.Bucket, err error) {
	if c.tx == nil {
		if c.tx, err = c.dst.Begin(true); err != nil {
			return nil, err
		}
	}
	b, err = c.tx.CreateBucketIfNotExists([]byte(name))
	if err == nil && c.fills {
		b.FillPercent = 1 // so pages can be full
	}
	return b, err
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
