package control

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"selvhjelp/pkg/domaintest"
)

func serve(t *testing.T, dir string, h Handler) {
	t.Helper()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, h) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestACommandIsCarriedOutByTheServer(t *testing.T) {
	dir := domaintest.ShortDir(t)
	serve(t, dir, func(_ context.Context, r Request) (string, error) {
		if r.Command != "greet" || r.Args["name"] != "all" || r.Who != "operator" {
			return "", errors.New("not what was sent")
		}
		return "hello", nil
	})
	out, err := Call(t.Context(), dir, Request{Command: "greet", Args: map[string]string{"name": "all"}, Who: "operator"})
	if err != nil || out != "hello" {
		t.Fatalf("got %q, %v", out, err)
	}
}

func TestTheServersErrorIsTheCommands(t *testing.T) {
	dir := domaintest.ShortDir(t)
	fault := errors.New("no such business")
	var answer error
	serve(t, dir, func(context.Context, Request) (string, error) { return "half a link", answer })
	for want, err := range map[string]error{"": fault, "two of three": &Incomplete{"two of three", fault}} {
		answer = err
		out, err := Call(t.Context(), dir, Request{})
		if out != want || err == nil || err.Error() != "no such business" {
			t.Errorf("got %q, %v; want %q and the error", out, err, want)
		}
	}
}

func TestWithoutAServerTheCommandIsTold(t *testing.T) {
	dir := domaintest.ShortDir(t)
	if _, err := Call(t.Context(), dir, Request{}); !errors.Is(err, ErrNoServer) {
		t.Fatalf("got %v", err)
	}
}

func TestASocketThatWasLeftBehindIsReplacedAndOnlyItsOwnersMayOpenIt(t *testing.T) {
	dir := domaintest.ShortDir(t)
	if err := os.WriteFile(filepath.Join(dir, socketName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, dir, func(context.Context, Request) (string, error) { return "", nil })
	info, err := os.Stat(Path(dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

func TestAHugeRequestIsRefused(t *testing.T) {
	dir := domaintest.ShortDir(t)
	serve(t, dir, func(context.Context, Request) (string, error) { return "done", nil })
	_, err := Call(t.Context(), dir, Request{Command: strings.Repeat("x", 2*maxRequest)})
	if err == nil {
		t.Fatal("a huge request was carried out")
	}
}

func TestOnlyASocketThatNobodyListensOnIsNoServer(t *testing.T) {
	dir := domaintest.ShortDir(t)
	for _, err := range []error{syscall.ENOENT, syscall.ECONNREFUSED} {
		if got := notReached(Path(dir), err); !errors.Is(got, ErrNoServer) {
			t.Errorf("%v: %v", err, got)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	got := notReached(Path(dir), syscall.EACCES)
	if errors.Is(got, ErrNoServer) || !strings.Contains(got.Error(), "belongs to "+me.Username+";") {
		t.Errorf("a socket that may not be opened: %v", got)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Call(t.Context(), file, Request{Command: "ping"}); err == nil || errors.Is(err, ErrNoServer) {
		t.Errorf("a data folder that is none: %v", err)
	}
}

func TestAPathThatNoSocketCanHaveIsNamed(t *testing.T) {
	dir := filepath.Join(domaintest.ShortDir(t), strings.Repeat("long", 25))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(dir); err == nil || !strings.Contains(err.Error(), "of 107 at the most; give data.dir a shorter one") {
		t.Errorf("listening: %v", err)
	}
	if _, err := Call(t.Context(), dir, Request{}); !errors.Is(err, ErrNoServer) {
		t.Errorf("calling: %v", err)
	}
}
