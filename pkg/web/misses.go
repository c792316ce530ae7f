package web

import (
	"sync"
	"time"

	"selvhjelp/pkg/organization"
)

const (
	missesAllowed = 10               // wrong one-time codes after a right password
	missesFor     = 15 * time.Minute // until they are forgotten
)

// misses counts wrong one-time codes of professionals whose password was right,
// in memory alone: six digits must not be guessed. Its size is bounded by the
// number of professionals.
type misses struct {
	mu    sync.Mutex
	since map[organization.ID]miss
}

type miss struct {
	first time.Time
	count int
}

// tooMany reports whether a professional has to wait.
func (m *misses) tooMany(id organization.ID, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	have := m.since[id]
	return have.count >= missesAllowed && now.Sub(have.first) < missesFor
}

// note counts one more wrong code.
func (m *misses) note(id organization.ID, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.since == nil {
		m.since = map[organization.ID]miss{}
	}
	have := m.since[id]
	if now.Sub(have.first) >= missesFor {
		have = miss{first: now}
	}
	have.count++
	m.since[id] = have
}
