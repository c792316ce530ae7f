// Package bolt keeps a store.Store in one bbolt file.
//
// It promises, beyond the contract of package store:
//
//   - Concurrent Updates share one commit, and a lone one waits for nobody.
//     Each function runs in its caller's goroutine and fails alone: what it
//     wrote is taken back before its neighbours are committed.
//
//   - Content is refused with store.ErrFull once Options.MaxBytes are in use.
//     A reserve beyond it, 64 MiB or a tenth if that is more, is left to
//     transactions that are Essential or only delete.
//
//   - A full disk refuses with store.ErrFull too. Any other failure of a
//     commit is store.ErrUnknown: the store then refuses everything, and
//     Failed tells the process to end.
//
//   - A file that is foreign, damaged in its head or cut short is refused
//     with ErrCorrupt when it is opened. It never ends the process.
//
//   - Compact writes a new file beside the old one and puts it in its place.
//     Others go on writing: what they change meanwhile is copied after them,
//     and they wait only for the last few records of it. Readers neither wait
//     nor fail, and those that have begun go on in the old file. Whenever the
//     process is killed, the old file or the new one stands whole, and what was
//     acknowledged is in it.
//
// Bytes that were deleted stay in free pages of the file until Compact has
// written a new one, which holds none of what was deleted before it began.
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
	"syscall"
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
)

// Options say how a file is opened. The zero value is a durable store without
// a limit.
type Options struct {
	// MaxBytes is how many bytes may be in use before content is refused;
	// 0 means no limit.
	MaxBytes int64
	// NoSync leaves out waiting for the disk, and the list of free pages: a
	// power cut may lose or damage the file. For sessions and tests.
	NoSync bool
	// Hold is how many bytes of the disk the file takes at once, so that it can
	// still grow into them when the disk is full. A file system that is full
	// already, or that cannot, is no error.
	Hold int64
	// ReadOnly opens without writing; several processes may.
	ReadOnly bool
	// Timeout is how long to wait for a file in use; 0 means one second.
	Timeout time.Duration
}

// DB is a store.Store in one file.
type DB struct {
	path    string
	options Options
	failed  chan struct{}

	swap  sync.RWMutex // held for writing while Compact puts another file in place
	bolt  *handle      // the file in use; changed under write and swap
	gone  sync.Cond    // tells that a replaced file has lost its last reader
	older int          // replaced files that still have readers; guarded by gone.L

	waiting atomic.Int64 // callers of Update that are about to lock write
	write   sync.Mutex   // held while a function of Update runs, and by commits
	group   *group       // the open group, if any; guarded by write
	crowd   bool         // the group before it was of several; guarded by write

	compacting sync.Mutex // held by Compact; taken before write
	changed    changes    // since Compact began; guarded by write
}

var (
	_ store.Store = (*DB)(nil)
	_ store.File  = (*DB)(nil)
)

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
	if !o.ReadOnly {
		o.hold(path)
		if err := errors.Join(removeNew(path), o.syncDir(path)); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return &DB{path: path, options: o, failed: make(chan struct{}), bolt: newHandle(b), gone: sync.Cond{L: &sync.Mutex{}}}, nil
}

// open turns a memory fault or panic over damaged pages into ErrCorrupt. The
// file must still be the one at path when its lock was given: Compact may have
// put another in its place meanwhile.
func open(path string, o Options) (b *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = corrupt(path, "its list of free pages is damaged")
		}
	}()
	var f *os.File
	options := o.bbolt()
	options.OpenFile = func(name string, flag int, mode fs.FileMode) (_ *os.File, err error) {
		f, err = os.OpenFile(name, flag, mode)
		return f, err
	}
	b, err = bbolt.Open(path, 0o600, options)
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: %w", path, ErrLocked)
	}
	if err == nil && !stillAt(path, f) {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrLocked), b.Close())
	}
	return b, err
}

// stillAt reports whether f is the file at path.
func stillAt(path string, f *os.File) bool {
	there, err := os.Stat(path)
	opened, err2 := f.Stat()
	return errors.Join(err, err2) == nil && os.SameFile(there, opened)
}

func (o Options) bbolt() *bbolt.Options {
	b := &bbolt.Options{
		Timeout:         o.Timeout,
		NoSync:          o.NoSync,
		NoGrowSync:      o.NoSync,
		NoFreelistSync:  o.NoSync, // a small file finds its free pages anew when it is opened
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

// hold takes room for the file at path beyond its end, where the disk has it.
func (o Options) hold(path string) {
	const keepSize = 1 // FALLOC_FL_KEEP_SIZE of fallocate(2)
	if o.Hold == 0 {
		return
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_ = syscall.Fallocate(int(f.Fd()), keepSize, 0, o.Hold)
	_ = f.Close()
}

// syncDir makes the name of the new file at path durable, unless it need not
// last.
func (o Options) syncDir(path string) error {
	if o.NoSync {
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
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
	h, tx, err := db.begin()
	if err != nil {
		return closed(err)
	}
	defer db.release(h)
	defer tx.Rollback()
	return fn(reader{tx})
}

// Failed is closed when the outcome of a commit became unknown. The process
// should then refuse requests and end.
func (db *DB) Failed() <-chan struct{} { return db.failed }

// Close waits for running transactions, and for Compact, and releases the file.
func (db *DB) Close() error {
	db.compacting.Lock()
	defer db.compacting.Unlock()
	db.write.Lock()
	defer db.write.Unlock()
	db.finish()
	err := db.bolt.Close()
	db.gone.L.Lock()
	defer db.gone.L.Unlock()
	for db.older > 0 {
		db.gone.Wait()
	}
	return err
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
