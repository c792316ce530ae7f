//go:build long

package campaign

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the path of selvhjelp, built for these tests.
var program string

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http tells of connections that were refused
	dir, err := os.MkdirTemp("", "selvhjelp-campaign-")
	if err == nil {
		program = filepath.Join(dir, "selvhjelp")
		build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "selvhjelp/cmd/selvhjelp")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// server is a process that serves, or something that started one.
type server struct {
	t     *testing.T
	cmd   *exec.Cmd
	ready bool          // it has said that it serves
	ended chan struct{} // closed when it has ended
	mu    sync.Mutex
	log   bytes.Buffer
}

// Write collects what the server logs.
func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// start serves, and fails the test when that does not come about.
func (in *installation) start(under ...string) *server {
	in.t.Helper()
	s := in.launch(under...)
	if !s.ready {
		in.t.Fatalf("the server did not start: %s", s.logged())
	}
	return s
}

// launch starts the server under another program, if one is named, and waits
// until it answers or has ended. It is killed with the test.
func (in *installation) launch(under ...string) *server {
	in.t.Helper()
	args := append(under, program, "serve", "-config", in.config)
	s := &server{t: in.t, ended: make(chan struct{})}
	s.cmd = exec.CommandContext(in.t.Context(), args[0], args[1:]...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.cmd.Cancel = s.signal(syscall.SIGKILL)
	s.cmd.Stderr = s
	out, err := s.cmd.StdoutPipe()
	check(in.t, err)
	check(in.t, s.cmd.Start())
	in.t.Cleanup(func() { <-s.ended })
	said := bufio.NewReader(out)
	line, _ := said.ReadString('\n')
	s.ready = strings.HasPrefix(line, "serving")
	go func() {
		defer close(s.ended)
		io.Copy(io.Discard, said)
		s.cmd.Wait()
	}()
	return s
}

// signal returns what sends a signal to the server and to what it runs under.
func (s *server) signal(sig syscall.Signal) func() error {
	return func() error { return syscall.Kill(-s.cmd.Process.Pid, sig) }
}

// kill ends the server without warning.
func (s *server) kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)()
	<-s.ended
	if s.cmd.ProcessState.Exited() {
		s.t.Errorf("the server ended before it was killed: %s", s.logged())
	}
}

// stop asks the server to end, which it does without an error.
func (s *server) stop() {
	s.t.Helper()
	s.signal(syscall.SIGTERM)()
	<-s.ended
	if !s.cmd.ProcessState.Success() {
		s.t.Errorf("the server ended with %v: %s", s.cmd.ProcessState, s.logged())
	}
}

// alive reports whether the server has not ended.
func (s *server) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// run carries out a command beside the server, or without one.
func (in *installation) run(args ...string) (string, error) {
	cmd := exec.CommandContext(in.t.Context(), program, append(args, "-config", in.config)...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
