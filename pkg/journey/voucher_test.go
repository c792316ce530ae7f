package journey

import (
	"encoding/json"
	"image/color"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// The buyer prints a voucher. The recipient draws the code; the buyer knows
// nothing of it, and a voucher works once.
func TestAGiftIsRedeemedByWhoeverGetsIt(t *testing.T) {
	t.Parallel()
	d := market(t)
	b := newBuyer(t, d)
	b.chooses()
	b.saves()
	b.pays()
	b.taps("gift")
	b.at("gift")
	b.sound("/buy/return, gift")
	link := b.p.Text("#gift-link")
	is(t, b.p, "how long it is valid", `/^31\. desember 20\d\d$/.test(document.querySelector("[data-fill=until]").textContent)`)
	b.p.Tap("[data-do=given] [type=checkbox]")
	b.p.Tap("[data-do=given] button")
	b.at("given")
	b.sound("/buy/return, given")
	b.erased()

	recipient := newBuyer(t, d)
	recipient.p.Open(link)
	recipient.at("code")
	recipient.code = recipient.p.Text("#new-code")
	neutral(t, recipient.p)
	if strings.Contains(recipient.p.URL(), "#") {
		t.Error("the voucher stands in the address bar")
	}
	recipient.p.Click(`.languages button[value=nn]`)
	recipient.at("code")
	if recipient.p.Text("#new-code") != recipient.code {
		t.Error("another language is another code")
	}
	recipient.p.Click(`.languages button[value=nb]`)
	recipient.at("code")
	recipient.sound("/voucher, code")
	recipient.takes()
	recipient.erased()
	recipient.logsIn()

	second := newBuyer(t, d)
	second.p.Open("/voucher")
	second.at("voucher")
	second.p.Fill("#voucher", "this is none")
	second.p.Tap("[data-do=voucher] button")
	second.refused("voucher")
	second.p.Fill("#voucher", link)
	second.p.Tap("[data-do=voucher] button")
	second.at("code")
	second.code = second.p.Text("#new-code")
	second.p.Fill("#last-code", second.code[len(second.code)-5:])
	second.p.Tap("[data-do=redeem] button")
	until(t, second.p, "it says that the voucher was used", `document.querySelector("#said").checkVisibility()`)
	second.at("code")
}

// grid draws a text with the page's module.
const grid = `(async () => {
	const { qr } = await ` + module + `("qr");
	return [0, 1, 2, 3, 4, 5, 6, 7].map(mask => qr(%TEXT%, mask).map(row => row.map(Number).join("")).join("\n"));
})()`

// Another implementation draws the same, for one of the eight masks.
func TestTheQRCodeOfAVoucherIsOne(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.p.Open("/voucher")
	b.at("voucher")
	for _, n := range []int{20, 38, 50, 80, 105, 112, 150, 200} {
		text := "https://example.org/voucher#" + strings.Repeat("aB3_-x", n)
		want, err := qr.Encode(text, qr.L, qr.Unicode)
		must(t, err)
		var rows strings.Builder
		for y := range want.Bounds().Dy() {
			if y > 0 {
				rows.WriteByte('\n')
			}
			for x := range want.Bounds().Dx() {
				rows.WriteByte("01"[map[bool]int{true: 1}[want.At(x, y) == color.Black]])
			}
		}
		quoted, err := json.Marshal(text)
		must(t, err)
		var drawn []string
		b.p.Eval(strings.ReplaceAll(grid, "%TEXT%", string(quoted)), &drawn)
		found := false
		for _, one := range drawn {
			found = found || one == rows.String()
		}
		if !found {
			t.Errorf("%d bytes are drawn otherwise", len(text))
		}
	}
}
