package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/token"
)

// nobody is an address of this machine that answers nothing: what stands in for
// the payment provider when a command works on a demo that is not running.
const nobody = "http://127.0.0.1:1"

// madeUpOperator sells in a demo; its number is one that nobody has.
var madeUpOperator = config.Operator{
	Name: "Oppdiktet Drift AS", OrganisationNumber: "999999999", Email: "post@drift.example", PostalAddress: "Liksomveien 1, 0000 Ingensteds",
	PrivacyContact: "personvern@drift.example", SecurityContact: "sikkerhet@drift.example", Responsible: "Demo Leder",
}

// demoShop sells one product, and asks nobody outside this machine.
func demoShop(keys string) config.Payment {
	p := config.Default().Payment
	p.IssuerKeysFile, p.RefundKeysFile = filepath.Join(keys, "issuer.keys"), filepath.Join(keys, "refund.keys")
	p.SecretKeyFile, p.WebhookSecretFile = filepath.Join(keys, "stripe.key"), filepath.Join(keys, "webhook.secret")
	p.APIBase, p.VATRegistered = nobody, true
	p.Product = []config.Product{{ID: "access", Price: 49000, VAT: 250, Currency: "nok", Statement: "TILGANG",
		Name: config.Text{NB: "Tilgang", NN: "Tilgang", EN: "Access"},
		About: config.Text{
			NB: "En tilgangskode. Den virker så lenge du bruker den, og fem år etter.",
			NN: "Ein tilgangskode. Han verkar så lenge du bruker han, og fem år etter.",
			EN: "An access code. It works as long as you use it, and five years after.",
		}}}
	return p
}

// prepareShop makes the secrets and keys of a demo's shop, those that are not
// there.
func prepareShop(c config.Config) error {
	var faults []error
	for _, path := range []string{c.Payment.SecretKeyFile, c.Payment.WebhookSecretFile} {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, os.WriteFile(path, []byte(rand.Text()+"\n"), 0o600))
		}
	}
	faults = append(faults, firstTokens(c, false, time.Now()))
	for _, path := range []string{c.Payment.IssuerKeysFile, c.Payment.RefundKeysFile} {
		ring, err := token.Open(path)
		if err == nil {
			_, err = ring.Rotate(productIDs(c.Payment), time.Now())
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// fakeProvider is the payment provider of a demo, on a port of this machine.
type fakeProvider struct{ server *http.Server }

// startProvider starts it, and enters it into the configuration.
func startProvider(c *config.Config, clock *clock) (*fakeProvider, error) {
	secret, err := secretFile("payment.webhook_secret_file", c.Payment.WebhookSecretFile)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.Payment.APIBase = "http://" + l.Addr().String()
	site := c.Server.BaseURL
	fake := paymentfake.New(paymentfake.Options{URL: c.Payment.APIBase, Secret: secret, Now: clock.now,
		Deliver: func(payload []byte, header string) { deliver(site, payload, header) }})
	f := &fakeProvider{&http.Server{Handler: fake, ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = f.server.Serve(l) }() // ends with close
	return f, nil
}

// deliver sends a message to the demo. One that does not arrive is made up for:
// the demo asks.
func deliver(site string, payload []byte, header string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, site+"/stripe/webhook", bytes.NewReader(payload))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Stripe-Signature", header)
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		_ = resp.Body.Close()
	}
}

func (f *fakeProvider) close() error { return f.server.Close() }
