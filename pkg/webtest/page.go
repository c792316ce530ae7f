package webtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Page is one visitor's tab. Selectors are CSS; where several elements match,
// the first is meant, and a step waits for it until the time limit. Every
// failure ends the test. A Page belongs to one test and one goroutine.
type Page struct {
	t       testing.TB
	ctx     context.Context
	limit   time.Duration
	scripts bool              // whether the page's own may run
	answer  *network.Response // to the last navigation
	traffic traffic
}

// Page opens an empty tab for a new visitor, width by height CSS pixels, with
// or without JavaScript. It has the focus, whichever other tabs there are, and
// closes when the test ends.
func (b *Chromium) Page(t testing.TB, width, height int, javascript bool) *Page {
	t.Helper()
	p := &Page{t: t, limit: stepLimit}
	ctx, cancel := chromedp.NewContext(b.ctx,
		chromedp.WithNewBrowserContext(), chromedp.WithListener(p.traffic.hear))
	t.Cleanup(cancel)
	p.ctx = ctx
	p.openTab(cancel)
	run(p, "give it the focus", func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		return chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	})
	p.Resize(width, height)
	p.SetJavaScript(javascript)
	return p
}

// Resize makes the tab width by height CSS pixels.
func (p *Page) Resize(width, height int) {
	p.t.Helper()
	run(p, "set the window size", chromedp.EmulateViewport(int64(width), int64(height)))
}

// openTab makes the first call on the page's context. Its life is the tab's,
// so a limit on that call must end the tab and not only the call.
func (p *Page) openTab(cancel context.CancelFunc) {
	p.t.Helper()
	hung := time.AfterFunc(p.limit, cancel)
	defer hung.Stop()
	if err := chromedp.Do(p.ctx); err != nil {
		p.t.Fatalf("webtest: no new tab within %v: %v", p.limit, err)
	}
}

// Open goes to a URL, or to a path on the host of the page now shown, and
// waits until it has loaded.
func (p *Page) Open(address string) {
	p.t.Helper()
	here, err := url.Parse(p.URL())
	if err != nil {
		p.t.Fatalf("webtest: address of the page: %v", err)
	}
	to, err := here.Parse(address)
	if err != nil {
		p.t.Fatalf("webtest: open: %v", err)
	}
	p.load("open "+address, chromedp.NavigateResponse(to.String()))
}

// Click clicks an element and waits until the page it leads to has loaded.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.load("click "+selector, loaded(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)))
}

// Tap clicks an element that leads to no other page: a check box, a summary,
// a link into the same page, a button of a script.
func (p *Page) Tap(selector string) {
	p.t.Helper()
	run(p, "tap "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Fill empties an input or textarea and types text into it, key by key; a line
// break is the Enter key.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	run(p, "fill "+selector, chromedp.Steps(
		chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible),
		chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"),
		chromedp.KeyEvent(kb.Backspace+text)))
}

// Text returns the text of an element as it is seen, without the space around
// it.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(run(p, "text of "+selector, chromedp.Text(chromedp.CSS(selector))))
}

// HTML returns the document as it stands now, whatever scripts did to it.
func (p *Page) HTML() string {
	p.t.Helper()
	return run(p, "read the document", chromedp.OuterHTML(chromedp.CSS("html")))
}

// Title returns the title of the page.
func (p *Page) Title() string {
	p.t.Helper()
	return run(p, "read the title", chromedp.Title())
}

// URL returns the address of the page, its fragment included.
func (p *Page) URL() string {
	p.t.Helper()
	return run(p, "read the address", chromedp.Location())
}

// Status returns the HTTP status that answered the last Open or Click, after
// redirects; 0 before the first.
func (p *Page) Status() int {
	if p.answer == nil {
		return 0
	}
	return int(p.answer.Status)
}

// Screenshot writes the whole page to file, as PNG.
func (p *Page) Screenshot(file string) {
	p.t.Helper()
	png := run(p, "take a screenshot", chromedp.FullScreenshot(100))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatalf("webtest: screenshot: %v", err)
	}
}

// Eval runs a JavaScript expression in the page, waits for it if it is a
// promise, and decodes its value as JSON into v, a pointer; a nil v drops it.
// It works under any Content-Security-Policy, and with the page's own scripts
// off, but a promise is settled only while they are on.
func (p *Page) Eval(javascript string, v any) {
	p.t.Helper()
	raw := run(p, "run a script", chromedp.Evaluate[[]byte](javascript, chromedp.EvalAwaitPromise))
	if v == nil {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		p.t.Fatalf("webtest: value of a script: %v", err)
	}
}

// SetJavaScript turns the page's own scripts on or off, from the next Open or
// Click on.
func (p *Page) SetJavaScript(on bool) {
	p.t.Helper()
	p.scripts = on
	p.allowScripts(on)
}

func (p *Page) allowScripts(on bool) {
	p.t.Helper()
	run(p, "switch JavaScript", func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		return chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
}

func (p *Page) load(step string, navigate chromedp.Action[*network.Response]) {
	p.t.Helper()
	p.traffic.restart()
	p.answer = run(p, step, navigate)
}

// loaded takes a step and waits until the page it leads to has loaded.
func loaded(step chromedp.Action[chromedp.Void]) chromedp.Action[*network.Response] {
	return func(ctx context.Context, _ *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, step)
	}
}

// run takes one step on a page within its time limit, or fails the test.
func run[T any](p *Page, step string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("not done within %v", p.limit)
	}
	if err != nil {
		p.t.Fatalf("webtest: %s, on %s: %v", step, p.where(), err)
	}
	return v
}

func (p *Page) where() string {
	if p.answer == nil {
		return "an empty tab"
	}
	return fmt.Sprintf("%s (%d)", p.answer.URL, p.answer.Status)
}
