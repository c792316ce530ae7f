package netaddr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

func addr(text string) Addr { return addrOf(netip.MustParseAddr(text)) }

// An address shows itself to nobody: whatever the verb, the logger or the
// encoder, and also from within somebody else's struct.
func TestAnAddressNeverShowsItself(t *testing.T) {
	const secret = "192.0.2.77"
	a := addr(secret)
	hidden := struct{ a Addr }{a}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U", "%e", "%t", "%p"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+" "+verb+"\n", a, &a, []Addr{a}, map[string]any{"a": a})
		fmt.Fprintf(&out, verb+"\n", hidden)
	}
	raw, err := json.Marshal(map[string]any{"a": a, "b": []Addr{a}, "c": hidden})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(raw)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "a", a, "b", hidden, "c", []Addr{a}, slog.Group("g", "d", a))
	}
	out.Write(log.Bytes())
	out.WriteString(a.String() + a.GoString())
	for _, form := range []string{secret, "c000024d", "C000024D", "3221226061", "192 0 2 77", "0xc0, 0x0, 0x2, 0x4d"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the address shows itself as %s", form)
		}
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing says that something was left out")
	}
}

// from is where a request with these headers from this peer comes from.
func from(t *testing.T, r Reader, peer string, forwarded ...string) string {
	t.Helper()
	var req fasthttp.Request
	for _, f := range forwarded {
		req.Header.Add("X-Forwarded-For", f)
	}
	req.Header.Set("X-Real-IP", "203.0.113.250")
	req.Header.Set("Forwarded", "for=203.0.113.251")
	var ctx fasthttp.RequestCtx
	ctx.Init(&req, &net.TCPAddr{IP: net.ParseIP(peer)}, nil)
	return read(r.From(&ctx).record())
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	r, err := NewReader([]string{"127.0.0.1", "10.1.0.0/16", "2001:db8:1::/48"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		want, peer string
		forwarded  []string
	}{
		{"198.51.100.7", "198.51.100.7", nil},
		{"198.51.100.7", "198.51.100.7", []string{"192.0.2.1"}}, // a stranger claims something
		{"192.0.2.1", "127.0.0.1", []string{"192.0.2.1"}},
		{"192.0.2.1", "::ffff:127.0.0.1", []string{"192.0.2.1"}},
		{"192.0.2.1", "127.0.0.1", []string{"203.0.113.9, 192.0.2.1"}}, // the client claims 203.0.113.9
		{"192.0.2.1", "127.0.0.1", []string{"203.0.113.9, 192.0.2.1, 10.1.2.3"}},
		{"192.0.2.1", "10.1.2.3", []string{"203.0.113.9", "192.0.2.1", "10.1.9.9"}}, // several headers are one list
		{"10.1.2.3", "127.0.0.1", []string{"192.0.2.1, nonsense, 10.1.2.3"}},
		{"127.0.0.1", "127.0.0.1", nil},
		{"127.0.0.1", "127.0.0.1", []string{""}},
		{"10.1.0.5", "127.0.0.1", []string{"10.1.0.5"}},
		{"2001:db8:2::5", "127.0.0.1", []string{"[2001:db8:2::5]:443"}},
		{"192.0.2.1", "127.0.0.1", []string{"192.0.2.1:5555"}},
		{"2001:db8:2::5", "2001:db8:1::1", []string{"2001:db8:2::5"}},
		{"fe80::1", "127.0.0.1", []string{"fe80::1%eth0"}},
		{"192.0.2.1", "127.0.0.1", []string{strings.Repeat("203.0.113.9, ", 500) + "192.0.2.1"}},
	} {
		if got := from(t, r, tc.peer, tc.forwarded...); got != tc.want {
			t.Errorf("%s with %.60q: %s, want %s", tc.peer, tc.forwarded, got, tc.want)
		}
	}
}

func TestWithoutTrustedProxiesNobodyIsBelieved(t *testing.T) {
	if got := from(t, Reader{}, "127.0.0.1", "192.0.2.1"); got != "127.0.0.1" {
		t.Errorf("believed in %s", got)
	}
}

func TestAProxyThatIsNoneIsRefused(t *testing.T) {
	for _, text := range []string{"", "localhost", "10.0.0.0/33", "1.2.3"} {
		if _, err := NewReader([]string{text}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
