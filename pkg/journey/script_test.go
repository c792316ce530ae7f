package journey

import (
	"fmt"
	"strings"
	"testing"
)

const (
	saysSaved   = `document.querySelector("#saved").textContent === document.querySelector("#saved").dataset.saved`
	saysNotYet  = `document.querySelector("#saved").textContent === document.querySelector("#saved").dataset.failing`
	dialogShown = `document.querySelector("#ending").open`
)

// Two answers, one with the network and one without it until it is back. Then
// the tab is closed without a button pressed.
func TestAnswersAreKeptWithoutAButton(t *testing.T) {
	t.Parallel()
	d := start(t)
	t.Run("the tab that is closed", func(t *testing.T) {
		p := d.visitor(t, 375, true)
		d.login(t, p, "private")
		p.Open("/me/mapping/gad7")
		p.Tap("#q1 label:nth-of-type(2)")
		until(t, p, "the first is saved", saysSaved)
		p.Offline(true)
		p.Tap("#q2 label:nth-of-type(3)")
		until(t, p, "it says that the second is not saved", saysNotYet)
		p.Offline(false)
		until(t, p, "the second is saved after all", saysSaved)
		is(t, p, "two of seven", `document.querySelector("#progress").textContent.startsWith("2 av 7")`)
	})
	p := d.visitor(t, 375, true)
	d.login(t, p, "private")
	p.Open("/me/mapping/gad7")
	is(t, p, "both are there", `[...document.querySelectorAll(":checked")].map(i => i.name + i.value).join() === "q11,q22"`)
}

func TestCodeOfALinkLeavesTheAddressBarAtOnce(t *testing.T) {
	t.Parallel()
	d := start(t)
	c := d.code(t, "new")
	p := d.visitor(t, 375, true)
	p.Open("/?to=/me#" + c.Code)
	is(t, p, "the code is in the field", fmt.Sprintf(`document.querySelector("#code").value === %q`, c.Code))
	if strings.Contains(p.URL(), c.Code) {
		t.Error("the address bar still has the code")
	}
	neutral(t, p)
	p.Click("#login .actions button")
	is(t, p, "the code is good", `location.pathname === "/me/welcome"`)
}

func TestCopyButtonCopiesTheCode(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	p.Click(`form[action="/start"] button`)
	p.Eval(`navigator.clipboard.writeText = async text => { window.copied = text }`, nil)
	p.Tap("[data-copy]")
	until(t, p, "the code is copied, and the page says so", `window.copied === document.querySelector("[data-access-code]").dataset.accessCode
		&& document.querySelector("[data-copy] + [role=status]").textContent === "Kopiert"`)
}

// The page's clock is put forward: the session itself goes on.
func TestTwoMinutesBeforeTheEndThePageAsks(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.login(t, p, "private")
	p.Open("/me/settings")
	clock := func(minutes float64) {
		p.Eval(fmt.Sprintf(`window.real ??= Date.now; Date.now = () => real.call(Date) + %f * 60000; undefined`, minutes), nil)
	}
	is(t, p, "no question at first", "!"+dialogShown)
	clock(28.5)
	until(t, p, "the question, with the focus on its answer", dialogShown+` && document.activeElement.id === "stay"`)
	inspect(t, d, p, "user", "nb", 375, "/me/settings, asked")
	p.Tap("#stay")
	until(t, p, "the answer is taken", "!"+dialogShown)
	clock(61)
	until(t, p, "the end covers the page", dialogShown+` && document.querySelector("#ending.ended")`)
}
