package netaddr

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/deadline"
)

// The slip is what the audit log vouches for: with another one, or with a word
// of it changed, nothing opens.
func TestAnAlteredSlipOpensNothing(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	o.write(t, LoginFailed, "192.0.2.2", noon.Add(24*time.Hour))
	bundle, slip := o.release(t)
	other, otherSlip, err := Release(o.dir, o.ring, deadline.DayOf(noon)+1, Slip{Who: "Kari", Why: "guessing"})
	check(t, err)
	again, againSlip, err := Release(o.dir, o.ring, deadline.DayOf(noon), Slip{Who: "Ola", Why: "curious"})
	check(t, err)
	altered := func(change func(s *Slip)) []byte { return rewritten(t, slip, change) }
	var mixed Slip
	check(t, json.Unmarshal(againSlip, &mixed))
	for name, tc := range map[string]struct{ bundle, slip []byte }{
		"none":              {bundle, nil},
		"another day":       {bundle, otherSlip},
		"another bundle":    {other, slip},
		"who":               {bundle, altered(func(s *Slip) { s.Who = "Ola" })},
		"why":               {bundle, altered(func(s *Slip) { s.Why = "an order of the court" })},
		"day":               {bundle, altered(func(s *Slip) { s.Day = "2026-03-03" })},
		"time":              {bundle, altered(func(s *Slip) { s.Released = "" })},
		"audit":             {bundle, altered(func(s *Slip) { s.Audit = "9:ab" })},
		"hash":              {bundle, altered(func(s *Slip) { s.Segments[0].Hash = hash(nil) })},
		"share":             {bundle, altered(func(s *Slip) { s.Segments[0].Share[20] ^= 1 })},
		"no segment":        {bundle, altered(func(s *Slip) { s.Segments = nil })},
		"a share of others": {bundle, altered(func(s *Slip) { s.Segments[0].Share = mixed.Segments[0].Share })},
	} {
		if _, events, err := Open(tc.bundle, tc.slip, o.officers); !errors.Is(err, ErrSlip) || len(events) > 0 {
			t.Errorf("%s: %v, %d events", name, err, len(events))
		}
	}
	for _, pair := range [][2][]byte{{bundle, slip}, {other, otherSlip}, {again, againSlip}} {
		if _, events, err := Open(pair[0], pair[1], o.officers); err != nil || len(events) != 1 {
			t.Errorf("with its own slip: %v", err)
		}
	}
}

// rewritten is a slip with a change.
func rewritten(t *testing.T, slip []byte, change func(s *Slip)) []byte {
	t.Helper()
	var s Slip
	check(t, json.Unmarshal(slip, &s))
	change(&s)
	raw, err := json.Marshal(s)
	check(t, err)
	return raw
}

// Both officers with the files of the data folder in their hands, and even the
// secrets of the header, read nothing that was not released.
func TestWithoutTheServersShareTheHeaderOpensNoRecord(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	s := o.segments(t)[0]
	secret, slipKey, err := s.secrets(o.officers)
	check(t, err)
	for _, guess := range [][]byte{nil, make([]byte, 32), secret, slipKey, s.id[:]} {
		if _, err := newChain(s.prologue, secret, guess).open(s.records); err == nil {
			t.Error("a record opens without the server")
		}
	}
	if _, err := newChain(s.prologue, secret, s.share(o.ring)).open(s.records); err != nil {
		t.Errorf("with the server's share: %v", err)
	}
}

func TestADamagedBundleIsSaidToBeDamaged(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	bundleFile, slip := o.release(t)
	if _, _, err := Open(bundleFile[:len(bundleFile)/2], slip, o.officers); !errors.Is(err, ErrSegment) {
		t.Errorf("cut off: %v", err)
	}
	var b bundle
	check(t, json.Unmarshal(bundleFile, &b))
	b.Segments[0][len(b.Segments[0])-1] ^= 1
	changed, err := json.Marshal(b)
	check(t, err)
	if _, _, err := Open(changed, slip, o.officers); !errors.Is(err, ErrSlip) {
		t.Errorf("a changed record: %v", err)
	}
	if _, err := openSegment(b.Segments[0], SlipSegment{Hash: hash(b.Segments[0]), Share: shareOf(t, slip)}, saidBy(t, slip), o.officers); !errors.Is(err, ErrSegment) {
		t.Errorf("a changed record with a fitting hash: %v", err)
	}
}

func shareOf(t *testing.T, slip []byte) []byte {
	t.Helper()
	var s Slip
	check(t, json.Unmarshal(slip, &s))
	return s.Segments[0].Share
}

func saidBy(t *testing.T, slip []byte) []byte {
	t.Helper()
	var s Slip
	check(t, json.Unmarshal(slip, &s))
	said, err := s.said()
	check(t, err)
	return said
}

func TestADayWithoutEventsHasNothingToRelease(t *testing.T) {
	o := newOffice(t)
	if _, _, err := Release(o.dir, o.ring, deadline.DayOf(noon), Slip{}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

func TestWhatIsSaidMayHoldAnyBytes(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	bundle, slip, err := Release(o.dir, o.ring, deadline.DayOf(noon), Slip{Who: "K\xffri <&>\u2028", Why: "\x00"})
	check(t, err)
	if _, events, err := Open(bundle, slip, o.officers); err != nil || len(events) != 1 {
		t.Error(err)
	}
}

// Segments rest for days: what their first key is made of, and what a record is
// bound to, stay as they are.
func TestTheFormOfASegmentIsFrozen(t *testing.T) {
	c := newChain(prologue{segmentID{3}, 20514}, bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	key, context := c.next()
	const want = "424becbd10a35a702fbd3957ce9a2c3f4bbec616307b0abe5888bbbe4dccfa4a"
	if got := hash(append(key.Bytes(), context...)); got != want {
		t.Errorf("the first key has changed: %s", got)
	}
	record := c.seal(LoginFailed, addr("192.0.2.1"), noon)
	if len(record) != 46 || segmentMagic != "selvhjelp addresses v1\n" {
		t.Errorf("a record has %d bytes", len(record))
	}
}

var readsAddress = regexp.MustCompile(`\.IPs?\(\)|RemoteIP|RemoteAddr|LocalIP|IsFromLocal|ProxyHeader|Forwarded|X-Real|X-Client|True-Client|CF-Connecting`)

// TestNobodyElseReadsAddresses: beside this package, no line of the tree asks
// where a request comes from.
func TestNobodyElseReadsAddresses(t *testing.T) {
	for _, planted := range []string{"ip := c.IP()", `c.Get("X-Forwarded-For")`, "conn.RemoteAddr()", "fiber.HeaderXForwardedFor", "ctx.RemoteIP()"} {
		if !readsAddress.MatchString(planted) {
			t.Errorf("a planted %s is not found", planted)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}", "selvhjelp/...").Output()
	check(t, err)
	files := strings.Fields(string(out))
	if len(files) < 50 {
		t.Fatalf("only %d files were found", len(files))
	}
	for _, file := range files {
		if filepath.Base(filepath.Dir(file)) == "netaddr" {
			continue
		}
		raw, err := os.ReadFile(file)
		check(t, err)
		for n, line := range strings.Split(string(raw), "\n") {
			if readsAddress.MatchString(line) {
				t.Errorf("%s:%d reads an address", filepath.Base(file), n+1)
			}
		}
	}
}
