// Package control is how a command talks to the running server: through a Unix
// socket in the data folder that only its owner may open. The server has locked
// the database; what a command wants done is done there, or, when no server
// answers, by the command itself.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"syscall"
	"time"
)

const (
	socketName = "control.sock"
	longest    = 107              // bytes of a socket's path that the system takes
	timeout    = 30 * time.Minute // a night over a large database may take some
	maxRequest = 1 << 20          // bytes
)

// ErrNoServer is returned by Call when no server answers.
var ErrNoServer = errors.New("control: no server is running")

// Request is what a command wants done.
type Request struct {
	Command string            `json:"command"`
	Args    map[string]string `json:"args,omitempty"`
	Who     string            `json:"who"` // the name of who runs it, for the audit log
}

// Response is what came of it. Error is a text for the operator; what was done
// before it may be in Output.
type Response struct {
	Output string `json:"output,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Incomplete is the error of a command that has done a part of its work.
type Incomplete struct {
	Output string // about that part
	Err    error
}

// Error is that of Err.
func (e *Incomplete) Error() string { return e.Err.Error() }

// Outcome is what a handler's answer comes to: the output of an error is that
// of the part that was done.
func Outcome(output string, err error) (string, error) {
	if part, ok := errors.AsType[*Incomplete](err); ok {
		return part.Output, part.Err
	}
	if err != nil {
		return "", err
	}
	return output, nil
}

// Handler carries out a request.
type Handler func(ctx context.Context, r Request) (output string, err error)

// Path is the socket of a data folder.
func Path(dir string) string { return filepath.Join(dir, socketName) }

// Listen opens the socket of a data folder. A socket that a server left behind
// when it was killed is replaced: the lock on the database tells the two apart,
// so Listen is called with the database open.
func Listen(dir string) (net.Listener, error) {
	if n := len(Path(dir)); n > longest {
		return nil, fmt.Errorf("the path %s has %d bytes, of %d at the most; give data.dir a shorter one", Path(dir), n, longest)
	}
	if err := os.Remove(Path(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", Path(dir))
}

// Serve answers until ctx ends.
func Serve(ctx context.Context, l net.Listener, h Handler) error {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		go answer(ctx, conn, h)
	}
}

func answer(ctx context.Context, conn net.Conn, h Handler) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	var req Request
	var resp Response
	err := json.NewDecoder(io.LimitReader(conn, maxRequest)).Decode(&req)
	if err != nil {
		resp.Error = "the request does not decode"
	} else if resp.Output, err = Outcome(h(ctx, req)); err != nil {
		resp.Error = err.Error()
	}
	_ = json.NewEncoder(conn).Encode(resp) // the command sees that the answer is missing
}

// Call asks the server of a data folder. ErrNoServer when none is there; any
// other error is the server's, which may come with an output, or that of a
// socket that cannot be opened or a connection which broke.
func Call(ctx context.Context, dir string, r Request) (string, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", Path(dir))
	if err != nil {
		return "", notReached(Path(dir), err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return "", fmt.Errorf("control: %w", err)
	}
	var resp Response
	if err := json.NewDecoder(conn).Decode(&resp); err != nil {
		return "", fmt.Errorf("control: the server did not answer: %w", err)
	}
	if resp.Error != "" {
		return resp.Output, errors.New(resp.Error)
	}
	return resp.Output, nil
}

// notReached is why a socket was not opened: ErrNoServer when none is there or
// nobody listens. Whoever may not open it is told whose it is.
func notReached(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), len(path) > longest:
		return ErrNoServer
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s belongs to %s; run the command as that user", path, ownerOf(path))
	}
	return fmt.Errorf("control: %w", err)
}

// ownerOf is the user whom a path belongs to, or the folder around it that can
// be looked at.
func ownerOf(path string) string {
	info, err := os.Stat(path)
	for err != nil && path != filepath.Dir(path) {
		path = filepath.Dir(path)
		info, err = os.Stat(path)
	}
	if err != nil {
		return "another user"
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "another user"
	}
	uid := fmt.Sprint(stat.Uid)
	if u, err := user.LookupId(uid); err == nil {
		return u.Username
	}
	return "the user with number " + uid
}
