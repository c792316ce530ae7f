package webtest

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// failing takes the place of a test that is expected to fail.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failure runs a step on p that must fail its test within limit, and returns
// the message.
func failure(p *Page, limit time.Duration, step func()) string {
	f := &failing{TB: p.t}
	p.t, p.limit = f, limit
	done := make(chan struct{})
	go func() {
		defer close(done)
		step()
	}()
	<-done
	return f.message
}

func TestOtherHostsAreOutOfReach(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Bool
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) })}
	go server.Serve(listener)
	defer server.Close()
	p := visit(t, site(t)+"/form")
	message := failure(p, stepLimit, func() { p.Open("http://" + listener.Addr().String()) })
	if reached.Load() || !strings.Contains(message, "ERR_NAME_NOT_RESOLVED") {
		t.Errorf("reached %t, message %q", reached.Load(), message)
	}
}

func TestMissingChromiumIsAFailure(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := launch(); err == nil || !strings.Contains(err.Error(), "scripts/test installs it") {
		t.Errorf("without chromium: %v", err)
	}
}

func TestHangsFailWithAMessage(t *testing.T) {
	home := site(t)
	tests := []struct {
		name string
		step func(*Page)
		want string
	}{
		{"a page that never answers", func(p *Page) { p.Open("/silent") }, "open /silent, on " + home + "/form (200): not done within 1s"},
		{"an element that never comes", func(p *Page) { p.Text("#none") }, "text of #none, on " + home + "/form (200): not done within 1s"},
		{"a click that leads nowhere", func(p *Page) { p.Click("h1") }, "click h1, on " + home + "/form (200): not done within 1s"},
		{"a typed secret", func(p *Page) { p.Fill("#none", "secret") }, "fill #none, on " + home + "/form (200): not done within 1s"},
		{"an endless script", func(p *Page) { p.Eval("new Promise(() => {})", nil) }, "run a script, on " + home + "/form (200): not done within 1s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := visit(t, home+"/form")
			if got := failure(p, time.Second, func() { tt.step(p) }); got != "webtest: "+tt.want {
				t.Errorf("message %q, want %q", got, tt.want)
			}
		})
	}
}
