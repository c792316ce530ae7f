package paymentfake

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"time"
)

// Sent is a request as the provider got it, and could keep for ever.
type Sent struct {
	At  time.Time
	Raw []byte // the first line, headers and body
}

// Sent are all requests so far, the oldest first.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// remember keeps a request and leaves it as it was.
func (s *Server) remember(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // who sent it has gone away, and is not answered
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var raw bytes.Buffer
	raw.WriteString(r.Method + " " + r.URL.String() + "\n")
	_ = r.Header.Write(&raw) // a buffer takes everything
	raw.Write(body)
	s.sent = append(s.sent, Sent{s.Now(), raw.Bytes()})
}
