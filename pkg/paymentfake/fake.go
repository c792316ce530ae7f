// Package paymentfake stands in for the payment provider where no money is to
// move: in the demo and in tests. It speaks the part of Stripe's HTTP interface,
// version 2023-10-16, that is used here, on a listener of this machine.
//
//   - A request with a key that was used before has the answer from before; with
//     other parameters it is refused, as the provider does.
//   - A checkout ends when its time is over, is paid once, and given back once, in
//     parts if need be; not while a bank has the money.
//   - What it knows can be listed, page by page, the newest first.
//   - It remembers all that it was sent, for who looks for what must not be in it.
//   - The checkout page says in plain words that no money moves. A GET shows it, a
//     POST pays.
//   - Every message is signed like the provider's. Where messages go is for who
//     runs it to say; what went wrong on the way is theirs too.
package paymentfake

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Version is that of the interface.
const Version = "2023-10-16"

// Options say how a Server behaves.
type Options struct {
	URL     string // under which it is reached, for the addresses that it gives out
	Secret  string // that messages are signed with
	Now     func() time.Time
	Deliver func(payload []byte, header string) // nil leaves delivering to the caller
}

// Server is the provider. It may be used from several goroutines.
type Server struct {
	Options
	mux *http.ServeMux

	mu       sync.Mutex
	down     bool
	answered map[string]answer // by idempotency key
	checkout map[string]*Checkout
	order    []string // of the checkouts, the oldest first
	refunds  []*returned
	disputes []*contest
	events   []Event
	sent     []Sent
}

// answer is what a request with an idempotency key got.
type answer struct {
	asked  string
	status int
	body   []byte
}

// Checkout is one page, and the payment on it.
type Checkout struct {
	ID, Reference, Name, Currency string
	Amount                        int64 // minor units
	Success, Cancel               string
	Intent                        string // of the payment; empty before there is one
	Begun, Ends                   time.Time
	Complete, Paid, Returned      bool
	Back                          int64 // given back so far, minor units
	Disputed                      bool
	Taken                         int64  // what a bank has, minor units
	Key                           string // of the request that opened it
}

// New makes a Server. It answers as an http.Handler.
func New(o Options) *Server {
	s := &Server{Options: o, mux: http.NewServeMux(), answered: map[string]answer{}, checkout: map[string]*Checkout{}}
	s.mux.HandleFunc("POST /v1/checkout/sessions", s.once(s.open))
	s.mux.HandleFunc("GET /v1/checkout/sessions/{id}", s.look)
	s.mux.HandleFunc("GET /v1/checkout/sessions", s.sessions)
	s.mux.HandleFunc("GET /v1/refunds", s.refundList)
	s.mux.HandleFunc("GET /v1/disputes", s.disputeList)
	s.mux.HandleFunc("POST /v1/refunds", s.once(s.giveBack))
	s.mux.HandleFunc("GET /pay/{id}", s.page)
	s.mux.HandleFunc("GET /checkout.css", style)
	s.mux.HandleFunc("POST /pay/{id}", s.pay)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	down := s.down
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		s.remember(r)
	}
	s.mu.Unlock()
	if down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Down makes the provider answer nothing but errors, or ends that.
func (s *Server) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// once answers a request that comes again with the same key as before.
func (s *Server) once(do func(form url.Values, key string) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, "form", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		key, asked := r.Header.Get("Idempotency-Key"), r.URL.Path+"?"+r.PostForm.Encode()
		a, known := s.answered[key]
		if !known {
			status, v := do(r.PostForm, key)
			body, err := json.Marshal(v)
			if err != nil {
				http.Error(w, "answer", http.StatusInternalServerError)
				return
			}
			a = answer{asked, status, body}
			if status < 300 {
				s.answered[key] = a
			}
		} else if a.asked != asked {
			a.status, a.body = http.StatusBadRequest, fault("idempotency_error", "")
		}
		send(w, a.status, a.body)
	}
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // who has gone away needs no answer
}

