// Package netaddr keeps addresses out of everything else. It is the only place
// that reads where a request comes from.
//
//   - An Addr never shows itself: whatever prints, logs or encodes it gets
//     "[redacted]".
//   - A forwarding header counts only when a trusted proxy has sent it, and only
//     up to the last hop that a trusted proxy vouches for.
//   - A Limiter keeps no address: it counts under an HMAC with a key that is
//     renewed daily, in memory alone, in a table of fixed size without a lock.
//   - The addresses of end users are never written anywhere. What staff and
//     professionals do wrong at the login is written to a Journal as hour, kind
//     and address, and only where two officers were named. Only both of them
//     together can open it, and only what the server has released with a slip.
//   - A segment of the journal is removed whole after 14 days.
package netaddr

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"net/netip"
)

const redacted = "[redacted]"

// Addr is where a request comes from. The zero value is an unknown address.
type Addr struct {
	// A pointer: fmt cannot ask an unexported field of somebody's struct for its
	// Format, and prints a place in memory instead of the address.
	ip *netip.Addr
}

func addrOf(ip netip.Addr) Addr {
	ip = ip.Unmap().WithZone("")
	return Addr{&ip}
}

// String hides the address.
func (a Addr) String() string { return redacted }

// GoString hides the address.
func (a Addr) GoString() string { return redacted }

// Format hides the address whatever the verb.
func (a Addr) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue hides the address.
func (a Addr) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the address from encoders.
func (a Addr) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// crowd is what is counted together: an IPv4 address, or the /64 that one
// IPv6 line usually has.
func (a Addr) crowd() []byte {
	if a.ip == nil {
		return nil
	}
	if a.ip.Is4() {
		return a.ip.AsSlice()
	}
	return a.ip.AsSlice()[:8]
}

// record is an address in 16 bytes; zeros for an unknown one.
func (a Addr) record() [16]byte {
	if a.ip == nil {
		return [16]byte{}
	}
	return a.ip.As16()
}

// read is the text of what record has made, for an officer's eyes.
func read(raw [16]byte) string {
	if raw == ([16]byte{}) {
		return "unknown"
	}
	return netip.AddrFrom16(raw).Unmap().String()
}

// framed puts parts one behind the other, each after its length.
func framed(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
	}
	return out
}
