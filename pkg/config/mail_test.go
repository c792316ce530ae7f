package config_test

import (
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/config"
)

func withMail(change func(*config.Mail)) config.Config {
	c := config.Default()
	c.Mail = config.Mail{Host: "smtp.example.org", Port: 587, TLS: "starttls", From: "post@selvhjelp.example",
		Username: "post", PasswordFile: "/etc/selvhjelp/mail.password"}
	change(&c.Mail)
	return c
}

func TestAMailServerIsSafeOrOfThisMachine(t *testing.T) {
	for _, good := range []func(*config.Mail){
		func(*config.Mail) {},
		func(m *config.Mail) { m.Port, m.TLS = 465, "tls" },
		func(m *config.Mail) { m.Username, m.PasswordFile = "", "" },
		func(m *config.Mail) { *m = config.Mail{Host: "localhost", Port: 25, TLS: "none", From: m.From} },
		func(m *config.Mail) { *m = config.Mail{Host: "::1", Port: 25, TLS: "none", From: m.From} },
		func(m *config.Mail) { *m = config.Mail{} },
	} {
		if keys := fatal(withMail(good)); len(keys) > 0 {
			t.Error(keys)
		}
	}
	for story, c := range map[string]struct {
		change func(*config.Mail)
		want   string
	}{
		"in the clear elsewhere":    {func(m *config.Mail) { m.TLS, m.Username, m.PasswordFile = "none", "", "" }, "mail.tls"},
		"a password in the clear":   {func(m *config.Mail) { m.Host, m.TLS = "127.0.0.1", "none" }, "mail.username"},
		"whatever is offered":       {func(m *config.Mail) { m.TLS = "opportunistic" }, "mail.tls"},
		"a host with a port":        {func(m *config.Mail) { m.Host = "smtp.example.org:587" }, "mail.host"},
		"no host":                   {func(m *config.Mail) { m.Host = "" }, "mail.host"},
		"no port":                   {func(m *config.Mail) { m.Port = 0 }, "mail.port"},
		"no sender":                 {func(m *config.Mail) { m.From = "" }, "mail.from"},
		"a name as sender":          {func(m *config.Mail) { m.From = "Selvhjelp <post@selvhjelp.example>" }, "mail.from"},
		"a password of nobody":      {func(m *config.Mail) { m.Username = "" }, "mail.username"},
		"no password":               {func(m *config.Mail) { m.PasswordFile = "" }, "mail.password_file"},
		"a password among the data": {func(m *config.Mail) { m.PasswordFile = "/var/lib/selvhjelp/password" }, "mail.password_file"},
	} {
		if keys := fatal(withMail(c.change)); !slices.Equal(keys, []string{c.want}) {
			t.Errorf("%s: %v, want %s", story, keys, c.want)
		}
	}
}

func TestWhatIsSaidOfTheMailServerLeavesOutTheLogin(t *testing.T) {
	said := withMail(func(m *config.Mail) { m.Username = "kontonavn" }).Mail.String()
	if strings.Contains(said, "kontonavn") || strings.Contains(said, "password") || !strings.Contains(said, "smtp.example.org") {
		t.Error(said)
	}
	if none := (config.Mail{}).String(); !strings.HasPrefix(none, "none") {
		t.Error(none)
	}
}
