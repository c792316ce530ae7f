//go:build long

package campaign

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestNothingAcknowledgedIsLostWhenTheServerIsKilled kills the server while 32
// clients save and the nightly sweep runs beside them, without a pause, 15
// times over one database.
func TestNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	in := install(t, settings{})
	clients := in.clients(32)
	var unanswered, kept, sweeps int
	for range 15 {
		s := in.start()
		u, k := audit(t, clients)
		unanswered, kept = unanswered+u, kept+k
		sweeps += in.killAmong(s, clients)
	}
	s := in.start()
	audit(t, clients)
	s.stop()
	t.Logf("15 kills, %d sweeps beside; %d registrations acknowledged; %d without an answer, of which %d were there",
		sweeps, entries(clients), unanswered, kept)
	if sweeps == 0 || unanswered == 0 {
		t.Error("the kills did not meet anything under way")
	}
}

// killAmong kills the server at a random moment while clients save, and waits
// until nobody uses the files. It returns how many sweeps were done.
func (in *installation) killAmong(s *server, clients []*client) (sweeps int) {
	in.t.Helper()
	var all sync.WaitGroup
	acknowledged := make(chan struct{})
	all.Go(func() {
		together(in.t, clients, func(c *client) error {
			return c.untilGone(1<<20, func() { acknowledged <- struct{}{} })
		})
		close(acknowledged)
	})
	all.Go(func() { sweeps = in.sweepUntilGone(s) })
	count, last := 0, 40+rand.IntN(400)
	for range acknowledged {
		if count++; count == last {
			all.Go(func() {
				<-time.After(time.Duration(rand.IntN(5000)) * time.Microsecond)
				s.kill()
			})
		}
	}
	if count < last { // the clients have said why
		s.kill()
	}
	all.Wait()
	return sweeps
}

// sweepUntilGone runs one sweep after the other and counts them. One that fails
// is a fault unless the server has just been killed.
func (in *installation) sweepUntilGone(s *server) (done int) {
	for s.alive() {
		out, err := in.run("sweep")
		if err == nil {
			done++
			continue
		}
		select {
		case <-s.ended:
		case <-time.After(time.Minute):
			in.t.Errorf("a sweep beside the server: %s", out)
		}
	}
	return done
}

// TestNothingAcknowledgedIsLostWhicheverWriteIsTheLast kills the server, by the
// system's tracer, before its first, second, ... write and wait for the disk.
func TestNothingAcknowledgedIsLostWhicheverWriteIsTheLast(t *testing.T) {
	for _, call := range []string{"fdatasync", "pwrite64"} {
		t.Run(call, func(t *testing.T) {
			in := install(t, settings{})
			clients := in.clients(8)
			in.recovered(clients)
			var early, unanswered, kept int
			for k := range 40 {
				if !in.diesAt(call, k+1, clients) {
					early++
				}
				u, n := in.recovered(clients)
				unanswered, kept = unanswered+u, kept+n
			}
			t.Logf("40 kills, %d of them before it served; %d acknowledged; %d without an answer, of which %d were there",
				early, entries(clients), unanswered, kept)
		})
	}
}

// diesAt has the server killed as one of its threads begins a system call for
// the k-th time, while clients save in the sessions they have from before. It
// reports whether it served until then.
func (in *installation) diesAt(call string, k int, clients []*client) (served bool) {
	in.t.Helper()
	s := in.launch("strace", "-f", "-qq", "-o", in.path("trace"), "-e", "trace=fdatasync,pwrite64",
		"-e", "inject="+call+":signal=SIGKILL:when="+strconv.Itoa(k))
	if s.ready {
		together(in.t, clients, func(c *client) error {
			c.http.CloseIdleConnections()
			return c.untilGone(200, func() {})
		})
	}
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		in.t.Errorf("%s %d: the server was not killed", call, k)
		s.kill()
	}
	return s.ready
}

// recovered checks the files as the operator would, and compares.
func (in *installation) recovered(clients []*client) (unanswered, kept int) {
	in.t.Helper()
	if out, err := in.run("check"); err != nil {
		in.t.Errorf("check: %s", out)
	}
	s := in.start()
	defer s.stop()
	return audit(in.t, clients)
}
