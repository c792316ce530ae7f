package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// client is one keep-alive connection.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(address string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

// answer is what a client has read.
type answer struct {
	status int
	cookie string // of the session, as name=value
	body   []byte // when it was asked for
}

var (
	lengthHeader = []byte("Content-Length:")
	cookieHeader = []byte("Set-Cookie:")
	// ownHeaders are those that every server sends of itself.
	ownHeaders = []string{"Content-Length:", "Date:", "Server:", "Location:", "Connection:"}
)

// head sends a request and returns the lines of the answer's head that a server does
// not send of itself.
func head(s *server, request []byte) (lines string, err error) {
	c, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer c.conn.Close()
	if _, err := c.conn.Write(request); err != nil {
		return "", err
	}
	if _, err := c.in.ReadSlice('\n'); err != nil {
		return "", err
	}
	for {
		line, err := c.in.ReadString('\n')
		if line = strings.TrimSpace(line); err != nil || line == "" {
			return lines, err
		}
		if !slices.ContainsFunc(ownHeaders, func(name string) bool { return strings.HasPrefix(line, name) }) {
			lines += line + "\n"
		}
	}
}

// do sends a prebuilt request and reads the answer.
func (c *client) do(request []byte, withBody bool) (answer, error) {
	var a answer
	if _, err := c.conn.Write(request); err != nil {
		return a, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return a, fmt.Errorf("status line: %w", err)
	}
	a.status, _ = strconv.Atoi(string(line[9:12]))
	length, err := c.headers(&a)
	if err != nil {
		return a, err
	}
	if withBody {
		a.body = make([]byte, length)
		_, err = io.ReadFull(c.in, a.body)
		return a, err
	}
	_, err = c.in.Discard(length)
	return a, err
}

// headers reads up to the empty line and returns the length of the body.
func (c *client) headers(a *answer) (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			return length, nil
		case bytes.HasPrefix(line, lengthHeader):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthHeader):]))); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(line, cookieHeader):
			value, _, _ := bytes.Cut(bytes.TrimSpace(line[len(cookieHeader):]), []byte(";"))
			if name, v, _ := bytes.Cut(value, []byte("=")); len(v) > 0 && (string(name) == "s" || string(name) == "p") {
				a.cookie = string(value)
			}
		}
	}
}

// get and post build requests. A cookie may be empty.
func get(path, cookie string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bench\r\n%s\r\n", path, cookieLine(cookie))
}

func post(path, cookie, body string, headers ...string) []byte {
	var extra strings.Builder
	extra.WriteString(cookieLine(cookie))
	for _, h := range headers {
		extra.WriteString(h + "\r\n")
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n%s\r\n%s",
		path, len(body), extra.String(), body)
}

func cookieLine(cookie string) string {
	if cookie == "" {
		return ""
	}
	return "Cookie: " + cookie + "\r\n"
}

// load is what a crowd of clients has measured.
type load struct {
	requests int
	wall     float64 // seconds
	cpu      float64 // seconds of the server
	p50, p99 float64 // seconds
}

func (l load) perSecond() float64 { return float64(l.requests) / l.wall }

// cpuEach is the server's CPU per request in microseconds.
func (l load) cpuEach() float64 { return l.cpu / float64(l.requests) * 1e6 }

// drive has clients send each their requests over and over, for some seconds,
// and stops at the first answer that is not wanted.
func drive(s *server, clients int, seconds float64, want int, request func(client, n int) []byte) (load, error) {
	var mu sync.Mutex
	var times []float64
	var failed error
	cpu, began := s.cpu(), time.Now()
	until := began.Add(time.Duration(seconds * float64(time.Second)))
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			own, err := one(s.address, c, until, want, request)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, own...)
			if err != nil {
				failed = err
			}
		})
	}
	wg.Wait()
	l := load{requests: len(times), wall: time.Since(began).Seconds(), cpu: s.cpu() - cpu}
	if failed != nil || len(times) == 0 {
		return l, fmt.Errorf("%s: %w", s.name, failed)
	}
	slices.Sort(times)
	l.p50, l.p99 = times[len(times)/2], times[len(times)*99/100]
	return l, nil
}

func one(address string, c int, until time.Time, want int, request func(client, n int) []byte) (times []float64, err error) {
	conn, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer conn.conn.Close()
	for n := 0; time.Now().Before(until); n++ {
		began := time.Now()
		a, err := conn.do(request(c, n), false)
		if err == nil && a.status != want {
			err = fmt.Errorf("status %d instead of %d", a.status, want)
		}
		if err != nil {
			return times, err
		}
		times = append(times, time.Since(began).Seconds())
	}
	return times, nil
}
