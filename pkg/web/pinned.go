package web

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// issuerKey is a key that signs tokens, as the page about security names it.
type issuerKey struct {
	Product, Fingerprint string
	Year                 int
	Refund               bool // signs that a token was not used
}

// issuerKeys are the keys whose signatures are taken; none when nothing is sold.
func (s *Server) issuerKeys() []issuerKey {
	if s.payment == nil {
		return nil
	}
	refunds := map[string]bool{}
	for _, k := range s.payment.Refunds() {
		refunds[k.ID] = true
	}
	var out []issuerKey
	for _, k := range s.payment.IssuerKeys(s.now()) {
		out = append(out, issuerKey{k.Product, k.Fingerprint(), k.Year, refunds[k.ID]})
	}
	return out
}

// pins are the static files with the fingerprints that were last asked for.
type pins struct {
	sync.Mutex
	issuers []issuerKey
	static  statics
}

// pinned are the static files with the fingerprints of the issuer keys in them.
// The name of a script that takes tokens depends on the keys that it takes: a
// server that signed for one person with another key would have to give that
// person another script.
func (s *Server) pinned() statics {
	issuers := s.issuerKeys()
	if len(issuers) == 0 {
		return s.static
	}
	s.pins.Lock()
	defer s.pins.Unlock()
	if !slices.Equal(issuers, s.pins.issuers) {
		s.pins.issuers, s.pins.static = issuers, s.static.with("issuers.js", issuersModule(issuers))
	}
	return s.pins.static
}

// issuersModule is the script issuers.js for these keys.
func issuersModule(issuers []issuerKey) []byte {
	var out bytes.Buffer
	out.WriteString("export const fingerprints = [\n")
	for _, k := range issuers {
		fmt.Fprintf(&out, "  '%s', // %s %d\n", k.Fingerprint, k.Product, k.Year)
	}
	out.WriteString("];\n")
	return out.Bytes()
}

// staticFile answers for a static file.
func (s *Server) staticFile(c *fiber.Ctx) error { return s.pinned().serve(c) }
