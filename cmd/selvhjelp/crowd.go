package main

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"selvhjelp/pkg/web"
)

const (
	parting     = 256             // connections that are heard out after the answer at a time
	partingTime = 2 * time.Second // that one of them may take
	hurried     = 10 * time.Millisecond
)

// crowd is a listener that lets in so many connections at a time, and sends
// away all others with an answer.
type crowd struct {
	net.Listener
	limit   int64
	answer  []byte
	count   func() // called for each that is sent away
	open    atomic.Int64
	parting chan struct{}
}

func crowded(l net.Listener, limit int, server *web.Server) (net.Listener, error) {
	answer, err := server.Crowded()
	return &crowd{Listener: l, limit: int64(limit), answer: answer, count: server.TurnedAway, parting: make(chan struct{}, parting)}, err
}

// Accept returns the next connection within the limit.
func (l *crowd) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.limit {
			return &guest{Conn: c, left: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
		}
		l.open.Add(-1)
		l.count()
		l.sendAway(c)
	}
}

// guest is a connection that counts until it is closed.
type guest struct {
	net.Conn
	left func()
}

// Close implements net.Conn.
func (g *guest) Close() error {
	defer g.left()
	return g.Conn.Close()
}

// sendAway answers and closes, and waits for nobody.
func (l *crowd) sendAway(c net.Conn) {
	select {
	case l.parting <- struct{}{}:
		go func() {
			defer func() { <-l.parting }()
			l.tell(c)
		}()
	default:
		l.tellInHaste(c)
	}
}

// tellInHaste leaves the answer to the system, which mostly delivers it. Over
// TLS there is none, as it takes several steps.
func (l *crowd) tellInHaste(c net.Conn) {
	defer c.Close()
	if _, secret := c.(*tls.Conn); !secret {
		_ = c.SetWriteDeadline(time.Now().Add(hurried))
		_, _ = c.Write(l.answer)
	}
}

// tell reads on for a moment after the answer: whoever is cut off while they
// are still sending may never see it.
func (l *crowd) tell(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(partingTime))
	if _, err := c.Write(l.answer); err != nil {
		return
	}
	if half, ok := c.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, c, 64<<10)
	}
}
