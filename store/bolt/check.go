package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// The head of a bbolt file is two meta pages, written in turn. Each has a page
// header and then these fields in the machine's byte order: magic, version,
// page size, flags (4 bytes each); root page, root sequence, free list page,
// number of pages, transaction, checksum (8 bytes each). The checksum is
// FNV-64a over all before it.
const (
	pageHeader  = 16
	metaSize    = 64
	boltMagic   = 0xED0CDAED
	boltVersion = 2
)

// check refuses a file that bbolt would stumble over: it maps the file into
// memory, where reading past the end kills the process. A missing or empty
// file is a new one. Both meta pages must be whole: their fields lie in one
// sector of the disk, so a crash does not tear them, and bbolt would answer a
// damaged one by going back one commit without a word.
func check(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	reason, err := damage(f)
	if err != nil || reason == "" {
		return err
	}
	// What is being written may look damaged to a reader.
	if syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil {
		return fmt.Errorf("%s: %w", path, ErrLocked)
	}
	return corrupt(path, reason)
}

func corrupt(path, reason string) error {
	return fmt.Errorf("%w: %s: %s; keep a copy of it and restore the newest backup", ErrCorrupt, path, reason)
}

// damage says what is wrong with the file, if anything.
func damage(f *os.File) (string, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return "", err
	}
	first, reason, err := readMeta(f, 0)
	if err != nil || reason != "" {
		return reason, err
	}
	second, reason, err := readMeta(f, int64(first.pageSize))
	if err != nil || reason != "" {
		return reason, err
	}
	if first.pageSize != second.pageSize {
		return "its page size is damaged", nil
	}
	// The file grows before a meta page says so; so its size is read last.
	if size, err = f.Seek(0, io.SeekEnd); err != nil {
		return "", err
	}
	if uint64(size)/uint64(first.pageSize) < max(first.pages, second.pages) {
		return "it is cut short", nil
	}
	return "", nil
}

// meta is what check needs of a meta page.
type meta struct {
	pageSize uint32
	pages    uint64
}

// readMeta reads the meta page at offset, or says what is wrong with it.
func readMeta(f io.ReaderAt, offset int64) (m meta, reason string, err error) {
	var raw [metaSize]byte
	if _, err := f.ReadAt(raw[:], offset+pageHeader); errors.Is(err, io.EOF) {
		return m, "it is cut short", nil
	} else if err != nil {
		return m, "", err
	}
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(raw[:metaSize-8])
	m = meta{pageSize: order.Uint32(raw[8:]), pages: order.Uint64(raw[40:])}
	switch {
	case order.Uint32(raw[0:]) != boltMagic:
		return m, "it does not begin like a database", nil
	case order.Uint32(raw[4:]) != boltVersion:
		return m, "it has another format version", nil
	case order.Uint64(raw[56:]) != sum.Sum64():
		return m, "its head is damaged", nil
	case m.pageSize < 1024 || m.pageSize > 64<<10 || m.pageSize&(m.pageSize-1) != 0:
		return m, "its page size is impossible", nil
	}
	return m, "", nil
}
