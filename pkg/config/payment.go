package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Payment is what is sold, and through whom. Without a product nothing is.
type Payment struct {
	SecretKeyFile     string    `toml:"secret_key_file"`
	WebhookSecretFile string    `toml:"webhook_secret_file"`
	IssuerKeysFile    string    `toml:"issuer_keys_file"`
	RefundKeysFile    string    `toml:"refund_keys_file"`
	APIBase           string    `toml:"api_base"` // of this machine; empty for Stripe's own
	VATRegistered     bool      `toml:"vat_registered"`
	TermsVersion      Date      `toml:"terms_version"`
	Product           []Product `toml:"product"`
}

// Product is what can be bought.
type Product struct {
	ID        string `toml:"id"`
	Price     int    `toml:"price"` // minor units, VAT included
	VAT       int    `toml:"vat"`   // per mille
	Currency  string `toml:"currency"`
	Statement string `toml:"statement"` // on the buyer's card statement
	Name      Text   `toml:"name"`
	About     Text   `toml:"about"`
}

// Sells reports whether anything is sold.
func (p Payment) Sells() bool { return len(p.Product) > 0 }

var (
	productID   = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	currency    = regexp.MustCompile(`^[a-z]{3}$`)
	onStatement = regexp.MustCompile(`^[A-Za-z0-9 ]{0,22}$`)
	// condition are words that name what ails somebody, or what is done about it.
	condition = regexp.MustCompile(`(?i)depres|angst|anxi|panikk|panic|insomni|s[øo]vnl|sleep|alkohol|alcohol|selvm|sj[øo]lvm|suicid|psyk|psych|terapi|therap|behandl|lidelse|disorder|phq|gad`)
)

// payment checks what is sold, and the files that it takes. In public it is said
// when no real provider would take the money.
func (k *checker) payment(public bool) {
	p := k.Payment
	k.date("payment.terms_version", p.TermsVersion)
	base, err := url.Parse(p.APIBase)
	k.must(p.APIBase == "" || err == nil && base.Scheme == "http" && loopback(base.Hostname()), "payment.api_base",
		"not an address of this machine; leave it empty for Stripe")
	if public && p.APIBase != "" {
		k.problems = append(k.problems, Problem{"payment.api_base", k.source.where("payment.api_base"),
			"for trials only, although others can reach the service: whoever answers there can say that anybody has paid; leave it empty for Stripe", false})
	}
	k.tokenKeys()
	if !p.Sells() {
		return
	}
	k.apart("payment.secret_key_file", p.SecretKeyFile)
	k.apart("payment.webhook_secret_file", p.WebhookSecretFile)
	seen := map[string]bool{}
	for i, product := range p.Product {
		entry := fmt.Sprintf("payment.product[%d].", i)
		k.must(productID.MatchString(product.ID), entry+"id", `not an id; write up to 32 lower-case letters, digits and hyphens, such as "access"`)
		k.must(!seen[product.ID], entry+"id", "the same as that of another product; give each its own")
		seen[product.ID] = true
		k.product(entry, product)
	}
}

// tokenKeys checks that each file of keys is a file of its own.
func (k *checker) tokenKeys() {
	taken := map[string]bool{k.Keys.RootKeyFile: true, k.Keys.SealKeysFile: true}
	for _, f := range []struct{ key, path string }{
		{"payment.issuer_keys_file", k.Payment.IssuerKeysFile}, {"payment.refund_keys_file", k.Payment.RefundKeysFile},
	} {
		k.apart(f.key, f.path)
		k.must(!taken[f.path], f.key, "the same file as another one with keys; give each its own")
		taken[f.path] = true
	}
}

func (k *checker) product(entry string, p Product) {
	k.must(between(p.Price, 300, 10_000_000), entry+"price", "too low or too high; write the price with VAT in the smallest unit, such as 49000 for 490 kroner")
	k.must(between(p.VAT, 0, 1000), entry+"vat", "too low or too high; write it per mille, such as 250 for 25 per cent")
	k.must(p.VAT == 0 || k.Payment.VATRegistered, entry+"vat", "VAT although payment.vat_registered is false; register, or write 0")
	k.must(currency.MatchString(p.Currency), entry+"currency", `not a currency; write three lower-case letters such as "nok"`)
	k.must(onStatement.MatchString(p.Statement), entry+"statement", "too long or with other signs; write at most 22 letters, digits and spaces, or leave it empty")
	k.text(entry+"name", p.Name, 60)
	k.text(entry+"about", p.About, 300)
	for key, text := range map[string]string{"statement": p.Statement, "name": strings.Join([]string{p.Name.NB, p.Name.NN, p.Name.EN}, "\n")} {
		if condition.MatchString(text) {
			k.problems = append(k.problems, Problem{entry + key, k.source.where(entry + key),
				"names what ails somebody, and the bank and the payment provider see it; choose a neutral name", false})
		}
	}
}
