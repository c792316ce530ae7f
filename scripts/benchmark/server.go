package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process that is measured.
type server struct {
	name, address string
	process       *exec.Cmd
	profile       string // file of the CPU profile, once it has ended
	env           []string
}

// build compiles selvhjelp as it is shipped.
func build(ctx context.Context, to string) error {
	c := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", to, "./cmd/selvhjelp")
	c.Dir = "../.."
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// start runs selvhjelp on a world.
func (b *bench) start(w *world) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(w.dir, "config.toml")
	if err := os.WriteFile(config, []byte(w.config(address)), 0o600); err != nil {
		return nil, err
	}
	s := &server{name: "selvhjelp", address: address, profile: filepath.Join(w.dir, "cpu.profile")}
	return s, s.run(b.ctx, b.binary, "serve", "-config", config, "-cpuprofile", s.profile)
}

// reference runs this program as one of its reference servers, with more in its
// environment.
func (b *bench) reference(name string, env ...string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{name: name, address: address}
	s.env = append(os.Environ(), env...)
	return s, s.run(b.ctx, self, name, address)
}

// run starts the process and waits until it answers.
func (s *server) run(ctx context.Context, command string, args ...string) error {
	s.process = exec.CommandContext(ctx, command, args...)
	s.process.Stderr = os.Stderr
	s.process.Stdout, s.process.Env = nil, s.env
	if s.name == "selvhjelp" {
		s.process.Stderr = nil
	}
	if err := s.process.Start(); err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if conn, err := net.Dial("tcp", s.address); err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("%s does not answer", s.name)
}

// stop ends the process and waits for it.
func (s *server) stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	_ = s.process.Wait()
}

// freeAddress is one of this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

const ticks = 100 // per second, of /proc/PID/stat on Linux

// cpu is the CPU time of the process so far, in seconds.
func (s *server) cpu() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticks
}

// resident is RssAnon of the process in MiB.
func (s *server) resident() float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssAnon:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}

// largest names the largest costs of a CPU profile: of a function itself, and
// of one of our own with all that it calls.
func largest(profile string) string {
	flat := top(profile, "-flat", "")
	ours := top(profile, "-cum", "selvhjelp/(pkg|store)")
	return fmt.Sprintf("largest cost: %s itself; %s with what it calls", flat, ours)
}

// top is the first line of a profile whose function fits.
func top(profile, order, focus string) string {
	out, err := exec.Command("go", "tool", "pprof", "-top", order, "-show="+focus, "-nodecount=40", profile).Output()
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 6 || !strings.HasSuffix(f[1], "%") || strings.Contains(line, "(*Server).App") {
			continue
		}
		if order == "-flat" || interesting(f[5]) {
			share := f[1]
			if order == "-cum" {
				share = f[4]
			}
			return strings.Join(f[5:], " ") + " " + share
		}
	}
	return "unknown"
}

// interesting leaves out what merely calls the next.
func interesting(function string) bool {
	for _, outer := range []string{"web.(*Server)", "web.New", "Update", "View"} {
		if strings.Contains(function, outer) {
			return false
		}
	}
	return true
}
