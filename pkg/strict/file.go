package strict

import (
	"errors"
	"io"
	"io/fs"
)

// Contents returns a file, or one byte more than most of it. Nothing but a regular
// file is opened: a pipe would give nothing and have no end.
func Contents(fsys fs.FS, file string, most int64) ([]byte, error) {
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}
