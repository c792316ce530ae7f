package config

import (
	"fmt"
	"regexp"
	"slices"
)

// host is the name of a machine or an IP address, without a port.
var host = regexp.MustCompile(`^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|[0-9A-Fa-f:.]+)$`)

// mail checks how letters leave. With no host none do.
func (k *checker) mail() {
	m := k.Mail
	if m.Host == "" {
		given := m.From != "" || m.Username != "" || m.PasswordFile != ""
		k.must(!given, "mail.host", "empty although the sender or a login is given; write the mail server's name, or remove the others")
		return
	}
	k.must(host.MatchString(m.Host), "mail.host", `not the name of a machine; write one such as "smtp.example.org", without a port`)
	k.must(between(m.Port, 1, 65535), "mail.port", "not a port; write 587 for starttls, or 465 for tls")
	k.must(email(m.From), "mail.from", `not an e-mail address; write the sender's, such as "post@selvhjelp.example"`)
	known := k.must(slices.Contains([]string{"starttls", "tls", "none"}, m.TLS), "mail.tls", `not a way to the mail server; write "starttls", "tls" or "none"`)
	if known && m.TLS == "none" {
		k.must(loopback(m.Host), "mail.tls", `"none" to another machine, so that everybody on the way could read the links; write "starttls" or "tls"`)
		k.must(m.Username == "", "mail.username", `a login that would be sent in the clear; write "starttls" or "tls", or remove it`)
	}
	const pair = "only one of username and password_file is given; give both or neither"
	k.must(m.Username != "" || m.PasswordFile == "", "mail.username", pair)
	if k.must(m.PasswordFile != "" || m.Username == "", "mail.password_file", pair) && m.PasswordFile != "" {
		k.apart("mail.password_file", m.PasswordFile)
	}
}

// String says in a line what is configured, without the login.
func (m Mail) String() string {
	if m.Host == "" {
		return "none; links are shown to whoever invites, to be handed over"
	}
	return fmt.Sprintf("through %s, port %d (%s)", m.Host, m.Port, m.TLS)
}
