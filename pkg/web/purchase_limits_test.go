package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"selvhjelp/pkg/domaintest"
)

// TestOneTokenDoesNotHaveUsSignForEver: the same again is the same answer, as
// often as a lost connection asks for it, and not a thousand times.
func TestOneTokenDoesNotHaveUsSignForEver(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	back := domaintest.NewBuyer(t, s.refunds.Keys()[0])
	handing := with(s.proof(t, b), "blinded", text(back.Blinded))
	for n := range 61 {
		if got := s.ask(t, "/redeem/surrender", handing); got.status != http.StatusOK {
			t.Fatalf("time %d answered %d %s", n, got.status, got.Error)
		}
	}
	got := s.ask(t, "/redeem/surrender", handing)
	if got.status != http.StatusTooManyRequests || got.Error != "too_many" || got.Signature != "" || got.header.Get("Retry-After") == "" {
		t.Errorf("after that it answered %d %s", got.status, got.Error)
	}
	other := s.paid(t)
	if got := s.ask(t, "/redeem/surrender", with(s.proof(t, other), "blinded", text(back.Blinded))); got.status != http.StatusOK {
		t.Errorf("another token answered %d %s", got.status, got.Error)
	}
}

// TestWhenNothingIsForSaleWhatWasBoughtIsStillFetched: the page says so, and
// offers the ways of who has bought.
func TestWhenNothingIsForSaleWhatWasBoughtIsStillFetched(t *testing.T) {
	app := newShop(t, nil)
	b := app.paid(t)
	app.desk.Products = nil
	proof := app.proof(t, b)
	if got := app.ask(t, "/redeem", with(proof, "code", b.Code.Grouped())); got.status != http.StatusOK {
		t.Errorf("the redemption answered %d %s", got.status, got.Error)
	}
	if got := app.ask(t, "/buy", order(app.buyer(t))); got.Error != "product" {
		t.Errorf("a purchase answered %d %s", got.status, got.Error)
	}
	page := app.browser(t)
	for path, want := range map[string]map[string]int{
		"/":    {"a[href='/buy']": 0},
		"/buy": {"[data-sold-out]": 1, "[data-do=choose]": 0, "a[href='/buy/return']": 1, "a[href='/buy/purchase']": 1, "a[href='/voucher']": 1},
	} {
		page.get(t, path)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page.body))
		check(t, err)
		for selector, n := range want {
			if got := doc.Find("#main " + selector).Length(); min(got, 1) != n {
				t.Errorf("%s: %d of %s, want %d", path, got, selector, n)
			}
		}
	}
}
