package config_test

import (
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/config"
)

// public is a configuration with which others can reach the service.
func public() config.Config {
	c := config.Default()
	c.Server.Listen = "[::]:443"
	c.Server.BaseURL = "https://selvhjelp.example"
	c.Server.TLSCertificateFile = "/etc/selvhjelp/chain.pem"
	c.Server.TLSKeyFile = "/etc/selvhjelp/key.pem"
	c.Operator = config.Operator{
		Name:               "Eksempel AS",
		OrganisationNumber: "974 760 673",
		Email:              "post@selvhjelp.example",
		PostalAddress:      "Boks 1, 0001 Oslo",
		PrivacyContact:     "personvern@selvhjelp.example",
		SecurityContact:    "https://selvhjelp.example/security",
		Responsible:        "Daglig leder",
	}
	return c
}

// behindProxy is a public configuration without a certificate of its own.
func behindProxy() config.Config {
	c := public()
	c.Server.Listen = "127.0.0.1:8080"
	c.Server.TLSCertificateFile, c.Server.TLSKeyFile = "", ""
	c.Server.TrustedProxies = []string{"127.0.0.1", "2001:db8::/32"}
	return c
}

func fatal(c config.Config) (keys []string) {
	for _, p := range c.Check() {
		if p.Fatal {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

func TestAGoodConfigurationHasNoProblems(t *testing.T) {
	for _, c := range []config.Config{public(), behindProxy()} {
		if problems := c.Check(); len(problems) > 0 {
			t.Error(problems)
		}
	}
}

func TestTheDefaultOnlyWarnsOfAnUnnamedOperator(t *testing.T) {
	problems := config.Default().Check()
	if len(problems) != 7 {
		t.Errorf("%d warnings", len(problems))
	}
	for _, p := range problems {
		if p.Fatal || !strings.HasPrefix(p.Key, "operator.") {
			t.Error(p)
		}
	}
}

func TestNobodyIsServedByAnUnnamedOperator(t *testing.T) {
	c := public()
	c.Operator = config.Operator{}
	if keys := fatal(c); len(keys) != 7 {
		t.Error(keys)
	}
}

func TestAServiceInPublicKeepsItsConnectionsSecret(t *testing.T) {
	for key, change := range map[string]func(*config.Server){
		"server.listen":   func(s *config.Server) { s.TrustedProxies = nil },
		"server.base_url": func(s *config.Server) { s.BaseURL = "http://selvhjelp.example" },
	} {
		c := behindProxy()
		change(&c.Server)
		if keys := fatal(c); len(keys) != 1 || keys[0] != key {
			t.Errorf("want %s, got %v", key, keys)
		}
	}
}

func TestACertificateIsNotGivenForNothing(t *testing.T) {
	c := public()
	c.Server.Listen, c.Server.BaseURL = "127.0.0.1:8443", "http://127.0.0.1:8443"
	if keys := fatal(c); len(keys) != 1 || keys[0] != "server.base_url" {
		t.Error(keys)
	}
}

func TestNoKeyLiesWithTheData(t *testing.T) {
	for key, change := range map[string]func(*config.Config, string){
		"data.runtime_dir":    func(c *config.Config, p string) { c.Data.RuntimeDir = p },
		"keys.root_key_file":  func(c *config.Config, p string) { c.Keys.RootKeyFile = p },
		"keys.seal_keys_file": func(c *config.Config, p string) { c.Keys.SealKeysFile = p },
	} {
		for path, want := range map[string]bool{
			"/var/lib/selvhjelp":              true,
			"/var/lib/selvhjelp/x":            true,
			"/var/lib/other/../selvhjelp/./x": true,
			"x":                               true,
			"/var/lib/selvhjelp-keys/x":       false,
			"/var/lib":                        false,
		} {
			c := config.Default()
			change(&c, path)
			if keys := fatal(c); (len(keys) == 1 && keys[0] == key) != want {
				t.Errorf("%s = %s: %v", key, path, keys)
			}
		}
	}
}

func TestBadValuesAreRefused(t *testing.T) {
	for key, change := range map[string]func(*config.Config){
		"server.listen":                func(c *config.Config) { c.Server.Listen = "selvhjelp.example:443" },
		"server.base_url":              func(c *config.Config) { c.Server.BaseURL += "/" },
		"server.tls_certificate_file":  func(c *config.Config) { c.Server.TLSCertificateFile = "" },
		"server.tls_key_file":          func(c *config.Config) { c.Server.TLSKeyFile = "" },
		"server.trusted_proxies":       func(c *config.Config) { c.Server.TrustedProxies = []string{"::/0"} },
		"server.request_timeout":       func(c *config.Config) { c.Server.RequestTimeout.Duration = 0 },
		"server.read_timeout":          func(c *config.Config) { c.Server.ReadTimeout.Duration = time.Hour },
		"server.max_body_bytes":        func(c *config.Config) { c.Server.MaxBodyBytes = config.GiB },
		"server.concurrency":           func(c *config.Config) { c.Server.Concurrency = 0 },
		"data.dir":                     func(c *config.Config) { c.Data.Dir = "data" },
		"data.max_bytes":               func(c *config.Config) { c.Data.MaxBytes = 0 },
		"keys.seal_keys_file":          func(c *config.Config) { c.Keys.SealKeysFile = c.Keys.RootKeyFile },
		"addresses.officers":           func(c *config.Config) { c.Addresses.Officers = []string{"age1pq1"} },
		"service.name":                 func(c *config.Config) { c.Service.Name = "self\nhelp" },
		"service.time_zone":            func(c *config.Config) { c.Service.TimeZone = "Local" },
		"service.default_language":     func(c *config.Config) { c.Service.DefaultLanguage = "" },
		"service.unused_codes_days":    func(c *config.Config) { c.Service.UnusedCodesDays = 29 },
		"operator.name":                func(c *config.Config) { c.Operator.Name = " " },
		"operator.organisation_number": func(c *config.Config) { c.Operator.OrganisationNumber = "974760674" },
		"operator.email":               func(c *config.Config) { c.Operator.Email = "Post <post@selvhjelp.example>" },
		"operator.privacy_contact":     func(c *config.Config) { c.Operator.PrivacyContact = "http://selvhjelp.example" },
		"operator.security_contact":    func(c *config.Config) { c.Operator.SecurityContact = "the caretaker" },
		"crisis":                       func(c *config.Config) { c.Crisis = nil },
		"crisis[0].number":             func(c *config.Config) { c.Crisis[0].Number = "" },
		"crisis[1].name.nb":            func(c *config.Config) { c.Crisis[1].Name.NB = "" },
		"crisis[2].what.nn":            func(c *config.Config) { c.Crisis[2].What.NN = "" },
		"crisis[3].when.en":            func(c *config.Config) { c.Crisis[3].When.EN = "" },
		"crisis[4].last_checked":       func(c *config.Config) { c.Crisis[4].LastChecked = "" },
		"policy.privacy_version":       func(c *config.Config) { c.Policy.PrivacyVersion = "21.11.2026" },
	} {
		c := public()
		c.Server.TrustedProxies = []string{"127.0.0.1"}
		change(&c)
		if keys := fatal(c); len(keys) != 1 || keys[0] != key {
			t.Errorf("want %s, got %v", key, keys)
		}
	}
}

func TestABaseURLIsNothingButASite(t *testing.T) {
	for url, want := range map[string]bool{
		"https://selvhjelp.example:8443":   true,
		"https://192.0.2.1":                true,
		"https://[2001:db8::1]:443":        true,
		"https://":                         false,
		"selvhjelp.example":                false,
		"ftp://selvhjelp.example":          false,
		"https://selvhjelp.example/nb":     false,
		"https://selvhjelp.example?x=1":    false,
		"https://me@selvhjelp.example":     false,
		"https://selvhjelp.example\"><b>":  false,
		"https://selvhjelp.example\nx: y":  false,
		"https://selvhjelp.example:443 ":   false,
		"javascript:alert(1)//https://x.y": false,
	} {
		c := public()
		c.Server.BaseURL = url
		if keys := fatal(c); (len(keys) == 0) != want {
			t.Errorf("%q: %v", url, keys)
		}
	}
}

func TestAWarningNamesTheLineOfItsTable(t *testing.T) {
	c, err := config.Parse("c.toml", []byte("[operator]\nname = \"Eksempel AS\"\nemail = \"\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for _, p := range c.Check() {
		lines[p.Key] = p.Line
	}
	if lines["operator.email"] != "c.toml:3" || lines["operator.responsible"] != "c.toml:1" || len(lines) != 6 {
		t.Error(lines)
	}
}
