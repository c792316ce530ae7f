package web

import (
	"bytes"
	"errors"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxHeader is how long the head of a request may be, in bytes: what browsers
// send, and the largest cookie that we set.
const maxHeader = 8 << 10

// allowed are the methods that any page answers.
const allowed = "GET, HEAD, POST"

// guard stands before the routes: every answer gets the protecting headers, and
// what is not one well-formed request is refused before anything reads it.
func (s *Server) guard(app *fiber.App) {
	server := app.Server()
	routes := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		s.protect(&ctx.Response.Header)
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
		s.protect(&ctx.Response.Header)
		s.refuse(app, ctx, unreadable(err))
	}
}

// protect sets the headers of every answer. Referrer-Policy is same-origin: with
// no-referrer, browsers would send "Origin: null" with our own forms.
func (s *Server) protect(h *fasthttp.ResponseHeader) {
	for name, value := range map[string]string{
		"Content-Security-Policy":      contentPolicy,
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), interest-cohort=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	} {
		h.Set(name, value)
	}
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
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
	lines := strings.TrimSuffix(string(h.RawHeaders()), "\r\n\r\n")
	values := map[string][]string{}
	for line := range strings.SplitSeq(lines, "\r\n") {
		name, value, found := strings.Cut(line, ":")
		if lines != "" && (!found || name == "" || strings.ContainsFunc(name, notToken) || strings.ContainsFunc(value, control)) {
			return false // a folded line among them, and one that ends without CR
		}
		name = strings.ToLower(name)
		values[name] = append(values[name], strings.Trim(value, " \t"))
	}
	return oneHost(h, values["host"]) && oneLength(h, values["content-length"], values["transfer-encoding"])
}

// notToken reports what is not part of a name (RFC 9110, section 5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// control reports control characters other than the tab.
func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// oneHost reports whether a request names one host, and a target there: a path,
// or the whole address of the same host (RFC 9112, section 3.2). HTTP/1.0 may
// name none.
func oneHost(h *fasthttp.RequestHeader, hosts []string) bool {
	old := string(h.Protocol()) == "HTTP/1.0"
	if len(hosts) > 1 || len(hosts) == 0 && !old || !old && !h.IsHTTP11() {
		return false
	}
	if len(hosts) == 1 && (hosts[0] == "" || strings.ContainsFunc(hosts[0], notHost)) {
		return false
	}
	target := h.RequestURI()
	if bytes.HasPrefix(target, []byte("/")) {
		return !bytes.HasPrefix(target, []byte("//")) // which would be read as a host
	}
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := bytes.CutPrefix(target, []byte(scheme)); ok && len(hosts) == 1 {
			host, _, _ := bytes.Cut(rest, []byte("/"))
			return strings.EqualFold(string(host), hosts[0])
		}
	}
	return false
}

// notHost reports what is not part of a host with its port.
func notHost(r rune) bool {
	return notToken(r) && !strings.ContainsRune("[:]", r)
}

// oneLength reports whether it is clear where a request ends: at one length of
// digits or by the chunked coding, never both, and only where a body belongs.
func oneLength(h *fasthttp.RequestHeader, lengths, codings []string) bool {
	switch {
	case len(lengths)+len(codings) > 1:
		return false
	case len(codings) == 1:
		return h.IsPost() && h.IsHTTP11() && strings.EqualFold(codings[0], "chunked")
	case len(lengths) == 1:
		digits := lengths[0] != "" && strings.Trim(lengths[0], "0123456789") == ""
		return digits && (h.IsPost() || strings.Trim(lengths[0], "0") == "")
	}
	return true
}
