package netaddr

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// ErrProxy is returned by NewReader for what is neither an IP address nor a
// range.
var ErrProxy = errors.New("netaddr: not an IP address or range")

// Reader reads where requests come from.
type Reader struct{ trusted []netip.Prefix }

// NewReader makes a Reader that believes these proxies: IP addresses and CIDR
// ranges.
func NewReader(trusted []string) (Reader, error) {
	var r Reader
	for _, text := range trusted {
		p, err := netip.ParsePrefix(text)
		if ip, addrErr := netip.ParseAddr(text); addrErr == nil {
			p, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return Reader{}, ErrProxy
		}
		r.trusted = append(r.trusted, p)
	}
	return r, nil
}

// From is where a request comes from. Each proxy adds to the right end of
// X-Forwarded-For whom it has heard, so the list is read from there: as long as
// the hop is a trusted proxy, its word for the one before it counts. What does
// not parse ends the list.
func (r Reader) From(ctx *fasthttp.RequestCtx) Addr {
	hop, ok := netip.AddrFromSlice(ctx.RemoteIP())
	if !ok {
		return Addr{}
	}
	hop = hop.Unmap()
	hops := bytes.Join(ctx.Request.Header.PeekAll("X-Forwarded-For"), []byte(","))
	for _, text := range slices.Backward(strings.Split(string(hops), ",")) {
		if !r.believes(hop) {
			break
		}
		before, ok := parseHop(strings.TrimSpace(text))
		if !ok {
			break
		}
		hop = before
	}
	return addrOf(hop)
}

func (r Reader) believes(hop netip.Addr) bool {
	return slices.ContainsFunc(r.trusted, func(p netip.Prefix) bool { return p.Contains(hop) })
}

// parseHop reads an address, with or without the port that some proxies add.
func parseHop(text string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		withPort, portErr := netip.ParseAddrPort(text)
		ip, err = withPort.Addr(), portErr
	}
	return ip.Unmap().WithZone(""), err == nil
}
