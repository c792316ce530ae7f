package journey

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"selvhjelp/pkg/token"
)

// seeks opens "My purchase" with the number or the key.
func (b *buyer) seeks(typed string) {
	b.t.Helper()
	b.p.Open("/buy/purchase")
	b.at("seek")
	b.p.Fill("#number", typed)
	b.p.Tap("[data-do=seek] button")
}

func TestAPurchaseIsShownByItsNumberAlone(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.p.Tap("[name=number]")
	b.takes()
	is(t, b.p, "the number alone is kept", `localStorage.length === 1 && localStorage.getItem("purchase number").startsWith("N")`)
	number := b.p.Text("[data-fill=number]")
	b.p.Open("/buy/purchase")
	b.at("seek")
	is(t, b.p, "it stands in the field", `document.querySelector("#number").value.startsWith("N")`)
	b.another()
	b.seeks("N" + b.key[1:])
	b.refused("number")
	b.seeks(number)
	b.at("purchase")
	b.sound("/buy/purchase, paid")
	is(t, b.p, "the state", `document.querySelector("td [data-state=paid]").checkVisibility() && !document.querySelector("td [data-state=waiting]").checkVisibility()`)
	is(t, b.p, "amount and days", `[...document.querySelectorAll("td[data-fill]")].every(cell => /\d/.test(cell.textContent))`)
}

// A purchase that was not fetched is refunded at once, and yields no code.
func TestWhatWasNotFetchedIsRefundedAtOnce(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.seeks(b.key)
	b.at("purchase")
	b.sound("/buy/purchase, not fetched")
	b.taps("refund")
	until(t, b.p, "it is paid back", `document.querySelector("td [data-state=refunded]").checkVisibility()`)
	b.returns()
	b.at("refunded")
	b.sound("/buy/return, refunded")
}

// A token that was fetched is swapped for one that proves that it was not used,
// and opens nothing from then on. One that was used is not swapped.
func TestAnUnusedTokenIsGivenBack(t *testing.T) {
	t.Parallel()
	d := market(t)
	b := newBuyer(t, d)
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.seeks(b.key)
	b.at("purchase")
	b.sound("/buy/purchase, fetched")
	b.p.Tap("[data-do=give-back] button")
	b.at("tomorrow")
	b.sound("/buy/purchase, tomorrow")
	b.holdsARefundToken()
	is(t, b.p, "the key gives no code any more, and is gone", `localStorage.getItem("purchase") === null`)
	b.p.Open("/buy/purchase")
	b.at("seek")
	b.answer("/buy/status", `v => { v.today = "2999-01-01"; }`)
	b.p.Tap("[data-do=seek] button")
	b.at("purchase")
	b.p.Tap("[data-do=give-back] button")
	until(t, b.p, "the server's day counts", `document.querySelector("#said").checkVisibility()`)
	if len(b.p.Headers("/redeem/surrender")) != 1 || len(b.p.Headers("/buy/refund")) != 1 {
		t.Error("the refund token was not handed in, or asked for again")
	}
	b.returns()
	b.at("paid")
	b.starts()
	b.p.Eval(`document.querySelectorAll("[data-do=redeem] [required][type=checkbox]").forEach(box => box.click())`, nil)
	b.p.Fill("#last-code", b.code[len(b.code)-5:])
	b.p.Tap("[data-do=redeem] button")
	until(t, b.p, "it says that it was used", `document.querySelector("#said").checkVisibility()`)
	b.at("code")

	used := newBuyer(t, d)
	used.chooses()
	used.saves()
	used.pays()
	used.starts()
	used.takes()
	used.seeks(used.key)
	used.at("purchase")
	used.p.Tap("[data-do=give-back] button")
	until(t, used.p, "it says that it was used", `document.querySelector("#said").checkVisibility()`)
	used.at("purchase")
}

// When it is too late for the money, the token is not handed in: that cannot be
// undone, and the code is all that is left.
func TestATokenIsNotHandedInWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.p.Open("/buy/purchase")
	b.at("seek")
	b.p.Fill("#number", b.key)
	b.answer("/buy/status", `v => { v.today = "2999-01-01"; }`)
	b.p.Tap("[data-do=seek] button")
	b.at("purchase")
	b.p.Tap("[data-do=give-back] button")
	b.refused("late")
	if len(b.p.Headers("/redeem/surrender")) != 0 {
		t.Error("the token was handed in")
	}
}

// holdsARefundToken checks that what waits in the browser is a token of the key
// for refunds, and of no other.
func (b *buyer) holdsARefundToken() {
	b.t.Helper()
	var held struct{ Message, Signature string }
	b.p.Eval(`Object.values(JSON.parse(localStorage.getItem("given back")))[0].token`, &held)
	message, err1 := base64.RawURLEncoding.DecodeString(held.Message)
	signature, err2 := base64.RawURLEncoding.DecodeString(held.Signature)
	if err1 != nil || err2 != nil {
		b.t.Fatal("the browser holds no token")
	}
	for refund, keys := range b.issuers() {
		if _, err := token.Check(keys, message, signature, time.Now()); (err == nil) != refund {
			b.t.Errorf("under the keys with refund=%t: %v", refund, err)
		}
	}
}

// issuers are the keys that the server names, those for refunds and the others.
func (b *buyer) issuers() map[bool][]token.Key {
	b.t.Helper()
	var list []struct {
		N, Product string
		Year       int
		Refund     bool
	}
	var text string
	b.p.Eval(`fetch("/buy/issuer.json").then(answer => answer.json()).then(value => JSON.stringify(value.keys))`, &text)
	must(b.t, json.Unmarshal([]byte(text), &list))
	out := map[bool][]token.Key{}
	for _, k := range list {
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		must(b.t, err)
		key := token.NewKey(k.Product, k.Year, &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537})
		out[k.Refund] = append(out[k.Refund], key)
	}
	return out
}
