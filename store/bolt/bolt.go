// Package bolt keeps a store.Store in one bbolt file.
//
// It promises, beyond the contract of package store:
//
//   - Concurrent Updates share one commit, and a lone one waits for nobody.
//     Each function runs in its caller's goroutine and fails alone: what it
//     wrote is taken back before its neighbours are committed.
//   - Content is refused with store.ErrFull once Options.MaxBytes are in use.
//     A reserve beyond it, 64 MiB or a tenth if that is more, is left to
//     transactions that are Essential or only delete.
//   - A full disk refuses with store.ErrFull too. Any other failure of a
//     commit is store.ErrUnknown: the store then refuses everything, and
//     Failed tells the process to end.
//   - A file that is foreign, damaged in its head or cut short is refused
//     with ErrCorrupt when it is opened. It never ends the process.
//
// Bytes that were deleted stay in free pages of the file until CompactTo has
// written a new one.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"selvhjelp/store"
)

// Errors of Open.
var (
	// ErrLocked means that another process has the file open.
	ErrLocked = errors.New("bolt: the file is in use by another process")
	// ErrCorrupt means that the file is not one of ours, damaged or cut short.
	ErrCorrupt = errors.New("bolt: not an intact database")
)

const (
	// addressSpace is how much of the process's address space a file gets to
	// grow into; it costs no memory. Growing beyond it waits for readers.
	// Files that need not last get less, as they stay small.
	addressSpace      = 8 << 30
	smallAddressSpace = 1 << 30
	// minReserve is the least room, in bytes, beyond Options.MaxBytes.
	minReserve = 64 << 20
	// compactTx is how many bytes CompactTo commits at a time.
	compactTx = 64 << 10
)

// Options say how a file is opened. The zero value is a durable store without
// a limit.
type Options struct {
	// MaxBytes is how many bytes may be in use before content is refused;
	// 0 means no limit.
	MaxBytes int64
	// NoSync leaves out waiting for the disk: a power cut may lose or damage
	// the file. For sessions and tests.
	NoSync bool
	// ReadOnly opens without writing; several processes may.
	ReadOnly bool
	// Timeout is how long to wait for a file in use; 0 means one second.
	Timeout time.Duration
}

// DB is a store.Store in one file.
type DB struct {
	bolt     *bbolt.DB
	maxBytes int64
	failed   chan struct{}

	waiting atomic.Int64 // callers of Update that are about to lock write
	write   sync.Mutex   // held while a function of Update runs, and by commits
	group   *group       // the open group, if any; guarded by write
}

var _ store.Store = (*DB)(nil)

// Open opens the file at path, or makes it, readable by its owner alone.
// The error is ErrLocked, ErrCorrupt or that of the file system.
func Open(path string, o Options) (*DB, error) {
	if err := check(path); err != nil {
		return nil, err
	}
	b, err := open(path, o)
	if err != nil {
		return nil, err
	}
	if !o.NoSync && !o.ReadOnly {
		if err := syncDir(filepath.Dir(path)); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return &DB{bolt: b, maxBytes: o.MaxBytes, failed: make(chan struct{})}, nil
}

// open turns a memory fault or panic over damaged pages into ErrCorrupt.
func open(path string, o Options) (b *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = corrupt(path, "its list of free pages is damaged")
		}
	}()
	b, err = bbolt.Open(path, 0o600, o.bbolt())
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: %w", path, ErrLocked)
	}
	return b, err
}

func (o Options) bbolt() *bbolt.Options {
	b := &bbolt.Options{
		Timeout:         o.Timeout,
		NoSync:          o.NoSync,
		NoGrowSync:      o.NoSync,
		ReadOnly:        o.ReadOnly,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: addressSpace,
	}
	if o.NoSync {
		b.InitialMmapSize = smallAddressSpace
	}
	if o.Timeout == 0 {
		b.Timeout = time.Second
	}
	if o.MaxBytes > 0 {
		b.MaxSize = int(o.MaxBytes + max(minReserve, o.MaxBytes/10))
	}
	return b
}

// syncDir makes the name of a new file durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// View runs fn on a snapshot; see store.Store.
func (db *DB) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := db.refusal(ctx); err != nil {
		return err
	}
	tx, err := db.bolt.Begin(false)
	if err != nil {
		return closed(err)
	}
	defer tx.Rollback()
	return fn(reader{tx})
}

// Failed is closed when the outcome of a commit became unknown. The process
// should then refuse requests and end.
func (db *DB) Failed() <-chan struct{} { return db.failed }

// Close waits for running transactions and releases the file.
func (db *DB) Close() error {
	db.write.Lock()
	defer db.write.Unlock()
	db.finish()
	return db.bolt.Close()
}

// CompactTo writes everything the store holds, and nothing it has deleted,
// into a new file at path and syncs it. It keeps one snapshot open meanwhile.
// A file already at path is an error (fs.ErrExist) and is left alone.
func (db *DB) CompactTo(path string) error {
	o := Options{NoSync: true}.bbolt()
	o.OpenFile = func(name string, flag int, perm fs.FileMode) (*os.File, error) {
		return os.OpenFile(name, flag|os.O_EXCL, perm)
	}
	dst, err := bbolt.Open(path, 0o600, o)
	if err != nil {
		return err
	}
	err = bbolt.Compact(dst, db.bolt, compactTx)
	if err = errors.Join(closed(err), dst.Sync(), dst.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// refusal says why no transaction may start now, if so.
func (db *DB) refusal(ctx context.Context) error {
	select {
	case <-db.failed:
		return store.ErrUnknown
	default:
		return ctx.Err()
	}
}

// closed gives bbolt's error for a closed file the contract's name.
func closed(err error) error {
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}
