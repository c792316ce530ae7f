package payment_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
)

func TestAWebhookSecretThatIsEmptyOrShortIsRefused(t *testing.T) {
	s := newShop(t)
	for _, bad := range []string{"", "whsec_", "whsec_123456789"} {
		o := s.Options
		o.Provider.WebhookSecret = bad
		if _, err := payment.New(o); err == nil {
			t.Errorf("a desk with a secret of %d characters", len(bad))
		}
	}
	o := s.Options
	o.Provider.SecretKey = ""
	if _, err := payment.New(o); err == nil {
		t.Error("a desk without a key")
	}
}

func TestAMessageThatIsNotTheProvidersDoesNothing(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	payload := s.provider.Events()[0].Payload
	forged := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: payload, Secret: "whsec_somebody_elses_secret", Timestamp: s.now})
	ours := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: payload, Secret: secret, Timestamp: s.now})
	version := bytes.Replace(payload, []byte(paymentfake.Version), []byte("2020-08-27"), 1)
	for story, c := range map[string]struct {
		payload []byte
		header  string
		want    error
	}{
		"another secret":   {payload, forged.Header, payment.ErrForged},
		"no signature":     {payload, "", payment.ErrForged},
		"another text":     {append(slices.Clone(payload), ' '), ours.Header, payment.ErrForged},
		"too old":          {payload, s.provider.Header(payload, s.now.Add(-6*time.Minute)), payment.ErrOld},
		"to come":          {payload, s.provider.Header(payload, s.now.Add(6*time.Minute)), payment.ErrOld},
		"another version":  {version, s.provider.Header(version, s.now), payment.ErrVersion},
		"signed, no event": {[]byte("{}"), s.provider.Header([]byte("{}"), s.now), payment.ErrForged},
	} {
		wantError(t, story, s.Event(t.Context(), c.payload, c.header, s.now), c.want)
	}
	s.wantState(t, b, payment.Waiting)
	check(t, s.Event(t.Context(), payload, ours.Header, s.now))
	s.wantState(t, b, payment.Paid)
}

func TestAMessageThatComesTwiceCountsOnce(t *testing.T) {
	s := newShop(t)
	s.bought(t)
	paid := s.provider.Events()[0]
	intent := s.provider.Checkouts()[0].Intent
	s.provider.Dispute(intent)
	disputed := s.provider.Events()[1]
	s.deliver(t, paid, disputed, paid, disputed, disputed)
	if kinds, sum := s.accounts(t); kinds[payment.Sale] != 1 || kinds[payment.Chargeback] != 1 || sum != 0 {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestThatACheckoutEndedDoesNotUndoThatItWasPaid(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	id := s.begin(t, b)
	check(t, s.provider.Pay(id))
	other := s.buyer(t)
	check(t, s.provider.Expire(s.begin(t, other)))
	paid, expired := s.provider.Events()[0], s.provider.Events()[1]
	about := func(e paymentfake.Event, b string) paymentfake.Event {
		e.Payload = bytes.ReplaceAll(e.Payload, []byte(payment.ID(other.Purchase).Reference()), []byte(b))
		return e
	}
	expired = about(expired, payment.ID(b.Purchase).Reference())
	for _, order := range [][]paymentfake.Event{{expired, paid}, {paid, expired}} {
		s.deliver(t, order...)
		s.wantState(t, b, payment.Paid)
	}
}

func TestAMessageAboutSomethingElseIsTakenAndDoesNothing(t *testing.T) {
	s := newShop(t)
	for _, payload := range []string{
		`{"id":"evt_1","api_version":"2023-10-16","type":"customer.created","data":{"object":{}}}`,
		`{"id":"evt_2","api_version":"2023-10-16","type":"checkout.session.completed","data":{"object":{"id":"cs_1","payment_status":"paid","client_reference_id":"order 7"}}}`,
		`{"id":"evt_3","api_version":"2023-10-16","type":"checkout.session.completed","data":{"object":{"id":"cs_1","payment_status":"paid","client_reference_id":"00112233445566778899aabbccddeeff"}}}`,
	} {
		check(t, s.Event(t.Context(), []byte(payload), s.provider.Header([]byte(payload), s.now), s.now))
	}
	if kinds, _ := s.accounts(t); len(kinds) > 0 || s.Count(t, "buy") > 0 {
		t.Error("something was booked")
	}
}

func TestAChargebackIsRecordedAndRevokesNothing(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	intent := s.provider.Checkouts()[0].Intent
	s.provider.Dispute(intent)
	s.deliver(t, s.provider.Events()[1])
	b.Unblind(t, s.signature(t, b))
	lines, err := s.Lines(t.Context())
	check(t, err)
	if len(lines) != 1 || lines[0].Dispute != "needs_response" || lines[0].Refundable {
		t.Errorf("staff see %+v", lines)
	}
	_, err = s.Refund(t.Context(), payment.ID(b.Purchase), nil, s.now)
	wantError(t, "money that the bank has taken back", err, payment.ErrDisputed)
	s.provider.Decide(intent, "won")
	s.deliver(t, s.provider.Events()[2])
	if kinds, sum := s.accounts(t); kinds[payment.Reinstated] != 1 || sum != price {
		t.Errorf("the accounts hold %v, %d", kinds, sum)
	}
}

func TestALostChargebackStands(t *testing.T) {
	s := newShop(t)
	s.bought(t)
	intent := s.provider.Checkouts()[0].Intent
	s.provider.Dispute(intent)
	s.provider.Decide(intent, "lost")
	s.deliver(t, s.provider.Events()[2], s.provider.Events()[1]) // the end came first
	lines, err := s.Lines(t.Context())
	check(t, err)
	if kinds, sum := s.accounts(t); kinds[payment.Chargeback] != 1 || sum != 0 || lines[0].Dispute != "lost" {
		t.Errorf("the accounts hold %v, %d; staff see %+v", kinds, sum, lines)
	}
}

func TestStaffSeeTheLastDigitsThatTheProviderGives(t *testing.T) {
	s := newShop(t)
	s.bought(t)
	lines, err := s.Lines(t.Context())
	check(t, err)
	if len(lines) != 1 || lines[0].Last4 != "4242" || lines[0].Amount != price {
		t.Errorf("staff see %+v", lines)
	}
}

// TestAChargebackThatIsHeardOfBeforeThePaymentHoldsToo: money that the bank has
// taken is not given back a second time.
func TestAChargebackThatIsHeardOfBeforeThePaymentHoldsToo(t *testing.T) {
	s := newShop(t)
	b := s.buyer(t)
	check(t, s.provider.Pay(s.begin(t, b)))
	s.provider.Dispute(s.provider.Checkouts()[0].Intent)
	s.deliver(t, s.provider.Events()[1], s.provider.Events()[0])
	_, err := s.Refund(t.Context(), payment.ID(b.Purchase), nil, s.now)
	wantError(t, "money that the bank has taken back", err, payment.ErrDisputed)
}
