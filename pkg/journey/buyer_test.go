package journey

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

// buyer is somebody who buys an access code, with one browser after another.
type buyer struct {
	t    *testing.T
	d    *demo
	p    *webtest.Page
	key  string // the purchase key, as it was written down
	code string
	till string // host of the page of payment
}

func newBuyer(t *testing.T, d *demo) *buyer {
	t.Helper()
	b := &buyer{t: t, d: d}
	b.another()
	return b
}

// another goes on in another browser, which knows nothing of the first.
func (b *buyer) another() {
	b.t.Helper()
	b.p = b.d.visitor(b.t, 375, true)
}

// at waits until a step is shown, and none beside it.
func (b *buyer) at(step string) {
	b.t.Helper()
	until(b.t, b.p, "the step "+step, fmt.Sprintf(`[...document.querySelectorAll("[data-step]")].filter(s => s.checkVisibility()).map(s => s.dataset.step).join() === %q`, step))
}

// refused waits until one of the page's texts says what is wrong.
func (b *buyer) refused(text string) {
	b.t.Helper()
	until(b.t, b.p, "it says "+text, fmt.Sprintf(`document.querySelector("#said").checkVisibility() &&
		document.querySelector("#said").textContent === document.querySelector("[data-purchase]").dataset[%q]`, text))
}

// taps presses the button of an action.
func (b *buyer) taps(action string) {
	b.t.Helper()
	b.p.Tap(fmt.Sprintf(`[data-do=%q]`, action))
}

// chooses what to buy, and is shown the purchase key.
func (b *buyer) chooses() {
	b.t.Helper()
	b.p.Open("/buy")
	b.at("choose")
	b.p.Tap(`[data-do=choose] [type=checkbox]`)
	b.p.Tap(`[data-do=choose] button`)
	b.at("key")
	b.key = b.p.Text("#purchase-key")
}

// saves the key and goes to the payment.
func (b *buyer) saves() {
	b.t.Helper()
	b.p.Fill("#last-key", strings.ToLower(b.key[len(b.key)-4:]))
	b.p.Click(`[data-do=key] button`)
	if strings.HasPrefix(b.p.URL(), b.d.URL) {
		b.t.Fatal("the page of payment did not open")
	}
	at, err := url.Parse(b.p.URL())
	must(b.t, err)
	b.till = at.Host
}

// pays and comes back.
func (b *buyer) pays() {
	b.t.Helper()
	b.p.Click("[data-pay]")
	b.at("paid")
}

// returns with the purchase key alone.
func (b *buyer) returns() {
	b.t.Helper()
	b.another()
	b.p.Open("/buy/return")
	b.at("nokey")
	b.p.Fill("#key", b.key)
	b.p.Tap("[data-do=use] button")
}

// starts now: the code is shown.
func (b *buyer) starts() {
	b.t.Helper()
	b.taps("now")
	b.at("code")
	b.code = b.p.Text("#new-code")
}

// takes the code into use.
func (b *buyer) takes() {
	b.t.Helper()
	b.p.Eval(`document.querySelectorAll("[data-do=redeem] [required][type=checkbox]").forEach(box => box.click())`, nil)
	b.p.Fill("#last-code", b.code[len(b.code)-5:])
	b.p.Tap("[data-do=redeem] button")
	b.at("done")
}

// logsIn goes in with the code.
func (b *buyer) logsIn() {
	b.t.Helper()
	b.p.Click(`[data-step=done] form button`)
	is(b.t, b.p, "the code opens an account", `location.pathname.startsWith("/me")`)
}

// erased checks that nothing of a purchase is left in the browser.
func (b *buyer) erased() {
	b.t.Helper()
	is(b.t, b.p, "nothing is left in the browser", `localStorage.length === 0 && sessionStorage.length === 0`)
}

// sound checks the page as it stands, at the step that it shows.
func (b *buyer) sound(what string) {
	b.t.Helper()
	for _, width := range []int{1280, 375} {
		b.p.Resize(width, 900)
		if shots != "" {
			b.p.Screenshot(filepath.Join(shots, fmt.Sprintf("buyer_%d%s.png", width, strings.NewReplacer("/", "_", ", ", "_", " ", "-").Replace(what))))
		}
		fits(b.t, b.p, fmt.Sprint(what, " ", width), "nb")
	}
	for _, r := range b.p.Requests() {
		if at, err := url.Parse(r); err != nil || at.Host != b.till && !strings.HasPrefix(r, b.d.URL+"/") && at.Scheme != "data" {
			b.t.Errorf("%s: asks the host %s", what, at.Host)
		}
	}
}
