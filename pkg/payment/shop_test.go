package payment_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/token"
)

const (
	secret = "whsec_of_the_tests_and_nothing_else"
	price  = 49000
)

// shop is a desk, the provider behind it, and a clock that stands still until it
// is moved.
type shop struct {
	*domaintest.World
	*payment.Desk
	provider *paymentfake.Server
	refunds  *token.Ring // of the usage side
	now      time.Time
	letters  []mail.Letter
	mailDown bool
}

func product() payment.Product {
	return payment.Product{ID: domaintest.Product, Name: map[string]string{"nb": "Tilgang"}, About: map[string]string{"nb": "Ett år"},
		Price: price, VAT: 250, Currency: "nok"}
}

func newShop(t testing.TB) *shop {
	t.Helper()
	s := &shop{World: domaintest.Open(t), now: domaintest.Now}
	server := httptest.NewUnstartedServer(nil)
	s.provider = paymentfake.New(paymentfake.Options{URL: "http://" + server.Listener.Addr().String(), Secret: secret, Now: func() time.Time { return s.now }})
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.provider.ServeHTTP(w, r) })
	server.Start()
	t.Cleanup(server.Close)
	issuer, refunds := domaintest.Tokens(t, s.now)
	s.refunds = refunds
	s.open(t, payment.Options{Store: s.Store, Products: []payment.Product{product()}, Seller: payment.Seller{Name: "Drift AS", VAT: true},
		Language: "nb", Site: "https://selvhjelp.example", Issuer: issuer, Refunds: refunds.Keys,
		Provider: payment.Provider{APIBase: server.URL, SecretKey: "sk_test_1", WebhookSecret: secret},
		Send:     s.send, Letter: letter})
	return s
}

func (s *shop) open(t testing.TB, o payment.Options) {
	t.Helper()
	var err error
	s.Desk, err = payment.New(o)
	check(t, err)
}

func (s *shop) send(_ context.Context, l mail.Letter) error {
	if s.mailDown {
		return mail.ErrUnreachable
	}
	s.letters = append(s.letters, l)
	return nil
}

func letter(r payment.Receipt) mail.Letter {
	return mail.Letter{To: r.To, Subject: r.Number, Text: r.Product.Name["nb"]}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// buyer begins a purchase in a browser.
func (s *shop) buyer(t domaintest.T) *domaintest.Buyer {
	return domaintest.NewBuyer(t, s.IssuerKeys(s.now)[0])
}

func order(b *domaintest.Buyer) payment.Order {
	return payment.Order{ID: payment.ID(b.Purchase), Product: b.Key.Product, Key: b.Key.ID, Blinded: b.Blinded}
}

// begin asks for the checkout and returns the provider's id of it.
func (s *shop) begin(t testing.TB, b *domaintest.Buyer) string {
	t.Helper()
	address, err := s.Start(t.Context(), order(b), s.now)
	check(t, err)
	return path.Base(address)
}

// deliver hands over messages as the provider signs them now.
func (s *shop) deliver(t testing.TB, events ...paymentfake.Event) {
	t.Helper()
	for _, e := range events {
		check(t, s.Event(t.Context(), e.Payload, s.provider.Header(e.Payload, s.now), s.now))
	}
}

// bought goes the whole way to a payment that we know of.
func (s *shop) bought(t testing.TB) *domaintest.Buyer {
	t.Helper()
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	events := s.provider.Events()
	s.deliver(t, events[len(events)-1])
	return b
}

func (s *shop) days(n int) { s.now = s.now.AddDate(0, 0, n) }

// state is what a buyer is told.
func (s *shop) state(t testing.TB, b *domaintest.Buyer) payment.State {
	t.Helper()
	st, err := s.Status(t.Context(), payment.ID(b.Purchase), s.now)
	check(t, err)
	return st.State
}

// wantState fails unless a purchase is in a state.
func (s *shop) wantState(t testing.TB, b *domaintest.Buyer, want payment.State) {
	t.Helper()
	if got := s.state(t, b); got != want {
		t.Errorf("the purchase is %s, want %s", got, want)
	}
}

// wantError fails unless an error is the one.
func wantError(t testing.TB, story string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", story, got, want)
	}
}

// refundToken is what the usage side gives for a token that was not used.
func (s *shop) refundToken(t testing.TB) payment.RefundToken {
	t.Helper()
	b := domaintest.NewBuyer(t, s.refunds.Keys()[0])
	blind, err := s.refunds.Sign(b.Key.ID, b.Blinded)
	check(t, err)
	return payment.RefundToken{Message: b.Message, Signature: b.Unblind(t, blind)}
}

// signature fetches a signature, which must be there.
func (s *shop) signature(t testing.TB, b *domaintest.Buyer) []byte {
	t.Helper()
	state, signature, err := s.Signature(t.Context(), payment.ID(b.Purchase), s.now)
	check(t, err)
	if state != payment.Paid || len(signature) == 0 {
		t.Fatalf("the purchase is %s", state)
	}
	return bytes.Clone(signature)
}

// accounts are the kinds of all entries with the sum of their amounts.
func (s *shop) accounts(t domaintest.T) (kinds map[string]int, sum int64) {
	t.Helper()
	all, err := s.Accounts(context.Background(), 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	kinds = map[string]int{}
	for _, e := range all {
		kinds[e.Kind]++
		sum += e.Amount
	}
	return kinds, sum
}
