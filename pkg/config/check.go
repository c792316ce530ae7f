package config

import (
	"cmp"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that a time zone is known on every machine
	"unicode"
	"unicode/utf8"

	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/orgnumber"
)

// Problem is something wrong with a configuration.
type Problem struct {
	Key   string // "server.listen", or empty if it is about the whole file
	Line  string // "config.toml:12", without a number if the key is not there
	Text  string // what is wrong; what to do
	Fatal bool   // the server must not start; otherwise a warning
}

// Error returns the problem as "file:line: key: what is wrong; what to do".
func (p Problem) Error() string {
	parts := []string{p.Line, p.Key, p.Text}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// Check returns all that is wrong with the values of c, in the order of its
// fields. It looks at the values alone: whether a file is there, or a path
// leads elsewhere by a link, is not known to it.
func (c Config) Check() []Problem {
	k := checker{Config: c}
	public := k.address() && !c.Loopback()
	k.secret(public)
	k.server()
	k.files()
	k.must(netaddr.CheckOfficers(k.Addresses.Officers) == nil, "addresses.officers",
		"not the recipients of two different officers; make each with \"selvhjelp addresses keygen\", or leave the list empty")
	k.service()
	k.operator(public)
	k.mail()
	k.payment(public)
	k.crisis()
	k.policy()
	return k.problems
}

// checker collects the problems of a Config.
type checker struct {
	Config
	problems []Problem
}

// must adds a fatal problem unless ok, which it returns.
func (k *checker) must(ok bool, key, text string) bool {
	if !ok {
		k.problems = append(k.problems, Problem{key, k.source.where(key), text, true})
	}
	return ok
}

// address checks where the service listens and what it is called, and reports
// whether both can be understood.
func (k *checker) address() bool {
	host, port, err := net.SplitHostPort(k.Server.Listen)
	_, badIP := netip.ParseAddr(host)
	_, badPort := strconv.ParseUint(port, 10, 16)
	named := host == "" || host == "localhost" || badIP == nil
	listen := k.must(err == nil && named && badPort == nil, "server.listen",
		`not an IP address with a port; write one such as "127.0.0.1:8080" or "[::]:443"`)
	base := k.must(site.MatchString(k.Server.BaseURL), "server.base_url",
		`not a site; write one such as "https://selvhjelp.example", without a path or a final slash`)
	return listen && base
}

// site is a scheme, a host and perhaps a port. The host is a name or an IP
// address; what else a URL may hold has no place on a printed sheet.
var site = regexp.MustCompile(`^https?://([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// secret checks that nobody on the way can read along in public, and that a
// certificate is not given for nothing.
func (k *checker) secret(public bool) {
	tls := k.Server.TLSCertificateFile != ""
	https := strings.HasPrefix(k.Server.BaseURL, "https://")
	k.must(https || !public && !tls, "server.base_url",
		"http although others can reach the service or a certificate is given; write https")
	k.must(!public || tls || len(k.Server.TrustedProxies) > 0, "server.listen",
		"the service can be reached from outside, but nothing makes the connection secret; "+
			"give tls_certificate_file and tls_key_file, or name the proxy that has the certificate in trusted_proxies")
}

func (k *checker) server() {
	s := k.Server
	const pair = "only one of tls_certificate_file and tls_key_file is given; give both or neither"
	if (s.TLSCertificateFile == "") != (s.TLSKeyFile == "") {
		k.must(s.TLSKeyFile != "", "server.tls_key_file", pair)
		k.must(s.TLSCertificateFile != "", "server.tls_certificate_file", pair)
	}
	for _, proxy := range s.TrustedProxies {
		k.must(proxies(proxy), "server.trusted_proxies",
			"not an IP address or range, or the range of everybody; write one such as \"127.0.0.1\" or \"10.0.0.0/8\"")
	}
	k.must(between(s.RequestTimeout.Duration, time.Second, 5*time.Minute), "server.request_timeout", "too short or too long; write 1s to 5m")
	k.must(between(s.ReadTimeout.Duration, time.Second, 5*time.Minute), "server.read_timeout", "too short or too long; write 1s to 5m")
	k.must(between(s.MaxBodyBytes, 4*KiB, 16*MiB), "server.max_body_bytes", "too small or too large; write 4KiB to 16MiB")
	k.must(between(s.Concurrency, 1, 1<<20), "server.concurrency", "too small or too large; write 1 to 1048576")
}

// proxies reports whether s is an IP address or a range of them that leaves
// somebody out.
func proxies(s string) bool {
	address, err := netip.ParseAddr(s)
	if err == nil {
		return address.Zone() == ""
	}
	prefix, err := netip.ParsePrefix(s)
	return err == nil && prefix.Bits() > 0
}

// files checks the paths, and that no key lies where the data lie: whoever
// copies the data folder must not get the keys with it.
func (k *checker) files() {
	k.absolute("data.dir", k.Data.Dir)
	k.apart("data.runtime_dir", k.Data.RuntimeDir)
	k.apart("keys.root_key_file", k.Keys.RootKeyFile)
	k.apart("keys.seal_keys_file", k.Keys.SealKeysFile)
	k.must(k.Keys.RootKeyFile != k.Keys.SealKeysFile, "keys.seal_keys_file",
		"the same file as root_key_file, which is never written to; give each its own")
	if k.Server.TLSCertificateFile != "" {
		k.absolute("server.tls_certificate_file", k.Server.TLSCertificateFile)
	}
	if k.Server.TLSKeyFile != "" {
		k.absolute("server.tls_key_file", k.Server.TLSKeyFile)
	}
	if k.Content.Dir != "" {
		k.absolute("content.dir", k.Content.Dir)
	}
	k.must(between(k.Data.MaxBytes, MiB, 16*TiB), "data.max_bytes", "too small or too large; write 1MiB to 16TiB")
}

func (k *checker) absolute(key, path string) bool {
	return k.must(filepath.IsAbs(path), key, `not a full path; begin it with "/"`)
}

// apart asks for a full path outside the data folder.
func (k *checker) apart(key, path string) {
	if k.absolute(key, path) {
		inside, err := filepath.Rel(k.Data.Dir, path)
		k.must(err != nil || !filepath.IsLocal(inside), key,
			"inside data.dir, so that a copy of the data would take the key along; put it elsewhere")
	}
}

func (k *checker) service() {
	s := k.Service
	k.must(line(s.Name, 60), "service.name", "empty, too long or with control characters; write at most 60 characters")
	_, err := time.LoadLocation(s.TimeZone)
	k.must(err == nil && s.TimeZone != "" && s.TimeZone != "Local", "service.time_zone",
		`not a time zone; write one such as "Europe/Oslo"`)
	k.must(slices.Contains([]string{"nb", "nn", "en"}, s.DefaultLanguage), "service.default_language",
		`not a language of the service; write "nb", "nn" or "en"`)
	k.must(between(s.UnusedCodesDays, 30, 3650), "service.unused_codes_days", "too few or too many days; write 30 to 3650")
}

// operator checks who answers for the service. In public nothing may be
// missing; on this machine it is only said.
func (k *checker) operator(public bool) {
	o := k.Operator
	k.given(public, "operator.name", o.Name, "the name of the business", true, "")
	_, err := orgnumber.Check(o.OrganisationNumber)
	k.given(public, "operator.organisation_number", o.OrganisationNumber, "its nine digits", err == nil,
		"not a Norwegian organisation number; compare its nine digits with the register")
	k.given(public, "operator.email", o.Email, "an address that is read every working day", email(o.Email),
		`not an e-mail address; write one such as "post@selvhjelp.example"`)
	k.given(public, "operator.postal_address", o.PostalAddress, "street or box, postal code and place", true, "")
	const contact = "neither an e-mail address nor an https address; write one of them"
	k.given(public, "operator.privacy_contact", o.PrivacyContact, "where to ask about privacy", reached(o.PrivacyContact), contact)
	k.given(public, "operator.security_contact", o.SecurityContact, "where to report a weakness", reached(o.SecurityContact), contact)
	k.given(public, "operator.responsible", o.Responsible, "the person or role that answers for the service", true, "")
}

// given asks for a value on one line that is also right, and for what it
// should be if it is empty.
func (k *checker) given(public bool, key, value, what string, right bool, wrong string) {
	if value == "" {
		k.problems = append(k.problems, Problem{key, k.source.where(key), "empty; write " + what, public})
	} else if k.must(line(value, 200), key, "blank, too long or with control characters; write at most 200 characters on one line") {
		k.must(right, key, wrong)
	}
}

// crisis checks that whoever cannot wait finds a number in each language.
func (k *checker) crisis() {
	k.must(len(k.Crisis) > 0, "crisis", "no number to call in a crisis; give at least one, or leave the key out for the usual ones")
	for i, c := range k.Crisis {
		entry := fmt.Sprintf("crisis[%d].", i)
		k.must(telephone.MatchString(c.Number), entry+"number", `not a telephone number; write digits and spaces such as "116 123"`)
		k.text(entry+"name", c.Name, 200)
		k.text(entry+"what", c.What, 200)
		k.text(entry+"when", c.When, 200)
		k.date(entry+"last_checked", c.LastChecked)
	}
}

var telephone = regexp.MustCompile(`^\+?[0-9]+( [0-9]+)*$`)

// policy checks the version in force, and that what is told is not newer.
func (k *checker) policy() {
	version := k.Policy.PrivacyVersion
	k.date("policy.privacy_version", version)
	for i, c := range k.Policy.Change {
		entry := fmt.Sprintf("policy.change[%d].", i)
		k.date(entry+"date", c.Date)
		k.must(version.Time().IsZero() || !c.Date.Time().After(version.Time()), entry+"date",
			"after policy.privacy_version, so that nobody would be told; set the version to this date or a later one")
		k.text(entry+"text", c.Text, 1000)
	}
}

// text asks for at most most characters in each language.
func (k *checker) text(key string, t Text, most int) {
	missing := fmt.Sprintf("empty, too long or with control characters; write at most %d characters in each language", most)
	k.must(line(t.NB, most), key+".nb", missing)
	k.must(line(t.NN, most), key+".nn", missing)
	k.must(line(t.EN, most), key+".en", missing)
}

func (k *checker) date(key string, d Date) {
	k.must(!d.Time().IsZero(), key, `not a date; write one such as "2026-11-21"`)
}

func between[T cmp.Ordered](v, least, most T) bool {
	return least <= v && v <= most
}

// line reports whether s is something to read on one line, of at most most
// characters.
func line(s string, most int) bool {
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

func email(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s
}

func reached(s string) bool {
	page, err := url.Parse(s)
	return email(s) || err == nil && page.Scheme == "https" && page.Host != ""
}
