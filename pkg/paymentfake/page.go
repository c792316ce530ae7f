package paymentfake

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed checkout.html
var checkoutPage string

//go:embed checkout.css
var checkoutStyle []byte

var page = template.Must(template.New("checkout").Parse(checkoutPage))

// words are the texts of the page in one language.
type words struct {
	Lang, Title, Lead, Amount, Pay, Cancel string
}

var languages = []words{
	{"nb", "Betaling på liksom", "Dette er en prøve. Det flyttes ingen penger, og ingen spør om kortet ditt. Hos den ekte tjenesten ville du nå vært hos Stripe.", "Å betale", "Betal på liksom", "Avbryt"},
	{"nn", "Betaling på liksom", "Dette er ei prøve. Det blir ikkje flytta pengar, og ingen spør om kortet ditt. Hos den ekte tenesta ville du no vore hos Stripe.", "Å betale", "Betal på liksom", "Avbryt"},
	{"en", "A payment that is not one", "This is a trial. No money moves, and nobody asks for your card. With the real service you would be at Stripe now.", "To pay", "Pretend to pay", "Cancel"},
}

// spoken is the language of a browser.
func spoken(r *http.Request) words {
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		for _, w := range languages {
			if strings.HasPrefix(strings.TrimSpace(wanted), w.Lang) {
				return w
			}
		}
	}
	return languages[0]
}

// style is what the page looks like.
func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(checkoutStyle) // who has gone away needs none
}

// page shows a checkout.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	c, ok := s.checkout[r.PathValue("id")]
	var shown Checkout
	if ok {
		shown = *c
	}
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action *; frame-ancestors 'none'")
	price := fmt.Sprintf("%d,%02d %s", shown.Amount/100, shown.Amount%100, strings.ToUpper(shown.Currency))
	_ = page.Execute(w, struct { // who has gone away needs no page
		Words words
		Of    Checkout
		Price string
	}{spoken(r), shown, price})
}

// pay pays and leads back, as the page's button asks. A checkout that is paid
// already leads back too.
func (s *Server) pay(w http.ResponseWriter, r *http.Request) {
	err := s.Pay(r.PathValue("id"))
	if errors.Is(err, ErrUnknown) {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	c := *s.checkout[r.PathValue("id")]
	s.mu.Unlock()
	to := c.Success
	if !c.Paid {
		to = c.Cancel
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
