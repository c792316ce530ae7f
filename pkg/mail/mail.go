// Package mail hands plain letters to the operator's mail server.
//
//   - A letter goes over TLS with a certificate that is checked, by STARTTLS or
//     from the first byte; in the clear only to this machine. A server that
//     offers less gets no letter and no password.
//   - Errors say what kind of thing went wrong, and quote neither an address nor
//     a link nor what the server answered.
//   - A letter is tried once, within Timeout, and nothing of it is kept. What
//     the server has not accepted was not sent, as far as the caller knows.
//   - Letters are plain text without pictures, and name neither this machine nor
//     the program.
//
// Access codes are never sent by mail: they are not this package's to know.
package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Timeout is how long a letter may take.
const Timeout = 10 * time.Second

// Ways to the server.
const (
	STARTTLS = "starttls" // TLS after the greeting, or nothing (RFC 3207)
	TLS      = "tls"      // TLS from the first byte (RFC 8314)
	None     = "none"     // in the clear, to this machine only
)

// Errors of Send. None of them holds anything of the letter.
var (
	ErrUnreachable = errors.New("mail: the mail server cannot be reached")
	ErrInsecure    = errors.New("mail: the way to the mail server is not safe: no TLS, or a certificate that does not fit")
	ErrLogin       = errors.New("mail: the mail server refused the user name and password")
	ErrRefused     = errors.New("mail: the mail server did not accept the letter")
)

// ErrClear is returned by New for a way in the clear to another machine.
var ErrClear = errors.New("mail: letters go in the clear to this machine only")

// Options say where letters go.
type Options struct {
	Host               string
	Port               int
	TLS                string         // STARTTLS, TLS or None
	From               string         // e-mail address of the sender
	Username, Password string         // empty where the server asks for none
	Roots              *x509.CertPool // who may sign the certificate; nil means the machine's own list
}

// Letter is what is sent.
type Letter struct {
	To, Subject, Text string
}

// Sender sends letters. It may be used from several goroutines.
type Sender struct{ options Options }

// New makes a Sender; nothing is sent or looked up. ErrClear when letters would
// leave this machine unprotected.
func New(o Options) (*Sender, error) {
	if o.TLS == None && (!Loopback(o.Host) || o.Username != "") {
		return nil, ErrClear
	}
	return &Sender{o}, nil
}

// Loopback reports whether a host is this machine.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Send hands over one letter, or returns one of the package's errors.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	msg, err := s.message(l)
	if err != nil {
		return ErrRefused
	}
	w := &way{options: s.options}
	defer w.close()
	client, err := w.client(ctx)
	if err != nil {
		return ErrUnreachable
	}
	connected, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return w.explain(err)
	}
	if err := client.SendWithSMTPClient(connected, msg); err != nil {
		return ErrRefused
	}
	_ = client.CloseWithSMTPClient(connected) // the letter is accepted already
	return nil
}

// message puts a letter into the form of RFC 5322.
func (s *Sender) message(l Letter) (*gomail.Msg, error) {
	_, domain, _ := strings.Cut(s.options.From, "@")
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.options.From), m.To(l.To)); err != nil {
		return nil, err
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(rand.Text() + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers of holidays
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}

// way is one connection to the server.
type way struct {
	options Options
	conn    net.Conn
	stop    func() bool
	reached bool
}

// client prepares the conversation; its connection ends with ctx.
func (w *way) client(ctx context.Context) (*gomail.Client, error) {
	o := w.options
	_, domain, _ := strings.Cut(o.From, "@")
	settings := []gomail.Option{gomail.WithPort(o.Port), gomail.WithTimeout(Timeout), gomail.WithHELO(domain),
		gomail.WithTLSConfig(w.tls()), gomail.WithDialContextFunc(func(_ context.Context, network, address string) (net.Conn, error) {
			return w.dial(ctx, network, address)
		})}
	if o.TLS == STARTTLS {
		settings = append(settings, gomail.WithTLSPolicy(gomail.TLSMandatory))
	} else {
		settings = append(settings, gomail.WithTLSPolicy(gomail.NoTLS)) // dial has seen to it
	}
	if o.Username != "" {
		settings = append(settings, gomail.WithUsername(o.Username), gomail.WithPassword(o.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(o.Host, settings...)
}

func (w *way) tls() *tls.Config {
	return &tls.Config{ServerName: w.options.Host, RootCAs: w.options.Roots, MinVersion: tls.VersionTLS12}
}

func (w *way) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.reached, w.conn = true, conn
	w.stop = context.AfterFunc(ctx, func() { conn.Close() })
	if w.options.TLS == TLS {
		secured := tls.Client(conn, w.tls())
		return secured, secured.HandshakeContext(ctx)
	}
	return conn, nil
}

func (w *way) close() {
	if w.conn != nil {
		w.stop()
		w.conn.Close()
	}
}

// explain finds what kind of thing kept the conversation from beginning.
func (w *way) explain(err error) error {
	switch {
	case !w.reached:
		return ErrUnreachable
	case w.options.Username != "" && strings.Contains(err.Error(), "AUTH"):
		return ErrLogin
	case unsafe(err):
		return ErrInsecure
	}
	return ErrUnreachable
}

// unsafe reports whether it was the lack of TLS, or its certificate.
func unsafe(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, clear := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return certificate || clear || alert || strings.Contains(err.Error(), "STARTTLS")
}
