package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
	"selvhjelp/pkg/web"
)

const webhookSecret = "whsec_of_the_tests_and_nothing_else"

// shop is a site where something is sold, with the provider behind it.
type shop struct {
	*site
	desk     *payment.Desk
	books    *domaintest.World // the payment side's own
	provider *paymentfake.Server
	refunds  *token.Ring
}

func newShop(t testing.TB, change func(*config.Config)) *shop {
	t.Helper()
	s := &shop{books: domaintest.Open(t)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.provider.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	issuer, refunds := domaintest.Tokens(t, domaintest.Now)
	s.refunds = refunds
	var err error
	s.desk, err = payment.New(payment.Options{Store: s.books.Store, Language: "nb", Site: "https://selvhjelp.example", Issuer: issuer, Refunds: refunds.Keys,
		Products: []payment.Product{{ID: domaintest.Product, Name: map[string]string{"nb": "Tilgang", "nn": "Tilgang", "en": "Access"}, Price: 49000, VAT: 250, Currency: "nok"}},
		Seller:   payment.Seller{Name: "Drift AS", Number: "974760673", Address: "Storgata 1, 4700 Vennesla", VAT: true}, Terms: "2026-11-21",
		Provider: payment.Provider{APIBase: server.URL, SecretKey: "sk_test_1", WebhookSecret: webhookSecret}})
	check(t, err)
	w := domaintest.Open(t)
	s.site = newSiteOn(t, w, change, func(o *web.Options) {
		o.Payment = s.desk
		o.Vouchers = &voucher.Desk{Ring: w.Ring, Keys: issuer.Keys, Refund: refunds}
	})
	s.provider = paymentfake.New(paymentfake.Options{URL: server.URL, Secret: webhookSecret, Now: s.Now})
	return s
}

// answer is what a script gets.
type answer struct {
	status                                                    int
	header                                                    http.Header
	raw                                                       string
	Error, Text, State, Signature, Day, Product, Why, Receipt string
	Checkout                                                  string `json:"checkout_url"`
	Until                                                     string `json:"refund_until"`
	Terms                                                     string
	Amount, VAT                                               int64
	Fetched, Sent, Late                                       bool
}

// ask posts JSON as a script does.
func (s *shop) ask(t testing.TB, to string, fields map[string]any, header ...string) answer {
	t.Helper()
	body, err := json.Marshal(fields)
	check(t, err)
	return s.send(t, to, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

func (s *shop) send(t testing.TB, to string, body []byte, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+to, bytes.NewReader(body))
	check(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	check(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	check(t, err)
	out := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if bytes.HasPrefix(raw, []byte("{")) {
		check(t, json.Unmarshal(raw, &out))
	}
	return out
}

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// buyer draws what a browser draws.
func (s *shop) buyer(t testing.TB) *domaintest.Buyer {
	t.Helper()
	return domaintest.NewBuyer(t, s.desk.IssuerKeys(s.Now())[0])
}

func order(b *domaintest.Buyer) map[string]any {
	return map[string]any{"product": b.Key.Product, "key_id": b.Key.ID, "purchase_id": text(b.Purchase), "blinded": text(b.Blinded)}
}

func number(b *domaintest.Buyer) map[string]any {
	return map[string]any{"purchase_id": text(b.Purchase)}
}

// paid begins a purchase, pays it, and lets the provider say so.
func (s *shop) paid(t testing.TB) *domaintest.Buyer {
	t.Helper()
	b := s.buyer(t)
	begun := s.ask(t, "/buy", order(b))
	if begun.status != http.StatusOK {
		t.Fatalf("the purchase answered %d %s", begun.status, begun.Error)
	}
	check(t, s.provider.Pay(path.Base(begun.Checkout)))
	if got := s.tell(t); got.status != http.StatusOK {
		t.Fatalf("the message answered %d", got.status)
	}
	return b
}

// tell sends the provider's newest message.
func (s *shop) tell(t testing.TB) answer {
	t.Helper()
	events := s.provider.Events()
	payload := events[len(events)-1].Payload
	return s.send(t, "/stripe/webhook", payload, "Stripe-Signature", s.provider.Header(payload, s.Now()))
}

// proof fetches the signature of a purchase and makes the token of it.
func (s *shop) proof(t testing.TB, b *domaintest.Buyer) map[string]any {
	t.Helper()
	got := s.ask(t, "/buy/signature", number(b))
	if got.status != http.StatusOK || got.State != "paid" {
		t.Fatalf("the signature answered %d, %s", got.status, got.State)
	}
	blind, err := base64.RawURLEncoding.DecodeString(got.Signature)
	check(t, err)
	return map[string]any{"message": text(b.Message), "signature": text(b.Unblind(t, blind))}
}

// with adds a field.
func with(fields map[string]any, name string, value any) map[string]any {
	out := maps.Clone(fields)
	out[name] = value
	return out
}

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(s)
	check(t, err)
	return raw
}
