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
	over  bool            // end was called
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
	if p.over = true; p.stop != nil {
		p.stop()
	}
}

// Deadline implements context.Context.
func (p *patience) Deadline() (time.Time, bool) { return p.until, true }

// Done implements context.Context.
func (p *patience) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timed == nil {
		p.timed, p.stop = context.WithDeadline(context.Background(), p.until)
		if p.over {
			p.stop()
		}
	}
	return p.timed.Done()
}

// Err implements context.Context.
func (p *patience) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.timed != nil:
		return p.timed.Err()
	case p.over:
		return context.Canceled
	case !time.Now().Before(p.until):
		return context.DeadlineExceeded
	}
	return nil
}

// Value implements context.Context; there are none.
func (p *patience) Value(any) any { return nil }
