package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// answered is what a server says to a request, as a browser reads it.
func answered(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a, string(body)
}

// TestWhoIsOneTooManyIsToldSoInThreeLanguages, and let in when somebody leaves.
func TestWhoIsOneTooManyIsToldSoInThreeLanguages(t *testing.T) {
	in, _, err := openDemo(t.Context(), filepath.Join(t.TempDir(), "d"), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	in.config.Server.Concurrency = 2
	l, err := listenLocal("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- in.serve(ctx, l, true, io.Discard, func() { close(ready) }) }()
	<-ready
	address := l.Addr().String()
	var silent []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		silent = append(silent, c)
	}
	for range 3 {
		a, body := answered(t, address)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
			a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("answered %d with %v", a.StatusCode, a.Header)
		}
		for _, want := range []string{`lang="nb"`, `lang="nn"`, `lang="en"`, "full et øyeblikk", "full ei lita stund", "full for a moment", `href="tel:113"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is missing in: %s", want, body)
			}
		}
	}
	silent[0].Close()
	for until := time.Now().Add(20 * time.Second); ; {
		if a, _ := answered(t, address); a.StatusCode == http.StatusOK {
			break
		} else if time.Now().After(until) {
			t.Fatalf("somebody has left, and the next one gets %d", a.StatusCode)
		}
	}
	silent[1].Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
