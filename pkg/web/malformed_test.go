package web_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvhjelp/pkg/config"
)

// echo is in every request of the corpus, and must be in no answer.
const echo = "zqecho7"

// corpus are requests as they come over a socket, and what they are answered.
// HOST is the server's own; a request that is refused ends its connection.
var corpus = []struct {
	name, raw string
	status    int
}{
	{"plain", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 200},
	{"HEAD", "HEAD / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 200},
	{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 200},
	{"HTTP/1.0 without a host", "GET /healthz HTTP/1.0\r\nX-A: zqecho7\r\n\r\n", 200},
	{"HTTP/1.0 without any field", "GET /healthz HTTP/1.0\r\n\r\n", 200},
	{"whole address of our own", "GET http://HOST/healthz HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 200},
	{"chunked form", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ncode=x\r\n0\r\n\r\n", 422},
	{"claimed address", "GET / HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Host: zqecho7\r\nX-Forwarded-Proto: https\r\nForwarded: for=zqecho7;host=zqecho7\r\n\r\n", 200},

	{"nonsense", "zqecho7\r\n\r\n", 400},
	{"a binary greeting", "\x16\x03\x01\x02\x00zqecho7\x01\xfc\r\n\r\n", 400},
	{"no version", "GET /zqecho7\r\nHost: HOST\r\n\r\n", 400},
	{"another version", "GET / HTTP/2.0\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 400},
	{"an unknown version", "GET / HTTP/1.7\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 400},
	{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nzqecho7", 400},
	{"no host", "GET / HTTP/1.1\r\nX-A: zqecho7\r\n\r\n", 400},
	{"empty host", "GET / HTTP/1.1\r\nHost:\r\nX-A: zqecho7\r\n\r\n", 400},
	{"two hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: zqecho7\r\n\r\n", 400},
	{"two hosts in one", "GET / HTTP/1.1\r\nHost: HOST, zqecho7\r\n\r\n", 400},
	{"host with a path", "GET / HTTP/1.1\r\nHost: HOST/zqecho7\r\n\r\n", 400},
	{"host with a user", "GET / HTTP/1.1\r\nHost: zqecho7@HOST\r\n\r\n", 400},
	{"address of another host", "GET http://zqecho7.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"host in front of the path", "GET //zqecho7.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"address of another kind", "GET ftp://HOST/zqecho7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"path without a slash", "GET zqecho7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"space in the path", "GET /zq echo7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"zero byte in the path", "GET /zqecho7\x00 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 400},
	{"CONNECT", "CONNECT zqecho7.example:443 HTTP/1.1\r\nHost: zqecho7.example:443\r\n\r\n", 400},
	{"TRACE", "TRACE / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\r\n\r\n", 405},
	{"unknown method", "ZQECHO7 / HTTP/1.1\r\nHost: HOST\r\n\r\n", 405},
	{"method in lower case", "get /zqecho7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 405},
	{"method that is no token", "G@T /zqecho7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"folded line", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\n zqecho7\r\n\r\n", 400},
	{"folded line with a tab", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\n\tzqecho7: b\r\n\r\n", 400},
	{"folded first line", "GET / HTTP/1.1\r\n X-A: zqecho7\r\nHost: HOST\r\n\r\n", 400},
	{"line without CR", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: a\nX-B: zqecho7\r\n\r\n", 400},
	{"CR without line", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: a\rX-B: zqecho7\r\n\r\n", 400},
	{"zero byte in a value", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\x00\r\n\r\n", 400},
	{"bell in a value", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\x07\r\n\r\n", 400},
	{"delete in a value", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7\x7f\r\n\r\n", 400},
	{"space in a name", "GET / HTTP/1.1\r\nHost: HOST\r\nX zqecho7: a\r\n\r\n", 400},
	{"space before the colon", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length : 0\r\nX-A: zqecho7\r\n\r\n", 400},
	{"no colon", "GET / HTTP/1.1\r\nHost: HOST\r\nzqecho7\r\n\r\n", 400},
	{"no name", "GET / HTTP/1.1\r\nHost: HOST\r\n: zqecho7\r\n\r\n", 400},
	{"umlaut in a name", "GET / HTTP/1.1\r\nHost: HOST\r\nX-\xc3\xa6: zqecho7\r\n\r\n", 400},
	{"two lengths", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7\r\nContent-Length: 8\r\n\r\nzqecho7", 400},
	{"the same length twice", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\nzqecho7", 400},
	{"a list of lengths", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7, 7\r\n\r\nzqecho7", 400},
	{"negative length", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: -7\r\n\r\nzqecho7", 400},
	{"length with a sign", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: +7\r\n\r\nzqecho7", 400},
	{"length in hexadecimal", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0x7\r\n\r\nzqecho7", 400},
	{"length beyond numbers", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99999999999999999999\r\n\r\nzqecho7", 400},
	{"length beyond the limit", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9999999\r\n\r\nzqecho7", 413},
	{"length and coding", "POST /login HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nzqecho7", 400},
	{"coding and length", "POST /login HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n0\r\n\r\nzqecho7", 400},
	{"two codings", "POST /login HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nzqecho7", 400},
	{"unknown coding", "POST /login HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: zqecho7\r\n\r\n0\r\n\r\n", 400},
	{"no coding", "POST /login HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: identity\r\nX-A: zqecho7\r\n\r\n", 400},
	{"coding in HTTP/1.0", "POST /login HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nzqecho7", 400},
	{"broken chunk", "POST /login HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzqecho7\r\n", 400},
	{"chunked GET", "GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nzqecho7\r\n0\r\n\r\n", 400},
	{"GET with a body", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7\r\n\r\nzqecho7", 400},
	{"a request in the body of a GET", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 35\r\n\r\nGET /zqecho7 HTTP/1.1\r\nHost: HOST\r\n\r\n", 400},
	{"long path", "GET /zqecho7" + strings.Repeat("x", 20_000) + " HTTP/1.1\r\nHost: HOST\r\n\r\n", 431},
	{"long field", "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: zqecho7" + strings.Repeat("x", 20_000) + "\r\n\r\n", 431},
	{"many fields", "GET / HTTP/1.1\r\nHost: HOST\r\n" + strings.Repeat("X-A: zqecho7\r\n", 2_000) + "\r\n", 431},
}

// Whatever comes over the socket, the server answers with a page of ours or
// closes, shows nothing of it, logs nothing of it and goes on.
func TestMalformedRequestsAreRefusedWithoutAnEcho(t *testing.T) {
	s := newSite(t, nil)
	for _, tc := range corpus {
		resp, body, rest := s.send(t, strings.ReplaceAll(tc.raw, "HOST", s.listening))
		if resp == nil {
			t.Errorf("%s: no answer", tc.name)
			continue
		}
		if resp.StatusCode != tc.status {
			t.Errorf("%s: answered %d, want %d", tc.name, resp.StatusCode, tc.status)
		}
		if refused := tc.status >= 400 && tc.status != 422; refused && (!resp.Close || rest != "") {
			t.Errorf("%s: the connection stays open, or more than one answer came", tc.name)
		}
		for name, values := range resp.Header {
			body += name + strings.Join(values, " ")
		}
		if strings.Contains(strings.ToLower(body), echo) {
			t.Errorf("%s: the answer shows what was sent", tc.name)
		}
		if missing := unprotected(resp.Header); missing != "" {
			t.Errorf("%s: the answer lacks %s", tc.name, missing)
		}
	}
	b := s.browser(t)
	if b.get(t, "/"); b.status != http.StatusOK {
		t.Errorf("afterwards the server answers %d", b.status)
	}
	s.wait(2 * time.Hour)
	if _, _, rest := s.send(t, echo+"\r\n\r\n"); rest != "" {
		t.Error("a second answer came")
	}
	if log := s.logged(); strings.Contains(log, echo) || strings.Contains(log, "127.0.0.1") || !strings.Contains(log, "unreadable requests") {
		t.Error("the log holds more than the count, or not the count")
	}
}

// send writes raw bytes and reads the first answer, and whatever follows until
// the connection ends or nothing comes.
func (s *site) send(t *testing.T, raw string) (resp *http.Response, body, rest string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.listening)
	check(t, err)
	defer conn.Close()
	check(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	go func() { _, _ = io.WriteString(conn, raw) }() // the server may close before all is read
	in := bufio.NewReader(conn)
	method, _, _ := strings.Cut(raw, " ")
	resp, err = http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return nil, "", ""
	}
	defer resp.Body.Close()
	read, _ := io.ReadAll(resp.Body)
	if resp.Close {
		more, err := io.ReadAll(in)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil // closed with bytes of ours unread
		}
		check(t, err)
		rest = string(more)
	}
	return resp, string(read), rest
}

// A client that sends its request byte by byte holds a connection no longer than
// the read timeout, and others are served meanwhile.
func TestASlowClientIsCutOff(t *testing.T) {
	s := newSite(t, func(c *config.Config) { c.Server.ReadTimeout.Duration = 300 * time.Millisecond })
	for name, start := range map[string]string{
		"nothing":     "",
		"half a head": "GET / HTTP/1.1\r\nHost: " + s.listening + "\r\nX-" + echo + ": ",
		"half a body": "POST /login HTTP/1.1\r\nHost: " + s.listening + "\r\nContent-Length: 500\r\n\r\ncode=" + echo,
	} {
		conn, err := net.Dial("tcp", s.listening)
		check(t, err)
		began := time.Now()
		check(t, conn.SetDeadline(began.Add(time.Minute)))
		_, err = io.WriteString(conn, start)
		check(t, err)
		var trickle sync.WaitGroup
		trickle.Go(func() {
			for tick := range time.Tick(20 * time.Millisecond) {
				if _, err := io.WriteString(conn, "x"); err != nil || tick.Sub(began) > time.Minute {
					return
				}
			}
		})
		answer, _ := io.ReadAll(conn)
		check(t, conn.Close())
		trickle.Wait()
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: held for %v", name, took)
		}
		if text := string(answer); text != "" && !strings.HasPrefix(text, "HTTP/1.1 408 ") && !strings.HasPrefix(text, "HTTP/1.1 400 ") || strings.Contains(text, echo) {
			t.Errorf("%s: answered %.20q", name, text)
		}
	}
	b := s.browser(t)
	if b.get(t, "/"); b.status != http.StatusOK {
		t.Errorf("afterwards the server answers %d", b.status)
	}
}

func TestTheCorpusHasEveryKindOnce(t *testing.T) {
	var names []string
	for _, tc := range corpus {
		if slices.Contains(names, tc.name) {
			t.Errorf("%s stands twice", tc.name)
		}
		names = append(names, tc.name)
	}
}
