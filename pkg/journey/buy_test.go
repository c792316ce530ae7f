package journey

import (
	"slices"
	"strings"
	"testing"
)

// A person buys an access code, starts at once and logs in. What the browser
// kept is gone, and a new code is offered.
func TestACodeIsBoughtAndUsed(t *testing.T) {
	t.Parallel()
	d := market(t)
	b := newBuyer(t, d)
	b.p.Click(`main a[href="/buy"]`)
	is(t, b.p, "the price stands there", `/^\d+ kr$/.test(document.querySelector("[data-price]").dataset.price)`)
	b.chooses()
	b.sound("/buy, key")
	b.p.Fill("#last-key", "0000")
	b.p.Tap(`[data-do=key] button`)
	b.refused("last")
	b.saves()
	b.pays()
	b.sound("/buy/return, paid")
	is(t, b.p, "three equal ways", `new Set([...document.querySelectorAll("[data-step=paid] button")].map(b => getComputedStyle(b).backgroundColor + b.className)).size === 1`)
	b.starts()
	b.sound("/buy/return, code")
	b.takes()
	b.sound("/buy/return, done")
	b.erased()
	b.logsIn()
	is(t, b.p, "a new code is offered, and why", `location.pathname === "/me/fresh" && document.querySelector('main a[href="/me/code"]')`)
	b.sound("/me/fresh")
}

// Whenever the browser closes, the purchase key finishes in another one, and
// yields the same code.
func TestTheKeyFinishesWhereverTheBrowserCloses(t *testing.T) {
	t.Parallel()
	d := market(t)
	for _, c := range []struct {
		name  string
		until func(b *buyer)
		then  string
	}{
		{"before the payment", func(*buyer) {}, "unknown"},
		{"at the payment", (*buyer).saves, "waiting"},
		{"after the payment", func(b *buyer) { b.saves(); b.pays() }, "paid"},
		{"when the code is shown", func(b *buyer) { b.saves(); b.pays(); b.starts() }, "paid"},
		{"when the code is in use", func(b *buyer) { b.saves(); b.pays(); b.starts(); b.takes() }, "paid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuyer(t, d)
			b.chooses()
			c.until(b)
			code := b.code
			b.returns()
			b.at(c.then)
			b.sound("/buy/return, " + c.then)
			if c.then == "unknown" {
				b.p.Open("/buy")
				b.at("unfinished")
				return
			}
			if c.then == "waiting" {
				b.p.Click("[data-step=waiting] [data-do=pay]")
				b.pays()
			}
			b.starts()
			if code != "" && b.code != code {
				t.Error("the same key yields another code")
			}
			b.takes()
			b.logsIn()
		})
	}
}

// The browser is closed and opened again, with what it keeps: the purchase is
// offered first, and another can be begun.
func TestAnUnfinishedPurchaseIsOfferedFirst(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.p.Open("/buy")
	b.at("key")
	if b.p.Text("#purchase-key") != b.key {
		t.Error("a page that is loaded again shows another key")
	}
	b.saves()
	b.p.Click("a")
	is(t, b.p, "it says that nothing was paid", `location.pathname === "/buy/cancelled"`)
	b.p.Click(`main a[href="/buy"]`)
	b.at("unfinished")
	b.sound("/buy, unfinished")
	b.p.Click(`[data-step=unfinished] a`)
	b.at("waiting")
	b.p.Click(`[data-do=pay]`)
	b.pays()
	b.p.Open("/buy")
	b.at("unfinished")
	b.taps("forget")
	b.at("forget")
	b.sound("/buy, forget")
	b.p.Click(`[data-step=forget] [data-do=again]`)
	b.at("choose")
	b.erased()
}

func TestStartingAnotherDayFetchesNothing(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.taps("later")
	b.at("later")
	b.sound("/buy/return, later")
	if asked := b.p.Headers("/buy/signature"); len(asked) > 0 {
		t.Error("the signature was fetched")
	}
	b.p.Click(`[data-step=later] a[href="/buy/stored"]`)
	b.at("stored")
	b.sound("/buy/stored")
	is(t, b.p, "the key stands there", `document.querySelector("[data-fill=key]").textContent.startsWith("K")`)
	b.taps("erase")
	b.at("nothing")
	b.erased()
	b.returns()
	b.at("paid")
}

// What is asked of the payment side and of the usage side brings no cookie and
// no referrer along, and the usage side hears nothing of the purchase.
func TestNothingTiesTheUseToThePurchase(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.takes()
	for _, path := range []string{"/buy/issuer.json", "/buy", "/buy/status", "/buy/signature", "/redeem"} {
		asked := b.p.Headers(path)
		if path == "/buy" { // a page of that address was opened too, with the cookie of the language
			asked = slices.DeleteFunc(asked, func(h string) bool { return !strings.Contains(strings.ToLower(h), "application/json") })
		}
		if len(asked) == 0 {
			t.Errorf("%s was not asked", path)
		}
		for _, headers := range asked {
			if headers = strings.ToLower(headers); strings.Contains(headers, "cookie") || strings.Contains(headers, "referer") {
				t.Errorf("%s was asked with a cookie or a referrer", path)
			}
		}
	}
	if with := b.p.Headers("/buy/return"); len(with) == 0 || !strings.Contains(strings.ToLower(with[0]), "cookie") {
		t.Error("the search does not find the cookie of a page")
	}
	for _, sent := range b.p.Sent() {
		path, _, _ := strings.Cut(strings.TrimPrefix(sent, b.d.URL), " ")
		sent = strings.ReplaceAll(sent, "-", "")
		if strings.Contains(sent, strings.ReplaceAll(b.key, "-", "")) || strings.Contains(sent, strings.ReplaceAll(b.code, "-", "")) != (path == "/redeem") {
			t.Errorf("%s: what it was sent of the key and the code", path)
		}
	}
	b.reveals("/redeem", "purchase_id", "blinded", b.key)
	b.reveals("/buy", `"code"`, `"message"`, `"signature"`, b.key, b.code)
	b.reveals("/buy/signature", `"code"`, `"message"`, b.key, b.code)
}

// reveals checks that no request to a path carries one of the texts.
func (b *buyer) reveals(path string, texts ...string) {
	b.t.Helper()
	found := false
	for _, sent := range b.p.Sent() {
		url, _, _ := strings.Cut(sent, " ")
		if url != b.d.URL+path || !strings.Contains(sent, "{") {
			continue
		}
		found = true
		for _, text := range texts {
			if strings.Contains(sent, text) {
				b.t.Errorf("%s was sent what it must not know", path)
			}
		}
	}
	if !found {
		b.t.Errorf("nothing was sent to %s", path)
	}
}
