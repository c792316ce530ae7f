package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/checkout/session"
	disputes "github.com/stripe/stripe-go/v76/dispute"
	"github.com/stripe/stripe-go/v76/refund"
	"github.com/stripe/stripe-go/v76/webhook"
)

const (
	providerTimeout = 8 * time.Second
	tolerance       = 5 * time.Minute // of a message's time, either way
	leastSecret     = 20              // characters of the webhook secret
	successPath     = "/buy/return"   // where a checkout leads back to
)

// Provider is how Stripe is reached.
type Provider struct {
	APIBase       string // empty for Stripe's own
	SecretKey     string
	WebhookSecret string
}

// provider speaks to Stripe, version 2023-10-16 of its interface.
type provider struct {
	sessions session.Client
	refunds  refund.Client
	disputes disputes.Client
	secret   string
}

func newProvider(o Provider) (*provider, error) {
	if len(o.WebhookSecret) < leastSecret {
		return nil, errors.New("payment: the webhook secret is empty or too short; without it anybody could say that they have paid: copy it from the endpoint's page at Stripe")
	}
	if o.SecretKey == "" {
		return nil, errors.New("payment: the secret key is empty; copy it from the page of the interface keys at Stripe")
	}
	config := &stripe.BackendConfig{
		EnableTelemetry:   new(false),
		HTTPClient:        &http.Client{Timeout: providerTimeout, Transport: quiet{http.DefaultTransport}},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
		MaxNetworkRetries: stripe.Int64(0), // the next request tries again, with the same key
	}
	if o.APIBase != "" {
		config.URL = new(o.APIBase)
	}
	b := stripe.GetBackendWithConfig(stripe.APIBackend, config)
	return &provider{session.Client{B: b, Key: o.SecretKey}, refund.Client{B: b, Key: o.SecretKey},
		disputes.Client{B: b, Key: o.SecretKey}, o.WebhookSecret}, nil
}

// quiet leaves out what the library tells of this machine.
type quiet struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (q quiet) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("X-Stripe-Client-User-Agent")
	r.Header.Set("User-Agent", "selvhjelp")
	return q.next.RoundTrip(r)
}

// opening is what a checkout is opened for.
type opening struct {
	Key, Reference, Name, Statement string
	Amount                          int64
	Currency                        string
	Until                           time.Time
	Site                            string
}

// seen is what the provider says about a checkout.
type seen struct {
	Session, URL, Reference string
	Success                 string // where it leads back to
	Begun                   time.Time
	Paid, Ended             bool // Ended: it will never be paid
	Amount                  int64
	Currency                string
	Intent, Last4           string
}

// open opens a checkout, or finds the one that was opened with this key.
func (p *provider) open(ctx context.Context, o opening) (seen, error) {
	params := &stripe.CheckoutSessionParams{
		Params:            stripe.Params{Context: ctx, IdempotencyKey: new(o.Key)},
		Mode:              stripe.String(string(stripe.CheckoutSessionModePayment)),
		ClientReferenceID: new(o.Reference),
		SuccessURL:        new(o.Site + successPath),
		CancelURL:         new(o.Site + "/buy/cancelled"),
		ExpiresAt:         new(o.Until.Unix()),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
				Currency: new(o.Currency), UnitAmount: new(o.Amount),
				ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: new(o.Name)},
			},
		}},
	}
	if o.Statement != "" {
		params.PaymentIntentData = &stripe.CheckoutSessionPaymentIntentDataParams{StatementDescriptorSuffix: new(o.Statement)}
	}
	s, err := p.sessions.New(params)
	if err != nil {
		return seen{}, explain(err)
	}
	return looked(s), nil
}

// look asks about a checkout, and what has gone back of its payment.
func (p *provider) look(ctx context.Context, id string) (message, error) {
	params := &stripe.CheckoutSessionParams{Params: stripe.Params{Context: ctx}}
	params.AddExpand("payment_intent.latest_charge")
	s, err := p.sessions.Get(id, params)
	if err != nil {
		return message{}, explain(err)
	}
	m, _ := listedSession(s)
	return m, nil
}

func looked(s *stripe.CheckoutSession) seen {
	out := seen{
		Session: s.ID, URL: s.URL, Reference: s.ClientReferenceID, Success: s.SuccessURL, Begun: time.Unix(s.Created, 0), Amount: s.AmountTotal, Currency: string(s.Currency),
		Paid:  s.PaymentStatus == stripe.CheckoutSessionPaymentStatusPaid,
		Ended: s.Status == stripe.CheckoutSessionStatusExpired,
	}
	if s.PaymentIntent == nil {
		return out
	}
	out.Intent = s.PaymentIntent.ID
	if c := s.PaymentIntent.LatestCharge; c != nil && c.PaymentMethodDetails != nil && c.PaymentMethodDetails.Card != nil {
		out.Last4 = c.PaymentMethodDetails.Card.Last4
	}
	return out
}

