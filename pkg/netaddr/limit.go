package netaddr

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// The size of a Limiter's table: 8192 addresses in 64 KiB, whatever happens.
const (
	sets = 1024
	ways = 8
)

// Limiter counts events by address. Each address has a bucket of events that
// one after another is forgiven (the generic cell rate algorithm). It keeps no
// address, only half of an HMAC; when its table is full, the address that would
// be forgiven soonest is forgotten.
type Limiter struct {
	burst uint32 // seconds that a full bucket takes to be forgiven
	every uint32 // seconds after which one event is forgiven
	key   atomic.Pointer[dayKey]
	table [sets][ways]atomic.Uint64 // tag << 32 | second in which all is forgiven
}

// dayKey is the key of one day. The counts of the day before mean nothing any
// more.
type dayKey struct {
	day int64
	key [32]byte
}

// NewLimiter allows burst events at once and then one in each time of every,
// which is rounded down to seconds and at least one.
func NewLimiter(burst int, every time.Duration) *Limiter {
	step := max(1, uint32(every/time.Second))
	return &Limiter{burst: step * uint32(burst), every: step}
}

// Note counts an event. It is 0 while the address is within its limit, and
// otherwise the time until one more is allowed; then nothing was counted.
func (l *Limiter) Note(a Addr, now time.Time) (wait time.Duration) {
	h := l.hash(a, now)
	tag, second := uint32(h>>32), uint32(now.Unix())
	for {
		slot, have := l.find(&l.table[h%sets], tag, second)
		free := second
		if uint32(have>>32) == tag {
			free = max(second, uint32(have))
		}
		free += l.every
		if free-second > l.burst {
			return time.Duration(free-second-l.burst) * time.Second
		}
		if slot.CompareAndSwap(have, uint64(tag)<<32|uint64(free)) {
			return 0
		}
	}
}

// Over tells whether Note would refuse, and counts nothing.
func (l *Limiter) Over(a Addr, now time.Time) bool {
	h := l.hash(a, now)
	tag, second := uint32(h>>32), uint32(now.Unix())
	_, have := l.find(&l.table[h%sets], tag, second)
	return uint32(have>>32) == tag && uint32(have) > second && uint32(have)+l.every-second > l.burst
}

// find returns the slot of a tag and what it holds: its own, a forgiven one, or
// the one that is forgiven soonest.
func (l *Limiter) find(set *[ways]atomic.Uint64, tag, second uint32) (*atomic.Uint64, uint64) {
	best, least := &set[0], set[0].Load()
	for i := range set {
		have := set[i].Load()
		if uint32(have>>32) == tag && uint32(have) > second {
			return &set[i], have
		}
		if uint32(have) < uint32(least) {
			best, least = &set[i], have
		}
	}
	return best, least
}

// hash is what an address is counted under today.
func (l *Limiter) hash(a Addr, now time.Time) uint64 {
	day := now.Unix() / 86400
	k := l.key.Load()
	for k == nil || k.day != day {
		fresh := &dayKey{day: day}
		rand.Read(fresh.key[:]) // never fails
		l.key.CompareAndSwap(k, fresh)
		k = l.key.Load()
	}
	m := hmac.New(sha256.New, k.key[:])
	m.Write(a.crowd())
	return binary.BigEndian.Uint64(m.Sum(nil))
}