func fault(kind, code string) []byte {
	return fmt.Appendf(nil, `{"error":{"type":%q,"code":%q,"message":"refused"}}`, kind, code)
}

// refused is the answer to a request that is wrong.
func refused(code string) (int, any) {
	return http.StatusBadRequest, json.RawMessage(fault("invalid_request_error", code))
}

// open opens a checkout.
func (s *Server) open(form url.Values, key string) (int, any) {
	amount, err := strconv.ParseInt(form.Get("line_items[0][price_data][unit_amount]"), 10, 64)
	ends, err2 := strconv.ParseInt(form.Get("expires_at"), 10, 64)
	now := s.Now()
	until := time.Unix(ends, 0)
	if err != nil || err2 != nil || until.Before(now.Add(30*time.Minute)) || until.After(now.Add(24*time.Hour)) {
		return refused("parameter_invalid")
	}
	c := &Checkout{ID: "cs_test_" + rand.Text(), Reference: form.Get("client_reference_id"),
		Name:     form.Get("line_items[0][price_data][product_data][name]"),
		Currency: form.Get("line_items[0][price_data][currency]"), Amount: amount,
		Success: form.Get("success_url"), Cancel: form.Get("cancel_url"), Begun: now, Ends: until, Key: key}
	s.checkout[c.ID], s.order = c, append(s.order, c.ID)
	return http.StatusOK, s.session(c, false)
}

// session is a checkout as the interface writes it.
func (s *Server) session(c *Checkout, expand bool) map[string]any {
	status, paid := "open", "unpaid"
	switch {
	case c.Complete:
		status = "complete"
	case !s.Now().Before(c.Ends):
		status = "expired"
	}
	if c.Paid {
		paid = "paid"
	}
	out := map[string]any{"id": c.ID, "object": "checkout.session", "url": s.URL + "/pay/" + c.ID, "client_reference_id": c.Reference,
		"amount_total": c.Amount, "currency": c.Currency, "payment_status": paid, "status": status, "mode": "payment", "success_url": c.Success,
		"created": c.Begun.Unix(), "expires_at": c.Ends.Unix(), "livemode": false, "payment_intent": nil}
	switch {
	case c.Intent != "" && expand:
		out["payment_intent"] = map[string]any{"id": c.Intent, "object": "payment_intent", "latest_charge": s.charge(c)}
	case c.Intent != "":
		out["payment_intent"] = c.Intent
	}
	return out
}

func (s *Server) look(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.checkout[r.PathValue("id")]
	if !ok {
		send(w, http.StatusNotFound, fault("invalid_request_error", "resource_missing"))
		return
	}
	body, err := json.Marshal(s.session(c, r.URL.Query().Has("expand[0]")))
	if err != nil {
		http.Error(w, "answer", http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, body)
}

// giveBack gives a payment back.
func (s *Server) giveBack(form url.Values, _ string) (int, any) {
	for _, c := range s.checkout {
		if c.Intent == "" || c.Intent != form.Get("payment_intent") {
			continue
		}
		switch {
		case c.Returned:
			return refused("charge_already_refunded")
		case c.Taken > 0:
			return refused("charge_disputed")
		}
		amount := c.Amount - c.Back
		s.back(c, amount)
		return http.StatusOK, map[string]any{"id": "re_" + c.Intent, "object": "refund", "status": "succeeded", "amount": amount}
	}
	return refused("resource_missing")
}

func (s *Server) charge(c *Checkout) map[string]any {
	return map[string]any{"id": "ch_" + c.Intent, "object": "charge", "payment_intent": c.Intent, "amount": c.Amount,
		"amount_refunded": c.Back, "currency": c.Currency, "refunded": c.Returned,
		"payment_method_details": map[string]any{"type": "card", "card": map[string]any{"last4": "4242"}}}
}
