// Package mailtest is a mail server for tests, with a certificate authority of
// its own. Tests import it and nothing else does.
//
// It promises that every Server listens on a free port of this machine, keeps
// what it was sent, and ends with the test that started it.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/mail"
	"sync"
	"testing"

	"mime/quotedprintable"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Kind is how a Server behaves.
type Kind struct {
	TLS      string // "starttls", "tls" or "none"
	Name     string // whom the certificate names; 127.0.0.1 when empty
	Password string // asked of everybody, whatever their user name
	Refuse   bool   // accepts no letter
	Silent   bool   // never says a word
}

// Letter is what a Server was sent.
type Letter struct {
	From, To      string // envelope
	Subject, Text string
	Header        mail.Header
	TLS           bool
}

// Server is a running mail server.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // who has signed its certificate

	kind    Kind
	mu      sync.Mutex
	letters []Letter
	logins  int
}

// Start runs a server until the test ends.
func Start(t testing.TB, kind Kind) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, kind: kind}
	if kind.Silent {
		t.Cleanup(func() { l.Close() })
		return s // the system accepts, and nobody answers
	}
	var certificate tls.Certificate
	if certificate, s.Roots, err = authority(kind.Name); err != nil {
		t.Fatal(err)
	}
	settings := &tls.Config{Certificates: []tls.Certificate{certificate}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	server.Domain, server.ErrorLog = "mail.example.org", quiet{}
	switch kind.TLS {
	case "starttls":
		server.TLSConfig = settings
	case "tls":
		l = tls.NewListener(l, settings)
	}
	done := make(chan struct{})
	go func() {
		_ = server.Serve(l) // ends with Close
		close(done)
	}()
	t.Cleanup(func() {
		_ = server.Close() // of what is open, nothing matters
		_ = l.Close()      // which Close does not know of before Serve has begun
		<-done
	})
	return s
}

// Letters are what the server has accepted.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Logins counts the logins that were let in.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	letter Letter
	known  bool
}

// AuthMechanisms are those that the server offers.
func (s *session) AuthMechanisms() []string {
	if s.server.kind.Password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks a password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != s.server.kind.Password {
			return errors.New("wrong password of somebody@example.org")
		}
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.known = true
		s.server.logins++
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.kind.Password != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.letter.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.kind.Refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such user: " + to}
	}
	s.letter.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		return err
	}
	s.letter.Header, s.letter.Text = m.Header, string(text)
	if s.letter.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return err
	}
	_, s.letter.TLS = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, s.letter)
	return nil
}

func (s *session) Reset()        { s.letter = Letter{} }
func (s *session) Logout() error { return nil }
