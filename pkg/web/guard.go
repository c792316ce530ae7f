package web

import (
	"bytes"
	"errors"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxHeader is how long the head of a request may be, in bytes: what browsers
// send, and the largest cookie that we set.
const maxHeader = 8 << 10

// wholePage is room for most pages with their headers, in bytes: they go out in one
// piece.
const wholePage = 12 << 10

// allowed are the methods that any page answers.
const allowed = "GET, HEAD, POST"

// guard stands before the routes: every answer gets the protecting headers, and
// what is not one well-formed request is refused before anything reads it.
func (s *Server) guard(app *fiber.App) {
	server := app.Server()
	routes := server.Handler
	var protected fasthttp.ResponseHeader
	s.protect(&protected)
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		protected.CopyTo(&ctx.Response.Header)
		switch h := &ctx.Request.Header; {
		case !wellFormed(h):
			s.refuse(app, ctx, fiber.StatusBadRequest)
		case !ctx.IsGet() && !ctx.IsHead() && !ctx.IsPost():
			ctx.Response.Header.Set(fiber.HeaderAllow, allowed)
			s.refuse(app, ctx, fiber.StatusMethodNotAllowed)
		default:
			routes(ctx)
		}
	}
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		ctx.Response.Reset()
		protected.CopyTo(&ctx.Response.Header)
		s.refuse(app, ctx, unreadable(err))
	}
}

// protecting are the headers of every answer, over TLS and without. Referrer-Policy is same-origin:
// with no-referrer, browsers would send "Origin: null" with our own forms.
var protecting = []header{
	{[]byte("Content-Security-Policy"), []byte(contentPolicy)},
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("X-Frame-Options"), []byte("DENY")},
	{[]byte("Referrer-Policy"), []byte("same-origin")},
	{[]byte("Permissions-Policy"), []byte("camera=(), geolocation=(), microphone=(), interest-cohort=()")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Cross-Origin-Resource-Policy"), []byte("same-origin")},
	{[]byte("Cache-Control"), []byte("no-store")},
}

type header struct{ name, value []byte }

// transport is one of them where the service is reached over TLS.
var transport = header{[]byte("Strict-Transport-Security"), []byte("max-age=63072000; includeSubDomains")}

// protections are the headers of every answer of this server.
func (s *Server) protections() []header {
	if s.secure {
		return append(protecting[:len(protecting):len(protecting)], transport)
	}
	return protecting
}

func (s *Server) protect(h *fasthttp.ResponseHeader) {
	for _, p := range s.protections() {
		h.SetCanonical(p.name, p.value)
	}
}

// unreadable is the status for a request that could not be read.
func unreadable(err error) int {
	if _, long := errors.AsType[*fasthttp.ErrSmallBuffer](err); long {
		return fiber.StatusRequestHeaderFieldsTooLarge
	}
	if broken, ok := errors.AsType[net.Error](err); ok && broken.Timeout() {
		return fiber.StatusRequestTimeout
	}
	if errors.Is(err, fasthttp.ErrBodyTooLarge) {
		return fiber.StatusRequestEntityTooLarge
	}
	return fiber.StatusBadRequest
}

// refuse answers what is no request of ours and closes the connection, since
// nobody knows where the next request would begin. Nothing of what came is
// shown.
func (s *Server) refuse(app *fiber.App, ctx *fasthttp.RequestCtx, status int) {
	s.tallied(refusedRequests)
	c := app.AcquireCtx(ctx)
	defer app.ReleaseCtx(c)
	page := errorPage{Page: s.page(c), Status: status}
	page.Path, page.Error = "/", statuses[status]
	if s.render(c, status, "public/error", page) != nil {
		ctx.SetStatusCode(status)
	}
	ctx.SetConnectionClose()
}

// wellFormed reports whether a request can be read in one way only (RFC 9112):
// by us and by whoever stands between. It reads the lines as they came, since
// parsing drops some of them.
func wellFormed(h *fasthttp.RequestHeader) bool {
	lines := bytes.TrimSuffix(h.RawHeaders(), []byte("\r\n\r\n"))
	var hosts, lengths, codings stated
	for line := range bytes.SplitSeq(lines, []byte("\r\n")) {
		name, value, found := bytes.Cut(line, []byte(":"))
		if len(lines) > 0 && (!found || len(name) == 0 || holds(name, &notToken) || holds(value, &control)) {
			return false // a folded line among them, and one that ends without CR
		}
		value = bytes.Trim(value, " \t")
		switch {
		case isNamed(name, "host"):
			hosts.add(value)
		case isNamed(name, "content-length"):
			lengths.add(value)
		case isNamed(name, "transfer-encoding"):
			codings.add(value)
		}
	}
	return oneHost(h, hosts) && oneLength(h, lengths, codings)
}

// stated is a field of the head: how often it stands there, and its last value.
type stated struct {
	times int
	value []byte
}

func (f *stated) add(value []byte) { f.times, f.value = f.times+1, value }

func isNamed(name []byte, wanted string) bool {
	return len(name) == len(wanted) && strings.EqualFold(string(name), wanted)
}

// bytesWhere is the set of bytes for which something holds.
func bytesWhere(is func(b byte) bool) (set [256]bool) {
	for b := range set {
		set[b] = is(byte(b))
	}
	return set
}

var (
	// notToken are not part of a name (RFC 9110, section 5.6.2).
	notToken = bytesWhere(func(b byte) bool { return b <= ' ' || b > '~' || strings.IndexByte(`"(),/:;<=>?@[\]{}`, b) >= 0 })
	// notHost are not part of a host with its port.
	notHost = bytesWhere(func(b byte) bool { return notToken[b] && strings.IndexByte("[:]", b) < 0 })
	// control are control characters other than the tab.
	control = bytesWhere(func(b byte) bool { return b < ' ' && b != '\t' || b == 0x7f })
)

func holds(s []byte, set *[256]bool) bool {
	for _, b := range s {
		if set[b] {
			return true
		}
	}
	return false
}

// oneHost reports whether a request names one host, and a target there: a path,
// or the whole address of the same host (RFC 9112, section 3.2). HTTP/1.0 may
// name none.
func oneHost(h *fasthttp.RequestHeader, host stated) bool {
	old := string(h.Protocol()) == "HTTP/1.0"
	if host.times > 1 || host.times == 0 && !old || !old && !h.IsHTTP11() {
		return false
	}
	if host.times == 1 && (len(host.value) == 0 || holds(host.value, &notHost)) {
		return false
	}
	target := h.RequestURI()
	if bytes.HasPrefix(target, []byte("/")) {
		return !bytes.HasPrefix(target, []byte("//")) // which would be read as a host
	}
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := bytes.CutPrefix(target, []byte(scheme)); ok && host.times == 1 {
			named, _, _ := bytes.Cut(rest, []byte("/"))
			return bytes.EqualFold(named, host.value)
		}
	}
	return false
}

// oneLength reports whether it is clear where a request ends: at one length of
// digits or by the chunked coding, never both, and only where a body belongs.
func oneLength(h *fasthttp.RequestHeader, length, coding stated) bool {
	switch {
	case length.times+coding.times > 1:
		return false
	case coding.times == 1:
		return h.IsPost() && h.IsHTTP11() && strings.EqualFold(string(coding.value), "chunked")
	case length.times == 1:
		digits := len(length.value) > 0 && len(bytes.Trim(length.value, "0123456789")) == 0
		return digits && (h.IsPost() || len(bytes.Trim(length.value, "0")) == 0)
	}
	return true
}
