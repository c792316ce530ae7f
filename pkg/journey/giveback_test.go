package journey

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/webtest"
)

// The money comes back on the next day, by the number alone, in a browser that
// has another purchase on the way: neither takes the other's place.
func TestTheNextDayTheMoneyComesBack(t *testing.T) {
	t.Parallel()
	dir := domaintest.ShortDir(t)
	b := newBuyer(t, startIn(t, dir))
	b.chooses()
	b.saves()
	b.pays()
	b.starts()
	first := b.key
	b.p.Open("/buy")
	b.at("unfinished")
	b.taps("forget")
	b.at("forget")
	b.p.Click("[data-step=forget] [data-do=again]")
	b.chooses()
	b.seeks(first)
	b.at("purchase")
	for range 2 { // the same day again changes nothing
		b.p.Tap("[data-do=give-back] button")
		b.at("tomorrow")
		b.p.Open("/buy/purchase")
		b.at("seek")
		b.p.Tap("[data-do=seek] button")
		b.at("purchase")
	}
	b.p.Open("/buy/stored")
	b.at("stored")
	b.sound("/buy/stored, given back")
	is(t, b.p, "the other purchase and what was given back", `document.querySelector("[data-fill=waits]").textContent.startsWith("N")`)
	b.p.Open("/buy")
	b.at("key")
	is(t, b.p, "the other key is still there", `document.querySelector("#purchase-key").textContent !== "" && Object.keys(JSON.parse(localStorage.getItem("given back"))).length === 1`)
	goOn(t, dir, time.Now().AddDate(0, 0, 1))
	b.p.Open("/buy/purchase")
	b.at("seek")
	b.p.Tap("[data-do=seek] button")
	b.at("purchase")
	is(t, b.p, "no key is asked for", `!document.querySelector("#key-field").checkVisibility()`)
	b.p.Tap("[data-do=give-back] button")
	until(t, b.p, "it is paid back", `document.querySelector("td [data-state=refunded]").checkVisibility()`)
	b.p.Open("/buy")
	b.at("key")
	if b.p.Text("#purchase-key") != b.key || b.key == first {
		t.Error("it is another key")
	}
	is(t, b.p, "nothing waits any more", `localStorage.getItem("given back") === null`)
}

// goOn has the demo that runs in a folder of dir go on to a day.
func goOn(t *testing.T, dir string, day time.Time) {
	t.Helper()
	path, err := binary()
	must(t, err)
	out, err := exec.CommandContext(t.Context(), path, "demo", "-data", filepath.Join(dir, "demo"), "-day", day.UTC().Format(time.DateOnly)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// Staff are asked before they give money back: the page says of which purchase,
// and leads to the list, where it then stands.
func TestStaffAreAskedBeforeMoneyGoesBack(t *testing.T) {
	t.Parallel()
	d := start(t)
	b := newBuyer(t, d)
	b.chooses()
	b.saves()
	b.pays()
	p := webtest.Browser(t).Page(t, 375, 900, false)
	d.staffLogin(t, p, d.Staff)
	p.Open(d.URL + "/staff/purchases")
	for _, lang := range []string{"en", "nn", "nb"} {
		p.Click(".languages button[value=" + lang + "]")
		fits(t, p, "the list in "+lang, lang)
	}
	p.Click("tbody a")
	is(t, p, "which purchase", `[...document.querySelectorAll("td")].some(cell => cell.textContent === "490,00 NOK")`)
	for _, lang := range []string{"en", "nn", "nb"} {
		p.Click(".languages button[value=" + lang + "]")
		fits(t, p, "the question in "+lang, lang)
	}
	p.Click("form .danger")
	is(t, p, "the list says so", `location.pathname === "/staff/purchases" && document.querySelector("[data-state=refunded]")`)
	b.seeks(b.key)
	b.at("purchase")
	is(t, b.p, "the buyer sees it", `document.querySelector("td [data-state=refunded]").checkVisibility()`)
}

// Days and amounts are written in the page's language also where the browser
// knows no nynorsk.
func TestDaysAndAmountsAreInThePagesLanguage(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses()
	b.saves()
	b.pays()
	for lang, want := range map[string]string{"nb": `/^490,00.kr$/`, "nn": `/^490,00.kr$/`, "en": `/^NOK.490\.00$/`} {
		b.p.Open("/buy")
		b.p.Click(".languages button[value=" + lang + "]")
		b.seeks(b.key)
		b.at("purchase")
		is(t, b.p, "the amount in "+lang, want+`.test(document.querySelector("[data-fill=amount]").textContent)`)
		is(t, b.p, "the day in "+lang, `/^\d+\.? \p{L}+ \d{4}$/u.test(document.querySelector("[data-fill=day]").textContent)`)
	}
}

// An unknown number is said to be one, not a missing page.
func TestANumberOfNoPurchaseIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	b := newBuyer(t, market(t))
	b.chooses() // and never ordered
	b.seeks(b.key)
	until(t, b.p, "it speaks of a purchase", `document.querySelector("#said").checkVisibility() && /kjøp/.test(document.querySelector("#said").textContent)`)
}
