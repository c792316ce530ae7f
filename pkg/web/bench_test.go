package web_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"selvhjelp/pkg/accesscode"
)

// BenchmarkRequests is what requests cost between being read and being sent.
func BenchmarkRequests(b *testing.B) {
	s := newSite(b, nil)
	s.service(b)
	code, _ := s.issue(b, "pro")
	who := s.browser(b)
	who.post(b, "/login", "code="+code)
	who.post(b, "/me/welcome", "own_code=no")
	who.post(b, "/me/mapping/phq9", "q1=0", "q2=0", "q3=0", "q4=0", "q5=0", "q6=0", "q7=0", "q8=0", "q9=0")
	who.get(b, "/me")
	if who.status != http.StatusOK {
		b.Fatalf("status %d", who.status)
	}
	at, err := url.Parse(s.URL)
	check(b, err)
	cookie := who.client.Jar.Cookies(at)[0]
	b.Run("start page", func(b *testing.B) {
		s.answers(b, http.StatusOK, "GET /me HTTP/1.1\r\nHost: bench\r\nCookie: "+cookie.String()+"\r\n\r\n")
	})
	b.Run("login", func(b *testing.B) { s.answers(b, http.StatusSeeOther, loginWith(code)) })
	b.Run("unknown code", func(b *testing.B) { s.answers(b, http.StatusUnauthorized, loginWith(accesscode.New().Grouped())) })
}

func loginWith(code string) string {
	body := "code=" + code
	return fmt.Sprintf("POST /login HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// answers has one request answered over and over.
func (s *site) answers(b *testing.B, status int, request string) {
	var ctx fasthttp.RequestCtx
	in := bufio.NewReader(nil)
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(strings.NewReader(request))
		ctx.Response.Reset()
		if err := ctx.Request.Read(in); err != nil {
			b.Fatal(err)
		}
		s.app.Server().Handler(&ctx)
		if got := ctx.Response.StatusCode(); got != status && got != http.StatusTooManyRequests {
			b.Fatalf("status %d", got)
		}
	}
}