// errContested is what a refund ends with while a bank has the money.
var errContested = errors.New("payment: the bank has the money")

// refund gives what is left of a payment back; one that was given back already
// is.
func (p *provider) refund(ctx context.Context, intent, key string) error {
	_, err := p.refunds.New(&stripe.RefundParams{
		Params: stripe.Params{Context: ctx, IdempotencyKey: new("refund-" + key)}, PaymentIntent: new(intent),
	})
	e, ok := errors.AsType[*stripe.Error](err)
	switch {
	case ok && e.Code == stripe.ErrorCodeChargeAlreadyRefunded:
		return nil
	case ok && e.Code == stripe.ErrorCodeChargeDisputed:
		return errContested
	}
	return explain(err)
}

// errMissing is what the provider says of what it does not know.
var errMissing = fmt.Errorf("%w: it knows nothing of this", ErrRefused)

// explain keeps of an error what says nothing about anybody.
func explain(err error) error {
	e, ok := errors.AsType[*stripe.Error](err)
	switch {
	case err == nil:
		return nil
	case ok && (e.HTTPStatusCode == http.StatusNotFound || e.Code == stripe.ErrorCodeResourceMissing):
		return errMissing
	case !ok || e.HTTPStatusCode >= 500 || e.HTTPStatusCode == http.StatusTooManyRequests || e.HTTPStatusCode == http.StatusConflict:
		return ErrUnreachable
	}
	return fmt.Errorf("%w (%d %s %s)", ErrRefused, e.HTTPStatusCode, e.Type, e.Code)
}

// message is one of the provider's that matters to us.
type message struct {
	ID, Kind string
	Checkout *seen     // about a checkout
	Returned *reversal // about a payment that was given back
	Dispute  *dispute  // about a chargeback
	Failed   *failure  // about a refund that came to nothing
}

type reversal struct {
	Intent string
	Amount int64 // so far, minor units
	Whole  bool
}

type failure struct {
	ID, Intent string
	Amount     int64 // minor units
}

type dispute struct {
	Intent, Status string
	Amount         int64 // minor units
}

// read checks a message of the provider and takes it apart. Its kind is empty
// for one that does not matter.
func (p *provider) read(payload []byte, header string, now time.Time) (message, error) {
	if webhook.ValidatePayloadIgnoringTolerance(payload, header, p.secret) != nil {
		return message{}, ErrForged
	}
	if age := now.Sub(signedAt(header)).Abs(); age > tolerance {
		return message{}, ErrOld
	}
	var e stripe.Event
	if json.Unmarshal(payload, &e) != nil || e.Data == nil || e.ID == "" {
		return message{}, ErrForged
	}
	if e.APIVersion != stripe.APIVersion {
		return message{}, ErrVersion
	}
	m := message{ID: e.ID}
	var err error
	switch e.Type {
	case stripe.EventTypeCheckoutSessionCompleted, stripe.EventTypeCheckoutSessionExpired,
		stripe.EventTypeCheckoutSessionAsyncPaymentSucceeded, stripe.EventTypeCheckoutSessionAsyncPaymentFailed:
		err = m.checkout(e)
	case stripe.EventTypeChargeRefunded:
		err = m.refunded(e)
	case stripe.EventTypeChargeDisputeCreated, stripe.EventTypeChargeDisputeUpdated, stripe.EventTypeChargeDisputeClosed:
		err = m.disputed(e)
	}
	return m, err
}

func (m *message) checkout(e stripe.Event) error {
	var s stripe.CheckoutSession
	if json.Unmarshal(e.Data.Raw, &s) != nil {
		return ErrForged
	}
	said := looked(&s)
	said.Ended = said.Ended || e.Type == stripe.EventTypeCheckoutSessionAsyncPaymentFailed
	m.Kind, m.Checkout = string(e.Type), &said
	return nil
}

func (m *message) refunded(e stripe.Event) error {
	var c stripe.Charge
	if json.Unmarshal(e.Data.Raw, &c) != nil {
		return ErrForged
	}
	if c.PaymentIntent != nil {
		m.Kind, m.Returned = string(e.Type), &reversal{c.PaymentIntent.ID, c.AmountRefunded, c.Refunded}
	}
	return nil
}

func (m *message) disputed(e stripe.Event) error {
	var d stripe.Dispute
	if json.Unmarshal(e.Data.Raw, &d) != nil {
		return ErrForged
	}
	if d.PaymentIntent != nil {
		m.Kind, m.Dispute = string(e.Type), &dispute{d.PaymentIntent.ID, string(d.Status), d.Amount}
	}
	return nil
}

// signedAt is the time in a header that was found good. Of several the last is
// the one that the signature is about.
func signedAt(header string) (at time.Time) {
	for part := range strings.SplitSeq(header, ",") {
		if text, ok := strings.CutPrefix(part, "t="); ok {
			seconds, err := strconv.ParseInt(text, 10, 64)
			if err == nil {
				at = time.Unix(seconds, 0)
			}
		}
	}
	return at
}
