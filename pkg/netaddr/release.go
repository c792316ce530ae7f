package netaddr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
)

// ErrNone is returned by Release for a day of which no segment is kept.
var ErrNone = errors.New("netaddr: no addresses are kept of that day")

// Slip says who had the addresses of which day released, and why. It carries
// the server's share of each segment's key, sealed so that it opens only with
// the slip as the server has written it.
type Slip struct {
	Day      string        `json:"day"` // 2026-01-31
	Who      string        `json:"who"`
	Why      string        `json:"why"`
	Released string        `json:"released"` // RFC 3339
	Audit    string        `json:"audit"`    // head of the log with this release
	Segments []SlipSegment `json:"segments"`
	Damaged  int           `json:"damaged,omitempty"` // segments of that day that nobody can read
}

// SlipSegment is what a slip says of one segment.
type SlipSegment struct {
	Hash  string `json:"sha256"`
	Share []byte `json:"share"` // sealed
}

// bundle is what is released: the segments as they rest.
type bundle struct {
	Segments [][]byte `json:"segments"`
}

// said is everything a slip says, without the sealed shares, as bytes to bind
// them to.
func (s Slip) said() ([]byte, error) {
	s.Segments = slices.Clone(s.Segments)
	for i := range s.Segments {
		s.Segments[i].Share = nil
	}
	return json.Marshal(s)
}

// Release reads the segments of a day and makes the slip for them: slip names
// who, why, when and the entry of the audit log, which must stand before.
// ErrNone when nothing is kept of that day.
func Release(dir string, ring *keyring.Ring, day deadline.Day, slip Slip) (bundleFile, slipFile []byte, err error) {
	// What is sealed must read the same when it has been through JSON.
	slip.Who, slip.Why = strings.ToValidUTF8(slip.Who, "?"), strings.ToValidUTF8(slip.Why, "?")
	slip.Day = day.String()
	var b bundle
	var segments []segment
	for raw, err := range segmentsOf(dir, day) {
		if err != nil {
			return nil, nil, err
		}
		s, err := parseSegment(raw)
		if err != nil {
			slip.Damaged++ // its beginning was being written when the server was killed
			continue
		}
		segments, b.Segments = append(segments, s), append(b.Segments, raw)
		slip.Segments = append(slip.Segments, SlipSegment{Hash: hash(raw)})
	}
	if len(segments) == 0 {
		return nil, nil, ErrNone
	}
	if err := slip.sealShares(ring, segments); err != nil {
		return nil, nil, err
	}
	bundleFile, err1 := json.Marshal(b)
	slipFile, err2 := json.MarshalIndent(slip, "", "  ")
	return bundleFile, append(slipFile, '\n'), errors.Join(err1, err2)
}

// segmentsOf yields the content of the segments of a day.
func segmentsOf(dir string, day deadline.Day) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		files, err := segmentFiles(dir)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, path := range slices.Sorted(maps.Keys(files)) {
			if files[path] != day {
				continue
			}
			if raw, err := os.ReadFile(path); !yield(raw, err) {
				return
			}
		}
	}
}

// sealShares gives the server's share of each segment's key.
func (s *Slip) sealShares(ring *keyring.Ring, segments []segment) error {
	said, err := s.said()
	if err != nil {
		return err
	}
	for i, seg := range segments {
		key, err := vault.KeyFrom(seg.slipKey(ring))
		if err != nil {
			return err
		}
		s.Segments[i].Share = key.Seal("slip", seg.share(ring), seg.bytes(), said)
	}
	return nil
}

func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Open reads the events of a bundle with its slip and the identities of both
// officers. ErrSlip when the slip is another's or was altered, ErrOfficers when
// an identity is missing, ErrSegment when the bundle is damaged.
func Open(bundleFile, slipFile []byte, identities []*age.HybridIdentity) (Slip, []Event, error) {
	var b bundle
	var slip Slip
	if json.Unmarshal(bundleFile, &b) != nil {
		return slip, nil, ErrSegment
	}
	if json.Unmarshal(slipFile, &slip) != nil || len(b.Segments) == 0 || len(slip.Segments) != len(b.Segments) {
		return slip, nil, ErrSlip
	}
	said, err := slip.said()
	if err != nil {
		return slip, nil, err
	}
	var out []Event
	for i, raw := range b.Segments {
		events, err := openSegment(raw, slip.Segments[i], said, identities)
		if err != nil {
			return slip, nil, err
		}
		out = append(out, events...)
	}
	return slip, out, nil
}

// openSegment reads the events of one segment.
func openSegment(raw []byte, of SlipSegment, said []byte, identities []*age.HybridIdentity) ([]Event, error) {
	s, err := parseSegment(raw)
	if err != nil {
		return nil, err
	}
	if of.Hash != hash(raw) {
		return nil, ErrSlip
	}
	secret, slipKey, err := s.secrets(identities)
	if err != nil {
		return nil, err
	}
	key, err := vault.KeyFrom(slipKey)
	if err != nil {
		return nil, err
	}
	share, err := key.Open("slip", of.Share, s.bytes(), said)
	if err != nil {
		return nil, ErrSlip
	}
	var out []Event
	c := newChain(s.prologue, secret, share)
	for record := range slices.Chunk(s.records, recordLen) {
		e, err := c.open(record)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// ReleasedAt is the moment of a release as a slip says it.
func ReleasedAt(now time.Time) string { return now.UTC().Format(time.RFC3339) }
