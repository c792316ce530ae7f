package paymentfake

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Event is a message of the provider.
type Event struct {
	Kind    string
	Payload []byte
}

// Errors of what a buyer or a bank does.
var (
	ErrUnknown = errors.New("paymentfake: there is no such checkout")
	ErrOver    = errors.New("paymentfake: the checkout is paid or has ended")
)

// note signs nothing yet: a message is signed when it is delivered.
func (s *Server) note(kind string, about map[string]any) {
	payload, err := json.Marshal(map[string]any{"id": "evt_" + rand.Text(), "object": "event", "api_version": Version, "type": kind,
		"created": s.Now().Unix(), "livemode": false, "data": map[string]any{"object": about}})
	if err != nil {
		panic(err) // what is about is ours
	}
	s.events = append(s.events, Event{kind, payload})
}

// Header is the signature of a message sent at a moment.
func (s *Server) Header(payload []byte, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), payload)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// Events are all messages so far, the oldest first.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// Checkouts are all pages so far, in no order.
func (s *Server) Checkouts() []Checkout {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Checkout
	for _, c := range s.checkout {
		out = append(out, *c)
	}
	return out
}

// Pay pays a checkout at once.
func (s *Server) Pay(id string) error {
	return s.change(id, func(c *Checkout) { s.paid(c) })
}

// PayWith pays a checkout with another amount, as no provider would.
func (s *Server) PayWith(id string, amount int64) error {
	return s.change(id, func(c *Checkout) {
		c.Amount = amount
		s.paid(c)
	})
}

func (s *Server) paid(c *Checkout) {
	c.Complete, c.Paid, c.Intent = true, true, "pi_"+rand.Text()
	s.note("checkout.session.completed", s.session(c, false))
}

// Debit orders a payment from a bank account, which takes days.
func (s *Server) Debit(id string) error {
	return s.change(id, func(c *Checkout) {
		c.Complete, c.Intent = true, "pi_"+rand.Text()
		s.note("checkout.session.completed", s.session(c, false))
	})
}

// Bank says how such a payment has gone, once it was ordered.
func (s *Server) Bank(id string, well bool) error {
	return s.tell(func() error {
		c, ok := s.checkout[id]
		switch {
		case !ok:
			return ErrUnknown
		case c.Intent == "" || c.Paid:
			return ErrOver
		case well:
			c.Paid = true
			s.note("checkout.session.async_payment_succeeded", s.session(c, false))
		default:
			s.note("checkout.session.async_payment_failed", s.session(c, false))
		}
		return nil
	})
}

// Expire ends a checkout that was not paid.
func (s *Server) Expire(id string) error {
	return s.change(id, func(c *Checkout) {
		c.Ends = s.Now()
		s.note("checkout.session.expired", s.session(c, false))
	})
}

// Return gives what is left of a payment back on the operator's word, on the
// provider's own pages.
func (s *Server) Return(intent string) { s.ReturnPart(intent, math.MaxInt64) }

// ReturnPart gives back no more than an amount.
func (s *Server) ReturnPart(intent string, amount int64) {
	_ = s.tell(func() error {
		for _, c := range s.checkout {
			if c.Intent == intent && c.Paid && !c.Returned && c.Taken == 0 {
				s.back(c, min(amount, c.Amount-c.Back))
			}
		}
		return nil
	})
}

func (s *Server) back(c *Checkout, amount int64) {
	c.Back += amount
	c.Returned = c.Back == c.Amount
	s.refunds = append(s.refunds, &returned{"re_" + rand.Text(), c.Intent, amount, "succeeded", s.Now()})
	s.note("charge.refunded", s.charge(c))
}

// Dispute has the bank take a payment back, and Decide says how that ends: "won"
// or "lost" for the seller. Inquire has the bank only ask.
func (s *Server) Dispute(intent string) {
	s.dispute("charge.dispute.created", intent, "needs_response")
}

// Decide ends a dispute.
func (s *Server) Decide(intent, status string) { s.dispute("charge.dispute.closed", intent, status) }

// Inquire begins an inquiry, which moves no money.
func (s *Server) Inquire(intent string) {
	s.dispute("charge.dispute.created", intent, "warning_needs_response")
}

func (s *Server) dispute(kind, intent, status string) {
	_ = s.tell(func() error {
		for _, c := range s.checkout {
			if c.Intent == intent {
				c.Disputed, c.Taken = c.Disputed || !strings.HasPrefix(status, "warning_"), 0
				amount := c.Amount - c.Back
				if c.Disputed && status != "won" {
					c.Taken = amount
				}
				d := s.contest(intent)
				d.amount, d.currency, d.status = amount, c.Currency, status
				s.note(kind, d.body())
			}
		}
		return nil
	})
}

// contest is the chargeback of a payment; the first time it is a new one.
func (s *Server) contest(intent string) *contest {
	for _, d := range s.disputes {
		if d.intent == intent {
			return d
		}
	}
	d := &contest{id: "dp_" + intent, intent: intent, at: s.Now()}
	s.disputes = append(s.disputes, d)
	return d
}

// change does what can be done with a checkout that is open.
func (s *Server) change(id string, fn func(c *Checkout)) error {
	return s.tell(func() error {
		c, ok := s.checkout[id]
		switch {
		case !ok:
			return ErrUnknown
		case c.Complete || !s.Now().Before(c.Ends):
			return ErrOver
		}
		fn(c)
		return nil
	})
}

// tell runs fn alone, and then sends the messages that it has noted, if that is
// ours to do.
func (s *Server) tell(fn func() error) error {
	s.mu.Lock()
	before := len(s.events)
	err := fn()
	noted := slices.Clone(s.events[before:])
	s.mu.Unlock()
	if s.Deliver != nil {
		for _, e := range noted {
			s.Deliver(e.Payload, s.Header(e.Payload, s.Now()))
		}
	}
	return err
}

// Forget forgets the keys of requests, as the provider does after a day.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.answered)
}
