package journey

import (
	"fmt"
	"strings"
	"testing"
)

// answer changes what the page's script is answered at a path.
func (b *buyer) answer(path, change string) {
	b.t.Helper()
	b.p.Eval(fmt.Sprintf(`(() => {
		const asked = window.fetch;
		window.fetch = async (url, how) => {
			const answer = await asked(url, how);
			if (url !== %q) return answer;
			const value = await answer.json();
			(%s)(value);
			return Response.json(value);
		};
	})()`, path, change), nil)
}

func TestAWrongKeyIsToldApartFromAnUnknownOne(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	slip := strings.Replace(b.key, b.key[7:8], next(b.key[7]), 1)
	for typed, want := range map[string]string{slip: "mistyped", "N" + b.key[1:]: "mistyped", "7KQ2M-9XW4T-HB3CE-N0VRA": "mistyped", "": "mistyped"} {
		b.another()
		b.p.Open("/buy/return")
		b.at("nokey")
		b.p.Eval(fmt.Sprintf(`document.querySelector("#key").required = false; document.querySelector("#key").value = %q`, typed), nil)
		b.p.Tap("[data-do=use] button")
		b.refused(want)
	}
	b.returns()
	b.at("unknown")
}

// A signature that was tampered with is not used, and the right one is later.
func TestATamperedSignatureIsRefused(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.answer("/buy/signature", `v => { v.signature = (v.signature[0] === "A" ? "B" : "A") + v.signature.slice(1); }`)
	b.taps("now")
	b.refused("signature")
	b.at("paid")
	if len(b.p.Headers("/redeem")) > 0 {
		t.Error("it was used")
	}
	b.p.Open("/buy/return")
	b.at("paid")
	b.starts()
	b.takes()
}

// A server that would sign for one buyer with a key of their own would have to
// give that buyer a script of their own.
func TestAKeyThatIsNotInTheScriptIsRefused(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.answer("/buy/issuer.json", `v => v.keys.forEach(key => { key.n = key.n.slice(0, -2) + (key.n.endsWith("w") ? "Q" : "w") + key.n.slice(-1); })`)
	b.p.Fill("#last-key", b.key[len(b.key)-4:])
	b.p.Tap(`[data-do=key] button`)
	b.refused("issuer")
	if len(b.p.Headers("/buy")) != 1 {
		t.Error("a purchase was begun") // the page itself was asked for once
	}
}

func TestWithoutTheNetworkNothingIsLost(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	b.p.Offline(true)
	b.p.Eval(`document.querySelectorAll("[data-do=redeem] [required][type=checkbox]").forEach(box => box.click())`, nil)
	b.p.Fill("#last-code", b.code[len(b.code)-5:])
	b.p.Tap("[data-do=redeem] button")
	b.refused("offline")
	b.p.Offline(false)
	b.p.Tap("[data-do=redeem] button")
	b.at("done")
	b.logsIn()
}

func TestWithoutAScriptThePageSaysWhyItNeedsOne(t *testing.T) {
	t.Parallel()
	d := market(t)
	p := d.visitor(t, 375, false)
	p.Open("/buy")
	is(t, p, "why, and what else there is", `document.querySelector("noscript").textContent.includes("JavaScript")`)
	is(t, p, "the price can be read", `document.querySelector("[data-price]").checkVisibility()`)
	is(t, p, "nothing can be begun", `!document.querySelector("[data-do=choose] button").checkVisibility()`)
	for _, path := range []string{"/buy/return", "/buy/purchase", "/voucher"} {
		p.Open(path)
		is(t, p, "why, and what else there is", `document.querySelector("noscript").textContent.includes("JavaScript")`)
	}
}
