package journey

import (
	"fmt"
	"path/filepath"
	"testing"
)

// Whoever orders sees what it costs in all, beside the button that says that one
// pays. A price that has changed meanwhile is said, and nothing is ordered.
func TestThePriceStandsWhereOneOrders(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	is(t, b.p, "the price in all, with the tax", `(order => order.checkVisibility() && /i alt: 490 kr/.test(order.innerText) && /98 kr/.test(order.innerText))(document.querySelector("[data-chosen=access]"))`)
	is(t, b.p, "the button says that one pays", `/betal/.test(document.querySelector("[data-do=key] button").textContent)`)
	cheaper := `localStorage.setItem("purchase", localStorage.getItem("purchase").replace('"price":"49000"', '"price":"39000"'))`
	b.p.Eval(cheaper, nil)
	b.p.Fill("#last-key", b.key[len(b.key)-4:])
	b.p.Tap(`[data-do=key] button`)
	b.at("price")
	b.sound("/buy, price")
	b.erased()
	b.chooses()
	b.p.Eval(cheaper, nil)
	b.p.Open("/buy")
	b.at("price")
	b.erased()
}

// What the law wants on paper is on one sheet each, without a blank one.
func TestWhatIsPrintedFitsOnOneSheet(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	prints := func(what string) {
		t.Helper()
		if n := b.p.Print(filepath.Join(t.TempDir(), "paper.pdf")); n != 1 {
			t.Errorf("%s takes %d sheets", what, n)
		}
	}
	b.chooses()
	prints("the key")
	b.saves()
	b.pays()
	b.seeks(b.key)
	b.at("purchase")
	prints("the confirmation")
	is(t, b.p, "who sells, and what was accepted", `["999999999", "98,00", "2026", "post@drift.example"].every(part => document.querySelector("[data-step=purchase] table").innerText.includes(part))`)
	b.p.Open("/buy/return")
	b.at("paid")
	b.starts()
	prints("the code")
	b.p.Open("/buy/return")
	b.at("paid")
	b.taps("gift")
	b.at("gift")
	prints("the voucher")
}

// forgotten answers as the server does once a purchase is deleted.
const forgotten = `(() => {
	const asked = window.fetch;
	window.fetch = async (url, how) => url === "/buy/status" ? Response.json({ error: "purchase_unknown", text: "" }, { status: 404 }) : asked(url, how);
})()`

func TestTheKeyStillShowsTheCodeWhenThePurchaseIsForgotten(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.takes()
	code := b.code
	b.another()
	b.p.Open("/buy/return")
	b.at("nokey")
	b.p.Eval(forgotten, nil)
	b.p.Fill("#key", b.key)
	b.p.Tap("[data-do=use] button")
	b.at("unknown")
	b.taps("still")
	b.at("still")
	b.sound("/buy/return, still")
	if b.p.Text("#still-code") != code {
		t.Error("it is another code")
	}
	b.p.Click("[data-step=still] form button")
	is(t, b.p, "the code opens the account", `location.pathname === "/me/fresh"`)
}

// A purchase that cannot be undone says why, and offers nothing that would cost
// the buyer the code.
func TestWhatCannotBeUndoneSaysWhy(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	for why, change := range map[string]string{"late": `v => { v.late = true; }`, "disputed": `v => { v.refund_until = ""; }`, "open": `v => v`} {
		b.p.Open("/buy/purchase")
		b.at("seek")
		b.answer("/buy/status", change)
		b.p.Tap("[data-do=seek] button")
		b.at("purchase")
		is(t, b.p, "it says "+why, fmt.Sprintf(`[...document.querySelectorAll("[data-refund]")].filter(part => part.checkVisibility()).map(part => part.dataset.refund).join() === %q`, why))
		is(t, b.p, "the button is there when it helps", fmt.Sprintf(`document.querySelector("[data-do=give-back] button").checkVisibility() === (%q === "open")`, why))
		b.sound("/buy/purchase, " + why)
	}
}

// The whole way with the keyboard alone, and the focus is seen at every stop.
func TestBuyingNeedsNoMouse(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	k := keyboard{t, b.p}
	b.p.Open("/buy")
	b.at("choose")
	k.to("type", "checkbox")
	k.Press("Space")
	k.to("type", "submit")
	k.Press("Enter")
	b.at("key")
	b.key = b.p.Text("#purchase-key")
	k.to("id", "last-key")
	for _, symbol := range b.key[len(b.key)-4:] {
		k.Press(string(symbol))
	}
	k.PressAndLoad("Enter")
	b.p.Click("[data-pay]")
	b.at("paid")
	k.to("textContent", "Start nå")
	k.Press("Enter")
	b.at("code")
	b.code = b.p.Text("#new-code")
	k.to("id", "last-code")
	for _, symbol := range b.code[len(b.code)-5:] {
		k.Press(string(symbol))
	}
	k.to("type", "checkbox")
	k.Press("Space")
	k.to("textContent", "Ta koden i bruk")
	k.Press("Enter")
	b.at("done")
	is(t, b.p, "the focus is where the page goes on", `document.activeElement.localName === "h2" && document.activeElement.checkVisibility()`)
}
