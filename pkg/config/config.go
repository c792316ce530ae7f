// Package config reads the operator's configuration file, config.toml.
//
// It promises:
//
//   - Reading is strict: an unknown key, a key given twice, a wrong type or a
//     bad value is an error, never ignored.
//   - Every mistake is reported at once, each as "file:line: key: what is
//     wrong; what to do". Only a line that is not TOML hides what follows it,
//     and a wrong table header the keys below it.
//   - A key that is left out has the value of Default, and
//     config.example.toml, which explains every key, equals Default.
//   - No secret is in the file, only paths of files with secrets. No message
//     repeats a value, in case one was pasted there all the same.
//   - Nothing is changed and no file but the one named is opened.
//
// Only the command and package web read a Config; the domain gets values.
package config

import (
	"fmt"
	"iter"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Config is what the operator decides. Its fields are the tables and keys of
// config.example.toml, which says what each is for.
type Config struct {
	Server    Server    `toml:"server"`
	Data      Data      `toml:"data"`
	Keys      Keys      `toml:"keys"`
	Content   Content   `toml:"content"`
	Addresses Addresses `toml:"addresses"`
	Service   Service   `toml:"service"`
	Operator  Operator  `toml:"operator"`
	Mail      Mail      `toml:"mail"`
	Payment   Payment   `toml:"payment"`
	Crisis    []Crisis  `toml:"crisis"`
	Policy    Policy    `toml:"policy"`

	source source
}

// Server is how the service is reached and how much it takes on.
type Server struct {
	Listen             string   `toml:"listen"`               // IP address or localhost, and port
	BaseURL            string   `toml:"base_url"`             // scheme and host, no path
	TLSCertificateFile string   `toml:"tls_certificate_file"` // PEM; empty without TLS
	TLSKeyFile         string   `toml:"tls_key_file"`         // PEM; empty without TLS
	TrustedProxies     []string `toml:"trusted_proxies"`      // IP addresses and CIDR ranges
	RequestTimeout     Duration `toml:"request_timeout"`
	ReadTimeout        Duration `toml:"read_timeout"`
	MaxBodyBytes       Size     `toml:"max_body_bytes"`
	Concurrency        int      `toml:"concurrency"` // connections at a time
}

// Data is where the data lie.
type Data struct {
	Dir        string `toml:"dir"`
	RuntimeDir string `toml:"runtime_dir"` // in memory only
	MaxBytes   Size   `toml:"max_bytes"`   // of content, without the reserve
}

// Keys are the paths of the files with the server's keys.
type Keys struct {
	RootKeyFile  string `toml:"root_key_file"`
	SealKeysFile string `toml:"seal_keys_file"`
}

// Content is what the operator adds to what the program brings along.
type Content struct {
	Dir            string   `toml:"dir"`             // with the folders instruments and programs; empty for none
	AcceptLicences []string `toml:"accept_licences"` // ids of tools that wait for it
}

// Addresses is who can open the addresses of security events.
type Addresses struct {
	Officers []string `toml:"officers"` // two age recipients, or none
}

// Service is how the service presents itself.
type Service struct {
	Name                string `toml:"name"`
	TimeZone            string `toml:"time_zone"`        // IANA name
	DefaultLanguage     string `toml:"default_language"` // nb, nn or en
	StartWithoutService bool   `toml:"start_without_service"`
	UnusedCodesDays     int    `toml:"unused_codes_days"`
}

// Operator is who answers for the service.
type Operator struct {
	Name               string `toml:"name"`
	OrganisationNumber string `toml:"organisation_number"` // spaces allowed
	Email              string `toml:"email"`
	PostalAddress      string `toml:"postal_address"`
	PrivacyContact     string `toml:"privacy_contact"`  // e-mail or https address
	SecurityContact    string `toml:"security_contact"` // e-mail or https address
	Responsible        string `toml:"responsible"`
}

// Mail is the server that invitations and resets are sent through. Without a
// host nothing is sent.
type Mail struct {
	Host         string `toml:"host"` // name or IP address
	Port         int    `toml:"port"`
	TLS          string `toml:"tls"`           // starttls, tls or none
	From         string `toml:"from"`          // e-mail address
	Username     string `toml:"username"`      // empty without a login
	PasswordFile string `toml:"password_file"` // empty without a login
}

// Crisis is a telephone number for those who cannot wait.
type Crisis struct {
	Number      string `toml:"number"`
	Name        Text   `toml:"name"` // who answers
	What        Text   `toml:"what"` // what to call about
	When        Text   `toml:"when"` // opening hours
	LastChecked Date   `toml:"last_checked"`
}

// Policy is about the texts that the operator publishes.
type Policy struct {
	PrivacyVersion Date     `toml:"privacy_version"`
	Change         []Change `toml:"change"` // in any order, joined to those of the program
}

// Change is something that everybody is told at their next login: how the
// privacy statement has changed, or what has happened.
type Change struct {
	Date Date `toml:"date"`
	Text Text `toml:"text"`
}

// Text is a text in the three languages of the service.
type Text struct {
	NB string `toml:"nb"`
	NN string `toml:"nn"`
	EN string `toml:"en"`
}

// Loopback reports whether the service is for this machine only: it listens
// on a loopback address and its base URL names one. A service behind a proxy
// on the same machine is therefore not on loopback.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Server.Listen)
	if err != nil {
		return false
	}
	base, err := url.Parse(c.Server.BaseURL)
	return err == nil && loopback(host) && loopback(base.Hostname())
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// source is the file that a Config was read from.
type source struct {
	name  string
	lines map[string]int // by key, "crisis[1].name.nb"
}

// where returns "file:line" of key, or of the table it belongs to, or only
// the file if neither is there.
func (s source) where(key string) string {
	for key := range outward(key) {
		if line, ok := s.lines[key]; ok {
			return fmt.Sprintf("%s:%d", s.name, line)
		}
	}
	return s.name
}

// outward yields key and the tables around it, the innermost first.
func outward(key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for key != "" && yield(key) {
			key = key[:max(strings.LastIndexAny(key, ".["), 0)]
		}
	}
}
