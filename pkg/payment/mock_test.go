package payment

import (
	"bufio"
	"errors"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

// stripeMock starts stripe-mock, which knows the interface by its published
// description and refuses a request that does not fit, and returns where it
// listens.
func stripeMock(t *testing.T) string {
	t.Helper()
	find := exec.CommandContext(t.Context(), "go", "tool", "-n", "-modfile=../../scripts/tools.mod", "stripe-mock")
	path, err := find.Output()
	if err != nil {
		t.Fatal(err)
	}
	mock := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := mock.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := mock.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mock.Wait() }) // the test's end kills it
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "HTTP at address: "); ok {
			return "http://" + address
		}
	}
	t.Fatal("stripe-mock does not say where it listens")
	return ""
}

func TestTheProviderUnderstandsEveryRequest(t *testing.T) {
	base := stripeMock(t)
	p, err := newProvider(Provider{APIBase: base, SecretKey: "sk_test_123", WebhookSecret: "whsec_of_the_tests_and_nothing_else"})
	if err != nil {
		t.Fatal(err)
	}
	_, opened := p.open(t.Context(), opening{Key: "key", Reference: "00ff", Name: "Tilgang", Statement: "TILGANG", Amount: 49000, Currency: "nok",
		Until: time.Now().Add(time.Hour), Site: "https://selvhjelp.example"})
	_, looked := p.look(t.Context(), "cs_test_1")
	given := p.refund(t.Context(), "pi_1", "00ff")
	if err := errors.Join(opened, looked, given); err != nil {
		t.Error(err)
	}
	for number := range lists {
		first, err := p.list(t.Context(), number, "", time.Now())
		_, next := p.list(t.Context(), number, "id_1", time.Now())
		if err := errors.Join(err, next); err != nil || len(first.says) == 0 {
			t.Errorf("list %d: %v, with %d entries", number, err, len(first.says))
		}
	}
	params := &stripe.CheckoutSessionParams{Params: stripe.Params{Context: t.Context()}, Mode: new("gift")}
	if _, err := p.sessions.New(params); !errors.Is(explain(err), ErrRefused) {
		t.Errorf("a request that does not fit: %v", err)
	}
}

// carrier keeps the headers that would have been sent.
type carrier struct{ sent http.Header }

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	c.sent = r.Header
	return nil, errors.New("not sent")
}

func TestTheProviderLearnsNothingOfThisMachine(t *testing.T) {
	c := &carrier{}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Stripe-Client-User-Agent", `{"uname":"the name of this machine"}`)
	r.Header.Set("User-Agent", "Stripe/v1 GoBindings/76")
	_, _ = quiet{c}.RoundTrip(r) // nothing is sent
	if len(c.sent) != 1 || c.sent.Get("User-Agent") != "selvhjelp" {
		t.Errorf("sent were %v", c.sent)
	}
}
