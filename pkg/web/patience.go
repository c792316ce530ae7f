package web

import (
	"context"
	"sync"
	"time"
)

// patience is the context of a request: it ends at a time. Most requests only look
// whether it has ended, so its timer is set when somebody first waits for it.
type patience struct {
	until time.Time

	mu    sync.Mutex
	err   error           // once it has ended, unless somebody waits
	timed context.Context // nil until somebody waits
	stop  context.CancelFunc
}

// patientFor is a context that ends after a time; the caller ends it when it is needed
// no longer.
func patientFor(after time.Duration) *patience { return &patience{until: time.Now().Add(after)} }

// end is the end of what the context was for, if its time has not come before.
func (p *patience) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timed != nil {
		p.stop()
	} else if p.look() == nil {
		p.err = context.Canceled
	}
}

// look is how it has ended while nobody waits. The caller holds mu.
func (p *patience) look() error {
	if p.err == nil && !time.Now().Before(p.until) {
		p.err = context.DeadlineExceeded
	}
	return p.err
}

// Deadline implements context.Context.
func (p *patience) Deadline() (time.Time, bool) { return p.until, true }

// Done implements context.Context.
func (p *patience) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timed == nil {
		if p.look() != nil {
			return ended
		}
		p.timed, p.stop = context.WithDeadline(context.Background(), p.until)
	}
	return p.timed.Done()
}

// ended is what those get who begin to wait when it is over.
var ended = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Err implements context.Context.
func (p *patience) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timed != nil {
		return p.timed.Err()
	}
	return p.look()
}

// Value implements context.Context; there are none.
func (p *patience) Value(any) any { return nil }
