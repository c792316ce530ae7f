package config_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/config"
)

func withPayment(change func(*config.Payment)) config.Config {
	c := config.Default()
	name := config.Text{NB: "Tilgang", NN: "Tilgang", EN: "Access"}
	c.Payment.SecretKeyFile, c.Payment.WebhookSecretFile, c.Payment.VATRegistered = "/etc/selvhjelp/stripe.key", "/etc/selvhjelp/webhook.secret", true
	c.Payment.Product = []config.Product{{ID: "access", Price: 49000, VAT: 250, Currency: "nok", Statement: "TILGANG", Name: name, About: name}}
	change(&c.Payment)
	return c
}

func TestAProductIsSoldOnlyWhenAllOfItFits(t *testing.T) {
	for _, good := range []func(*config.Payment){
		func(*config.Payment) {},
		func(p *config.Payment) { p.APIBase = "http://127.0.0.1:12111" },
		func(p *config.Payment) { p.VATRegistered, p.Product[0].VAT = false, 0 },
		func(p *config.Payment) { p.Product[0].Statement = "" },
	} {
		if keys := fatal(withPayment(good)); len(keys) > 0 {
			t.Error(keys)
		}
	}
	for story, c := range map[string]struct {
		change func(*config.Payment)
		want   string
	}{
		"another provider":       {func(p *config.Payment) { p.APIBase = "https://stripe.example" }, "payment.api_base"},
		"no secret":              {func(p *config.Payment) { p.SecretKeyFile = "" }, "payment.secret_key_file"},
		"a secret in the data":   {func(p *config.Payment) { p.WebhookSecretFile = "/var/lib/selvhjelp/x" }, "payment.webhook_secret_file"},
		"keys among the data":    {func(p *config.Payment) { p.IssuerKeysFile = "/var/lib/selvhjelp/x" }, "payment.issuer_keys_file"},
		"one file for both":      {func(p *config.Payment) { p.RefundKeysFile = p.IssuerKeysFile }, "payment.refund_keys_file"},
		"the seal keys":          {func(p *config.Payment) { p.RefundKeysFile = "/var/lib/selvhjelp-keys/seal.keys" }, "payment.refund_keys_file"},
		"an id with spaces":      {func(p *config.Payment) { p.Product[0].ID = "my access" }, "payment.product[0].id"},
		"the same id twice":      {func(p *config.Payment) { p.Product = append(p.Product, p.Product[0]) }, "payment.product[1].id"},
		"kroner for ører":        {func(p *config.Payment) { p.Product[0].Price = 49 }, "payment.product[0].price"},
		"VAT without a register": {func(p *config.Payment) { p.VATRegistered = false }, "payment.product[0].vat"},
		"too much VAT":           {func(p *config.Payment) { p.Product[0].VAT = 2500 }, "payment.product[0].vat"},
		"another currency":       {func(p *config.Payment) { p.Product[0].Currency = "NOK" }, "payment.product[0].currency"},
		"a long statement":       {func(p *config.Payment) { p.Product[0].Statement = strings.Repeat("x", 23) }, "payment.product[0].statement"},
		"no name":                {func(p *config.Payment) { p.Product[0].Name.NN = "" }, "payment.product[0].name.nn"},
		"no date":                {func(p *config.Payment) { p.TermsVersion = "soon" }, "payment.terms_version"},
	} {
		if keys := fatal(withPayment(c.change)); !slices.Equal(keys, []string{c.want}) {
			t.Errorf("%s: %v, want %s", story, keys, c.want)
		}
	}
}

func TestANameThatSaysWhatAilsTheBuyerIsAWarning(t *testing.T) {
	for name, warned := range map[string]bool{"Tilgang": false, "Kurs mot depresjon": true, "Sleep better": true, "Angstmestring": true, "Access for five years": false} {
		c := withPayment(func(p *config.Payment) { p.Product[0].Name.EN = name })
		found := slices.ContainsFunc(c.Check(), func(p config.Problem) bool { return p.Key == "payment.product[0].name" && !p.Fatal })
		if found != warned {
			t.Errorf("%q: warned %v, want %v", name, found, warned)
		}
	}
}

// TestTheCommentAboutProductsIsAnExampleToo: without its marks it is taken.
func TestTheCommentAboutProductsIsAnExampleToo(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	_, entry, found := strings.Cut(string(data), "#\t[[payment.product]]\n")
	entry, _, _ = strings.Cut(entry, "\n\n")
	text := "[payment]\nvat_registered = true\nsecret_key_file = \"/etc/a\"\nwebhook_secret_file = \"/etc/b\"\n[[payment.product]]\n" + strings.ReplaceAll(entry, "#\t", "")
	c, err := config.Parse("c.toml", []byte(text))
	if !found || err != nil || len(c.Payment.Product) != 1 || c.Payment.Product[0].Name.EN == "" {
		t.Errorf("%v, %+v", err, c.Payment)
	}
}

func TestAnotherProviderIsAWarningWhereOthersCanReachTheService(t *testing.T) {
	for story, c := range map[string]struct {
		base, api string
		warned    bool
	}{
		"on this machine":       {"http://127.0.0.1:8080", "http://127.0.0.1:12111", false},
		"in public":             {"https://selvhjelp.example", "http://127.0.0.1:12111", true},
		"in public with Stripe": {"https://selvhjelp.example", "", false},
	} {
		conf := withPayment(func(p *config.Payment) { p.APIBase = c.api })
		conf.Server.BaseURL = c.base
		found := slices.ContainsFunc(conf.Check(), func(p config.Problem) bool { return p.Key == "payment.api_base" && !p.Fatal })
		if found != c.warned {
			t.Errorf("%s: warned %v, want %v", story, found, c.warned)
		}
	}
}
