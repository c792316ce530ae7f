//go:build long

package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"selvhjelp/pkg/web"
)

// crowd is many clients at once, and what they were told.
type crowd struct {
	in      *installation
	clients []*client
	ctx     context.Context // ends when they go home
	all     sync.WaitGroup

	mu      sync.Mutex
	right   map[string]int // answers as they should be, by what was asked for
	refused map[string]int // by status, and connections that were closed
	wrong   map[string]int
}

// deed is one thing that a client does. It says whether the answer was right.
type deed struct {
	name  string
	times int // in a hundred
	do    func(c *client) (answer, bool, error)
}

var deeds = []deed{
	{"front page", 20, func(c *client) (answer, bool, error) {
		a, err := c.get("/")
		return a, a.status == http.StatusOK && strings.Contains(a.body, `name="code"`), err
	}},
	{"everything stored", 10, func(c *client) (answer, bool, error) {
		a, err := c.get("/me/export")
		var e web.Everything
		return a, json.Unmarshal([]byte(a.body), &e) == nil && c.compare(e) == nil, err
	}},
	{"start page", 10, func(c *client) (answer, bool, error) {
		a, err := c.get("/me")
		return a, a.status == http.StatusOK && strings.Contains(a.body, "data-due"), err
	}},
	{"login", 15, func(c *client) (answer, bool, error) {
		a, err := c.login()
		return a, a.location == "/me", err
	}},
	{"registration", 30, func(c *client) (answer, bool, error) {
		a, err := c.save()
		return a, err == nil && c.open == nil, err
	}},
	{"wrong code", 10, func(c *client) (answer, bool, error) {
		a, err := c.post("/login", url.Values{"code": {"00000-00000-00000-00000"}})
		return a, a.status == http.StatusUnauthorized, err
	}},
	{"professional's login", 5, func(c *client) (answer, bool, error) {
		a, err := c.post("/pro/login", url.Values{"email": {c.code.Grouped()[:5] + "@example.org"}, "password": {"vinter regn hav 48"}, "totp": {"123456"}})
		return a, a.status == http.StatusUnauthorized, err
	}},
}

// arrive has everybody come: those who say nothing first, then the slow ones,
// then those who work.
func (w *crowd) arrive(silent, slow int) {
	w.right, w.refused, w.wrong = map[string]int{}, map[string]int{}, map[string]int{}
	for range silent {
		w.all.Go(w.silent)
	}
	for range slow {
		w.all.Go(w.slow)
	}
	for _, c := range w.clients {
		w.all.Go(func() { w.busy(c) })
	}
}

// dial opens a connection that ends with the crowd.
func (w *crowd) dial() (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(w.ctx, "tcp", strings.TrimPrefix(w.in.url, "http://"))
	if err == nil {
		context.AfterFunc(w.ctx, func() { conn.Close() })
	}
	return conn, err
}

// silent opens a connection and waits until the server closes it.
func (w *crowd) silent() {
	if conn, err := w.dial(); err == nil {
		io.Copy(io.Discard, conn)
		conn.Close()
		w.closed("silent")
	}
}

// closed counts a connection that the server ended.
func (w *crowd) closed(kind string) {
	if w.ctx.Err() != nil {
		return // it was the client who went home
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused[kind]++
}

// slow sends a request of which a byte a second arrives, again and again.
func (w *crowd) slow() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for w.ctx.Err() == nil {
		conn, err := w.dial()
		for n := 0; err == nil; n++ {
			select {
			case <-second.C:
				_, err = conn.Write([]byte{"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[n%60]})
			case <-w.ctx.Done():
				return
			}
		}
		w.closed("slow")
	}
}

// busy does one thing after the other.
func (w *crowd) busy(c *client) {
	in := false
	for w.ctx.Err() == nil {
		d := deedOf("login")
		if in {
			d = pick()
		}
		a, right, err := d.do(c)
		in = in || right
		w.note(d.name, a, right, err)
	}
}

func deedOf(name string) deed {
	return deeds[slices.IndexFunc(deeds, func(d deed) bool { return d.name == name })]
}

// pick chooses at random, each deed as often as it stands.
func pick() deed {
	n := rand.IntN(100)
	for _, d := range deeds {
		if n -= d.times; n < 0 {
			return d
		}
	}
	return deeds[0]
}

// note counts an answer.
func (w *crowd) note(name string, a answer, right bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		w.refused["no answer"]++
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		w.refused[fmt.Sprint(a.status)]++
	case right:
		w.right[name]++
	default:
		w.wrong[fmt.Sprintf("%s: %d %s", name, a.status, a.location)]++
	}
}
