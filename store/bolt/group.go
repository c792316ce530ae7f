package bolt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"selvhjelp/store"
)

// maxGroup is how many calls share a commit at most.
const maxGroup = 256

// errAgain tells the calls of a group that was not saved to try one by one.
var errAgain = errors.New("bolt: run it again alone")

// group is the calls that share one bbolt transaction and its commit. Callers
// take turns under DB.write; the last one in line commits for all.
type group struct {
	tx      *bbolt.Tx
	size    int           // calls that joined
	room    int64         // bytes of content that may still be added
	changed changes       // enters what the calls change, for Compact
	dirty   bool          // a call that succeeded has written
	spoiled bool          // a call that failed could not be taken back
	done    chan struct{} // closed once err is set
	err     error         // outcome of the commit
}

// Update runs fn and commits it, alone or with its neighbours; see store.Store.
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := db.update(ctx, false, fn)
	if errors.Is(err, errAgain) {
		err = db.update(ctx, true, fn)
	}
	return err
}

func (db *DB) update(ctx context.Context, alone bool, fn func(store.Tx) error) error {
	db.enter(alone)
	c, err := db.join(ctx)
	if err != nil {
		db.leave(alone)
		return err
	}
	db.run(c, fn, alone)
	<-c.group.done
	if c.group.err != nil {
		return c.group.err
	}
	return c.err
}

// enter waits for the caller's turn. One that must be alone first commits the
// group that others have left open.
func (db *DB) enter(alone bool) {
	db.waiting.Add(1)
	db.write.Lock()
	db.waiting.Add(-1)
	if alone {
		db.finish()
	}
}

// join makes a call of the open group, or of a new one.
func (db *DB) join(ctx context.Context) (*call, error) {
	if err := db.refusal(ctx); err != nil {
		return nil, err
	}
	if db.group == nil {
		tx, err := db.bolt.Begin(true)
		if err != nil {
			return nil, closed(err)
		}
		db.group = &group{tx: tx, room: db.room(tx), changed: db.changed, done: make(chan struct{})}
	}
	db.group.size++
	return &call{reader: reader{db.group.tx}, group: db.group, err: errAborted}, nil
}

// run also settles and leaves when fn panics or ends its goroutine.
func (db *DB) run(c *call, fn func(store.Tx) error, alone bool) {
	defer db.leave(alone)
	defer c.settle()
	c.err = fn(c)
}

// leave ends the caller's turn. The group is committed when nobody stands in
// line to do it later, although whoever is ready was let in, or it has become
// large. A lone caller lets nobody in, since that takes as long as half a commit:
// who comes meanwhile waits for it, and is several for the next one. Where commits do
// not wait for the disk, nobody would come meanwhile.
func (db *DB) leave(alone bool) {
	defer db.write.Unlock()
	if !alone && (db.crowd || db.options.NoSync) && db.waiting.Load() == 0 {
		runtime.Gosched()
	}
	if alone || db.waiting.Load() == 0 || db.group != nil && db.group.size >= maxGroup {
		db.finish()
	}
}

// finish commits the open group, if there is one, and tells its calls.
func (db *DB) finish() {
	g := db.group
	if g == nil {
		return
	}
	db.group, db.crowd = nil, g.size > 1
	g.err = db.commit(g)
	close(g.done)
}

func (db *DB) commit(g *group) error {
	if g.spoiled && g.size > 1 {
		return errors.Join(g.tx.Rollback(), errAgain)
	}
	if g.spoiled || !g.dirty {
		return g.tx.Rollback()
	}
	id := g.tx.ID()
	err := commit(g.tx)
	switch {
	case err == nil:
		return nil
	case !lacksRoom(err) || db.holds(id):
		close(db.failed)
		return fmt.Errorf("%w: %v", store.ErrUnknown, err)
	case g.size > 1:
		return errAgain
	}
	return store.ErrFull
}

// commit returns bbolt's panic over damaged pages as an error.
func commit(tx *bbolt.Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(fmt.Errorf("panic: %v", r), tx.Rollback())
		}
	}()
	return tx.Commit()
}

// lacksRoom tells errors of a full store, disk or quota from all others. When
// it extends the file, bbolt passes on only the text of the system's error.
func lacksRoom(err error) bool {
	return errors.Is(err, bbolterrors.ErrMaxSizeReached) ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		strings.HasSuffix(err.Error(), syscall.ENOSPC.Error())
}

// holds tells whether readers already see transaction id, although its commit
// failed: its head was written and only syncing it went wrong.
func (db *DB) holds(id int) bool {
	tx, err := db.bolt.Begin(false)
	if err != nil {
		return true
	}
	defer tx.Rollback()
	return tx.ID() >= id
}

// room is how many bytes of content fit below the limit: what the file holds
// beyond its free pages counts as used.
func (db *DB) room(tx *bbolt.Tx) int64 {
	if db.options.MaxBytes == 0 {
		return math.MaxInt64
	}
	s := db.bolt.Stats()
	free := int64(s.FreePageN+s.PendingPageN) * int64(db.bolt.Info().PageSize)
	return db.options.MaxBytes - (tx.Size() - free)
}
