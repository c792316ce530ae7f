//go:build long

package campaign

import (
	"context"
	"net/http"
	"testing"
	"time"
)

const (
	memory = 256 << 20
	silent = 2000 // connections on which nothing is said
)

// TestOverloadIsRefusedAndNothingElse has ten times as many clients as are
// served at a time, in 256 MB of memory: most of them say nothing, some send a
// byte a second, the others work. Afterwards everything is as before.
func TestOverloadIsRefusedAndNothingElse(t *testing.T) {
	w := overload(t, "concurrency = 400\nread_timeout = \"3s\"\n")
	if w.refused["503"]+w.refused["429"]+w.refused["no answer"] == 0 {
		t.Error("nobody was refused: this was no overload")
	}
}

// TestTheCrowdThatIsServedByDefaultFitsIntoMemory has as many clients, all of
// whom the default configuration serves at a time.
func TestTheCrowdThatIsServedByDefaultFitsIntoMemory(t *testing.T) {
	overload(t, "")
}

// overload lets 4,000 clients in for twenty seconds.
func overload(t *testing.T, server string) *crowd {
	t.Helper()
	g := newGroup(t, memory)
	in := install(t, settings{server: server})
	w := &crowd{in: in, clients: in.clients(1600)}
	s := in.start(g.around()...)
	ctx, goHome := context.WithTimeout(t.Context(), 20*time.Second)
	defer goHome()
	w.ctx = ctx
	w.arrive(silent, 400)
	w.all.Wait()
	if !s.alive() {
		t.Fatalf("the server ended: %v, %s", s.cmd.ProcessState, s.logged())
	}
	t.Logf("right: %v; refused: %v; memory: %d MB, of the process itself %d MB",
		w.right, w.refused, g.peak(t)>>20, s.resident()>>20)
	for what, n := range w.wrong {
		t.Errorf("%d times, a wrong answer to %s", n, what)
	}
	if n := w.refused["silent"]; n < silent || w.refused["slow"] == 0 {
		t.Errorf("of %d connections that say nothing, %d were closed, and %d of those that send a byte a second", silent, n, w.refused["slow"])
	}
	for _, d := range deeds {
		if w.right[d.name] == 0 {
			t.Errorf("nobody got through with: %s", d.name)
		}
	}
	w.afterwards(t)
	s.stop()
	return w
}

// afterwards, when everybody has closed their browsers, wants every page at
// once and all that was acknowledged.
func (w *crowd) afterwards(t *testing.T) {
	t.Helper()
	for _, c := range w.clients {
		c.http.CloseIdleConnections()
	}
	for _, path := range []string{"/", "/healthz", "/readyz"} {
		if a, err := w.clients[0].get(path); err != nil || a.status != http.StatusOK {
			t.Errorf("afterwards, %s answered %d, %v", path, a.status, err)
		}
	}
	audit(t, w.clients)
}
