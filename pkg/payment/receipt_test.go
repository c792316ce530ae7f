package payment_test

import (
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/mailtest"
	"selvhjelp/pkg/payment"
)

const email = "kari.kjoper@example.org"

func (s *shop) receipt(t *testing.T, b *domaintest.Buyer) (bool, error) {
	t.Helper()
	return s.MailReceipt(t.Context(), payment.ID(b.Purchase), email, "nb", s.now)
}

// fate is how the receipt of a purchase fared.
func (s *shop) fate(t *testing.T, b *domaintest.Buyer) string {
	t.Helper()
	st, err := s.Status(t.Context(), payment.ID(b.Purchase), s.now)
	check(t, err)
	return st.Receipt
}

func TestTheAddressIsGoneWhenTheMailServerHasAcceptedTheReceipt(t *testing.T) {
	s := newShop(t)
	server := mailtest.Start(t, mailtest.Kind{TLS: "starttls"})
	sender, err := mail.New(mail.Options{Host: server.Host, Port: server.Port, TLS: mail.STARTTLS, From: "post@selvhjelp.example", Roots: server.Roots})
	check(t, err)
	o := s.Options
	o.Send = sender.Send
	s.open(t, o)
	b := s.bought(t)
	sent, err := s.receipt(t, b)
	check(t, err)
	letters := server.Letters()
	if !sent || len(letters) != 1 || letters[0].To != email || !letters[0].TLS {
		t.Fatalf("sent %v, %d letters", sent, len(letters))
	}
	if s.Count(t, "outbox") != 0 || s.fate(t, b) != payment.ReceiptSent {
		t.Error("the address is still there")
	}
	if text := letters[0].Subject + letters[0].Text; strings.Contains(text, payment.ID(b.Purchase).String()) {
		t.Error("the letter holds the purchase number, with which money is asked back")
	}
}

func TestAReceiptWaitsADayForTheMailServerAndThenTheAddressGoes(t *testing.T) {
	s := newShop(t)
	patient, unlucky := s.bought(t), s.bought(t)
	s.mailDown = true
	for _, b := range []*domaintest.Buyer{patient, unlucky} {
		if sent, err := s.receipt(t, b); sent || err != nil {
			t.Fatalf("sent %v, %v", sent, err)
		}
	}
	s.now = s.now.Add(23 * time.Hour)
	check(t, s.Tend(t.Context(), s.now))
	if s.Count(t, "outbox") != 2 || s.fate(t, patient) != payment.ReceiptWaiting {
		t.Error("a receipt was given up too early")
	}
	s.now = s.now.Add(time.Hour)
	check(t, s.Tend(t.Context(), s.now))
	if s.Count(t, "outbox") != 0 || s.fate(t, unlucky) != payment.ReceiptFailed {
		t.Error("an address outlived its day")
	}
	s.mailDown = false
	sent, err := s.receipt(t, patient)
	if !sent || err != nil || s.fate(t, patient) != payment.ReceiptSent || len(s.letters) != 1 {
		t.Errorf("asked again: sent %v, %v, %d letters", sent, err, len(s.letters))
	}
}

func TestNobodyIsSentReceiptsWithoutEnd(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	for range 3 {
		_, err := s.receipt(t, b)
		check(t, err)
	}
	_, err := s.receipt(t, b)
	wantError(t, "a fourth receipt", err, payment.ErrReceipts)
	_, err = s.receipt(t, s.buyer(t))
	wantError(t, "of nothing", err, payment.ErrUnknown)
	for _, to := range []string{"", "x", "Kari <kari@example.org>", "a@b\nBcc: c@d"} {
		_, err := s.MailReceipt(t.Context(), payment.ID(b.Purchase), to, "nb", s.now)
		wantError(t, to, err, payment.ErrEmail)
	}
}
