// Package webtest drives a real Chromium against a server under test.
//
// It promises to the tests that use it:
//
//   - Never a skip: where Chromium or axe-core is missing, the test fails and
//     says that scripts/test installs them.
//   - Never a hang: every step has a time limit and fails with a message that
//     names the step and the page.
//   - Every Page is a visitor of its own, with its own cookies, cache and
//     history, so two Pages in one test are two people.
//   - The browser reaches this machine only; a request to any other host is
//     still listed by Requests, and fails.
//   - What Fill types never appears in a message.
//
// A package that uses it has a TestMain that calls Main. One Chromium process
// serves all tests of the package and ends with them. Only tests import this
// package.
package webtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	startLimit = 60 * time.Second // for Chromium to come up, and for it to end
	stepLimit  = 60 * time.Second // for one step on a page, its navigation included
)

// Chromium is the browser process that the tests of a package share. Its
// methods may be called from several tests at once.
type Chromium struct {
	ctx context.Context
}

var (
	mainRuns bool
	start    = sync.OnceValues(launch)
	started  *Chromium // set by start, closed by Main
)

// Main runs the tests of a package, does what is to be done after the last of
// them, ends the browser if one of them started it, and exits. Call it from
// TestMain.
func Main(m *testing.M, after ...func()) {
	mainRuns = true
	code := m.Run()
	for _, do := range after {
		do()
	}
	if started != nil {
		started.close()
	}
	os.Exit(code)
}

// Browser returns the package's Chromium, started at the first call.
func Browser(t testing.TB) *Chromium {
	t.Helper()
	if !mainRuns {
		t.Fatal("webtest: this package needs a TestMain that calls webtest.Main")
	}
	b, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func launch() (*Chromium, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("webtest: no chromium here, scripts/test installs it: %v", err)
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), flags(path)...)
	ctx, cancel := chromedp.NewContext(allocator)
	hung := time.AfterFunc(startLimit, cancel)
	defer hung.Stop()
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, fmt.Errorf("webtest: chromium did not start within %v: %v", startLimit, err)
	}
	started = &Chromium{ctx}
	return started, nil
}

// flags keeps the browser quiet and away from the network. chromedp adds a new
// --user-data-dir for each process and removes it afterwards.
func flags(path string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	}
	for _, name := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
		"disable-background-networking", "disable-component-update", "disable-sync",
		"disable-dev-shm-usage", "hide-scrollbars",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	return options
}

func (b *Chromium) close() {
	ctx, cancel := context.WithTimeout(b.ctx, startLimit)
	defer cancel()
	if err := chromedp.Cancel(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "webtest: chromium did not end cleanly:", err)
	}
}
