package netaddr

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/keyring"
)

// office is a journal with its folder and the identities of its officers.
type office struct {
	dir      string
	ring     *keyring.Ring
	officers []*age.HybridIdentity
	journal  *Journal
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{dir: filepath.Join(t.TempDir(), "addresses"), ring: domaintest.Open(t).Ring}
	for range 2 {
		id, err := age.GenerateHybridIdentity()
		check(t, err)
		o.officers = append(o.officers, id)
	}
	o.journal = o.start(t)
	return o
}

// start opens the journal as a server that starts does.
func (o *office) start(t *testing.T) *Journal {
	t.Helper()
	j, err := OpenJournal(o.dir, o.ring, []string{o.officers[0].Recipient().String(), o.officers[1].Recipient().String()})
	check(t, err)
	t.Cleanup(func() { check(t, j.Close()) })
	return j
}

func (o *office) write(t *testing.T, kind Kind, address string, at time.Time) {
	t.Helper()
	check(t, o.journal.Write(kind, addr(address), at))
}

// release releases the day of noon.
func (o *office) release(t *testing.T) (bundle, slip []byte) {
	t.Helper()
	bundle, slip, err := Release(o.dir, o.ring, deadline.DayOf(noon), Slip{Who: "Kari", Why: "guessing", Released: ReleasedAt(noon)})
	check(t, err)
	return bundle, slip
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBothOfficersWithTheSlipReadHourKindAndAddress(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	o.write(t, LoginOver, "2001:db8::5", noon.Add(time.Hour))
	check(t, o.journal.Write(LinkRefused, Addr{}, noon.Add(2*time.Hour)))
	o.journal = o.start(t) // after a restart
	o.write(t, ResetUsed, "192.0.2.2", noon.Add(3*time.Hour))
	o.write(t, ResetUsed, "192.0.2.3", noon.Add(24*time.Hour)) // another day's

	bundle, slip := o.release(t)
	want := []Event{
		{"2026-03-02", 12, LoginFailed, "192.0.2.1"},
		{"2026-03-02", 13, LoginOver, "2001:db8::5"},
		{"2026-03-02", 14, LinkRefused, "unknown"},
		{"2026-03-02", 15, ResetUsed, "192.0.2.2"},
	}
	for _, order := range [][]*age.HybridIdentity{o.officers, {o.officers[1], o.officers[0]}} {
		said, got, err := Open(bundle, slip, order)
		check(t, err)
		slices.SortFunc(got, func(a, b Event) int { return a.Hour - b.Hour })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if said.Who != "Kari" || said.Why != "guessing" || said.Day != "2026-03-02" {
			t.Error("the slip does not say who, why and which day")
		}
	}
	if files, err := segmentFiles(o.dir); err != nil || len(files) != 3 {
		t.Errorf("a restart and a new day make %d segments, %v", len(files), err)
	}
}

// Nobody opens anything alone: not one officer, not strangers, not both without
// what the server gives.
func TestOneOfficerOpensNothing(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	bundle, slip := o.release(t)
	stranger, err := age.GenerateHybridIdentity()
	check(t, err)
	for name, ids := range map[string][]*age.HybridIdentity{
		"nobody": nil, "the first": o.officers[:1], "the second": o.officers[1:],
		"the first twice": {o.officers[0], o.officers[0]}, "the second twice": {o.officers[1], o.officers[1]},
		"the first with a stranger": {o.officers[0], stranger}, "the second with a stranger": {o.officers[1], stranger},
	} {
		if _, events, err := Open(bundle, slip, ids); !errors.Is(err, ErrOfficers) || len(events) > 0 {
			t.Errorf("%s: %v, %d events", name, err, len(events))
		}
	}
	// The header itself: the outer file opens for the second officer alone, and
	// what is inside it for the first alone.
	s := o.segments(t)[0]
	if _, err := openAs(o.officers[0], s.header); err == nil {
		t.Error("the first officer opens the outer file")
	}
	inner, err := openAs(o.officers[1], s.header)
	check(t, err)
	if _, err := openAs(o.officers[1], inner); err == nil {
		t.Error("the second officer opens the inner file")
	}
}

// segments are all that rest in the folder, in the order of their names.
func (o *office) segments(t *testing.T) []segment {
	t.Helper()
	files, err := segmentFiles(o.dir)
	check(t, err)
	var out []segment
	for _, path := range slices.Sorted(maps.Keys(files)) {
		raw, err := os.ReadFile(path)
		check(t, err)
		s, err := parseSegment(raw)
		check(t, err)
		out = append(out, s)
	}
	return out
}

// Whoever finds the key in memory reads what comes, not what was before.
func TestTheKeyInMemoryOpensNothingFromBefore(t *testing.T) {
	o := newOffice(t)
	for range 5 {
		o.write(t, LoginFailed, "192.0.2.1", noon)
	}
	found := *o.journal.chain
	o.write(t, LoginFailed, "192.0.2.1", noon)
	records := slices.Collect(slices.Chunk(o.segments(t)[0].records, recordLen))
	for n, record := range records[:5] {
		for at := range uint32(8) { // whatever number it is tried under
			thief := found
			thief.n = at
			for range 8 {
				if _, err := thief.open(record); err == nil {
					t.Errorf("record %d opens with a later key", n+1)
				}
			}
		}
	}
	if e, err := found.open(records[5]); err != nil || e.Address != "192.0.2.1" {
		t.Errorf("the record that came after does not open: %v", err)
	}
	// No two records have the same key: the same event never looks the same.
	if bytes.Equal(records[0], records[1]) {
		t.Error("two records are alike")
	}
}

func TestNoAddressRestsInTheClear(t *testing.T) {
	o := newOffice(t)
	for _, text := range []string{"192.0.2.77", "2001:db8::abcd"} {
		o.write(t, LoginFailed, text, noon)
	}
	bundle, slip := o.release(t)
	haystack := slices.Concat(bundle, slip)
	info, err := os.Stat(o.dir)
	check(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("others can enter the folder: %v", info.Mode())
	}
	files, err := segmentFiles(o.dir)
	check(t, err)
	for path := range files {
		raw, err := os.ReadFile(path)
		check(t, err)
		haystack = slices.Concat(haystack, raw, []byte(path))
	}
	for _, text := range []string{"192.0.2.77", "2001:db8::abcd"} {
		a := addr(text)
		long := a.record()
		for _, trace := range [][]byte{[]byte(text), a.ip.AsSlice(), long[:]} {
			for _, form := range []string{string(trace), hex.EncodeToString(trace), base64.RawStdEncoding.EncodeToString(trace)} {
				if bytes.Contains(haystack, []byte(form)) {
					t.Errorf("%s rests in the clear", text)
				}
			}
		}
	}
}

func TestSegmentsGoAfterFourteenDays(t *testing.T) {
	o := newOffice(t)
	for d := range 20 {
		o.write(t, LoginFailed, "192.0.2.1", noon.AddDate(0, 0, d))
	}
	foreign := filepath.Join(o.dir, "2020-01-01-note.txt")
	check(t, os.WriteFile(foreign, nil, 0o600))
	removed, err := Expire(o.dir, noon.AddDate(0, 0, 19))
	if removed != 6 || err != nil {
		t.Errorf("%d segments were removed, %v", removed, err)
	}
	files, err := segmentFiles(o.dir)
	check(t, err)
	if oldest := slices.Min(slices.Collect(maps.Values(files))); oldest != deadline.DayOf(noon)+6 || len(files) != 14 {
		t.Errorf("%d are left, the oldest of %s", len(files), oldest)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error("a file that is no segment was removed")
	}
	if removed, err := Expire(filepath.Join(o.dir, "nowhere"), noon); removed != 0 || err != nil {
		t.Errorf("without a folder: %d, %v", removed, err)
	}
}

// A full disk or a killed server leaves half a record or half a header; what
// stands before is read, and what comes goes elsewhere.
func TestHalfARecordSpoilsNothing(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	o.write(t, LoginFailed, "192.0.2.2", noon)
	files, err := segmentFiles(o.dir)
	check(t, err)
	for path := range files {
		info, err := os.Stat(path)
		check(t, err)
		check(t, os.Truncate(path, info.Size()-7))
	}
	check(t, os.WriteFile(filepath.Join(o.dir, "2026-03-02-00"+fileEnd), []byte(segmentMagic[:9]), 0o600))
	bundle, slip := o.release(t)
	said, events, err := Open(bundle, slip, o.officers)
	if err != nil || len(events) != 1 || events[0].Address != "192.0.2.1" || said.Damaged != 1 {
		t.Errorf("%d events, %d damaged, %v", len(events), said.Damaged, err)
	}

	check(t, o.journal.file.Close()) // from now on the disk fails
	if o.journal.Write(LoginFailed, addr("192.0.2.3"), noon) == nil {
		t.Error("a failed write was not reported")
	}
	o.write(t, LoginFailed, "192.0.2.4", noon)
	if files, err := segmentFiles(o.dir); err != nil || len(files) != 3 {
		t.Errorf("after a failed write there are %d segments, %v", len(files), err)
	}
}

func TestADayOfTooManyEventsFillsNoDisk(t *testing.T) {
	o := newOffice(t)
	o.write(t, LoginFailed, "192.0.2.1", noon)
	o.journal.chain.n = maxRecords - 1
	o.write(t, LoginFailed, "192.0.2.1", noon)
	if err := o.journal.Write(LoginFailed, addr("192.0.2.1"), noon); !errors.Is(err, ErrFull) {
		t.Errorf("the first event too many: %v", err)
	}
	o.write(t, LoginFailed, "192.0.2.1", noon)
	if n := len(o.segments(t)[0].records) / recordLen; n != 2 {
		t.Errorf("%d records were written", n)
	}
	o.write(t, LoginFailed, "192.0.2.1", noon.Add(24*time.Hour))
	if n := len(o.segments(t)); n != 2 {
		t.Errorf("the next day has no segment: %d", n)
	}
}
