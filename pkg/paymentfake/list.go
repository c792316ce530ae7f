package paymentfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// returned is money that went back, or was to.
type returned struct {
	id, intent string
	amount     int64 // minor units
	status     string
	at         time.Time
}

// contest is a chargeback as it stands.
type contest struct {
	id, intent, currency, status string
	amount                       int64 // minor units
	at                           time.Time
}

// body is a chargeback as the interface writes it.
func (d *contest) body() map[string]any {
	return map[string]any{"id": d.id, "object": "dispute", "payment_intent": d.intent, "amount": d.amount,
		"currency": d.currency, "status": d.status, "created": d.at.Unix()}
}

// listed is an entry of a list.
type listed struct {
	id string
	at time.Time
	v  any
}

// FailRefund has the bank of the buyer refuse the newest refund of a payment, days
// after it was accepted. The money is the seller's again. No message that the
// seller takes tells of it.
func (s *Server) FailRefund(intent string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.refunds) {
		if r.intent != intent || r.status == "failed" {
			continue
		}
		r.status = "failed"
		for _, c := range s.checkout {
			if c.Intent == intent {
				c.Back, c.Returned = c.Back-r.amount, false
			}
		}
		return
	}
}

func (s *Server) sessions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []listed
	for _, id := range s.order {
		c := s.checkout[id]
		all = append(all, listed{id, c.Begun, s.session(c, r.URL.Query().Has("expand[0]"))})
	}
	list(w, r, all)
}

func (s *Server) refundList(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []listed
	for _, b := range s.refunds {
		all = append(all, listed{b.id, b.at, map[string]any{"id": b.id, "object": "refund", "payment_intent": b.intent,
			"amount": b.amount, "status": b.status, "created": b.at.Unix()}})
	}
	list(w, r, all)
}

func (s *Server) disputeList(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []listed
	for _, d := range s.disputes {
		all = append(all, listed{d.id, d.at, d.body()})
	}
	list(w, r, all)
}

// list answers with a page of what there is, the newest first.
func list(w http.ResponseWriter, r *http.Request, all []listed) {
	asked := r.URL.Query()
	slices.Reverse(all)
	if after := asked.Get("starting_after"); after != "" {
		i := slices.IndexFunc(all, func(l listed) bool { return l.id == after })
		if i < 0 {
			send(w, http.StatusNotFound, fault("invalid_request_error", "resource_missing"))
			return
		}
		all = all[i+1:]
	}
	from, _ := strconv.ParseInt(asked.Get("created[gte]"), 10, 64) // 0 when it is not given
	all = slices.DeleteFunc(all, func(l listed) bool { return l.at.Unix() < from })
	limit, err := strconv.Atoi(asked.Get("limit"))
	if err != nil {
		limit = 10
	}
	page := []any{}
	for _, l := range all[:min(limit, len(all))] {
		page = append(page, l.v)
	}
	body, err := json.Marshal(map[string]any{"object": "list", "has_more": len(all) > limit, "data": page, "url": r.URL.Path})
	if err != nil {
		http.Error(w, "answer", http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, body)
}
