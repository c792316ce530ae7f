package netaddr

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
)

// A segment is
//
//	"selvhjelp addresses v1\n", id (16 bytes), day (4), length of the header (4)
//	header: an age file to officer A inside one to officer B; its 64 bytes are
//	        the segment's secret and the key of its slips
//	records of 46 bytes: hour, kind and address, each under a key of its own
//
// The first key of the chain is made of the secret and of a share that only the
// server can compute, and that it gives away in a slip alone. After each record
// the chain moves on by a one-way step: who finds the key in memory cannot open
// what was written before.
const (
	segmentMagic = "selvhjelp addresses v1\n"
	plainLen     = 18
	recordLen    = plainLen + 12 + 16 // with nonce and tag
	maxHeader    = 64 << 10
)

// Errors of segments, slips and identities.
var (
	ErrSegment  = errors.New("netaddr: a segment of addresses does not decode")
	ErrOfficers = errors.New("netaddr: the identities of both officers are needed, and they must be those that the addresses were sealed for")
	ErrSlip     = errors.New("netaddr: the slip is not the one that these addresses were released with, or was altered")
)

// segmentID names a segment.
type segmentID [16]byte

// prologue is the part of a segment that is in the clear.
type prologue struct {
	id  segmentID
	day deadline.Day
}

// bytes bind what is sealed to its segment.
func (p prologue) bytes() []byte {
	return binary.BigEndian.AppendUint32(p.id[:], uint32(p.day))
}

// share is the server's part of the first key.
func (p prologue) share(ring *keyring.Ring) []byte {
	return ring.Pepper("address share v1", p.bytes())
}

// slipKey seals the share in a slip. It is in the header as well, so that who
// opens the header can tell an altered slip.
func (p prologue) slipKey(ring *keyring.Ring) []byte {
	return ring.Pepper("address slip v1", p.bytes())
}

// chain is the moving key of a segment.
type chain struct {
	prologue
	key [32]byte
	n   uint32 // of the next record
}

func newChain(p prologue, secret, share []byte) *chain {
	c := &chain{prologue: p}
	copy(c.key[:], step(secret, "start", share))
	return c
}

// step derives by HMAC-SHA256 one key from another.
func step(key []byte, label string, more ...[]byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(framed(append([][]byte{[]byte(label)}, more...)...))
	return m.Sum(nil)
}

// next is the key of the next record. The chain's own key is overwritten.
func (c *chain) next() (vault.Key, []byte) {
	key, err := vault.KeyFrom(step(c.key[:], "record"))
	if err != nil {
		panic(err) // a hash has 32 bytes
	}
	context := binary.BigEndian.AppendUint32(c.bytes(), c.n)
	copy(c.key[:], step(c.key[:], "next"))
	c.n++
	return key, context
}

// seal makes the next record.
func (c *chain) seal(kind Kind, a Addr, now time.Time) []byte {
	raw := a.record()
	key, context := c.next()
	return key.Seal("address", append([]byte{byte(now.UTC().Hour()), byte(kind)}, raw[:]...), context)
}

// open reads the next record.
func (c *chain) open(record []byte) (Event, error) {
	n := c.n
	key, context := c.next()
	plain, err := key.Open("address", record, context)
	if err != nil || len(plain) != plainLen {
		return Event{}, fmt.Errorf("%w: record %d does not open", ErrSegment, n+1)
	}
	return Event{c.day.String(), int(plain[0]), Kind(plain[1]), read([16]byte(plain[2:]))}, nil
}

// beginSegment makes the beginning of a new segment, and its chain.
func beginSegment(ring *keyring.Ring, officers [2]age.Recipient, day deadline.Day) ([]byte, *chain, error) {
	p := prologue{day: day}
	rand.Read(p.id[:]) // never fails
	secret := make([]byte, 32)
	rand.Read(secret)
	header := append(bytes.Clone(secret), p.slipKey(ring)...)
	for _, officer := range officers {
		var err error
		if header, err = sealTo(officer, header); err != nil {
			return nil, nil, err
		}
	}
	out := append([]byte(segmentMagic), p.bytes()...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(header)))
	c := newChain(p, secret, p.share(ring))
	clear(secret)
	return append(out, header...), c, nil
}

func sealTo(officer age.Recipient, plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, officer)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// segment is one that was read.
type segment struct {
	prologue
	header, records []byte
}

// parseSegment takes a segment apart. A record that was being written when the
// server was killed is left out.
func parseSegment(raw []byte) (segment, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(segmentMagic))
	if !ok || len(rest) < 24 {
		return segment{}, ErrSegment
	}
	s := segment{prologue: prologue{segmentID(rest), deadline.Day(binary.BigEndian.Uint32(rest[16:]))}}
	n := binary.BigEndian.Uint32(rest[20:])
	if rest = rest[24:]; n > maxHeader || int(n) > len(rest) {
		return segment{}, ErrSegment
	}
	s.header, s.records = rest[:n], rest[n:]
	s.records = s.records[:len(s.records)/recordLen*recordLen]
	return s, nil
}

// secrets opens the header with the identities of both officers, in whatever
// order they are given.
func (s segment) secrets(identities []*age.HybridIdentity) (secret, slipKey []byte, err error) {
	for _, outer := range identities {
		inside, err := openAs(outer, s.header)
		if err != nil {
			continue
		}
		for _, inner := range identities {
			if plain, err := openAs(inner, inside); err == nil && len(plain) == 64 {
				return plain[:32], plain[32:], nil
			}
		}
	}
	return nil, nil, ErrOfficers
}

func openAs(id age.Identity, file []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxHeader))
}
