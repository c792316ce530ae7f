package journey

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvhjelp/pkg/webtest"
)

// preview shows a folder of content until the test ends, and returns its address.
func preview(t *testing.T, dir string) string {
	t.Helper()
	path, err := binary()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), path, "content", "preview", "-dir", dir, "-listen", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, errors.Join(err, cmd.Start()))
	t.Cleanup(func() { _ = cmd.Wait() }) // ended by the signal
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return strings.TrimSpace(line)
}

// Who writes content fills in a tool and sees what its answers come to, and an
// open page follows what is written.
func TestWhoWritesContentSeesItChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	raw, err := os.ReadFile("../../assets/instruments/phq4.yaml")
	must(t, err)
	file := filepath.Join(dir, "instruments", "own.yaml")
	write := func(title string) {
		text := strings.NewReplacer("id: phq4\n", "id: own\n", "PHQ-4", title).Replace(string(raw))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	must(t, os.Mkdir(filepath.Dir(file), 0o700))
	write("FIRST")
	p := webtest.Browser(t).Page(t, 375, 900, true)
	p.Open(preview(t, dir))
	p.Click(`.languages button[value=nb]`)
	p.Click(`a[href="/me/mapping/own"]`)
	p.Eval(`document.querySelectorAll("#mapping fieldset").forEach(q => q.querySelectorAll("input")[2].click())`, nil)
	p.Click(`#mapping .actions button`)
	is(t, p, "it is scored", `document.querySelector(".result [data-score='8'][data-band=moderate]")`)
	fits(t, p, "a scored tool", "nb")
	p.Open("/me/mapping/own")
	is(t, p, "with its title", `document.querySelector("h1").textContent.includes("FIRST")`)
	asks(t, p, "/stamp", 2) // of how it is now, and again
	write("SECOND")
	asks(t, p, "/me/mapping/own", 1)
	p.Open("/me/mapping/own")
	is(t, p, "which follows", `document.querySelector("h1").textContent.includes("SECOND")`)
}

// asks waits until the page has asked for a path, so many times from now on.
func asks(t *testing.T, p *webtest.Page, path string, times int) {
	t.Helper()
	asked := func() (n int) {
		for _, address := range p.Requests() {
			if strings.HasSuffix(address, path) {
				n++
			}
		}
		return n
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	want := asked() + times
	for begun := time.Now(); asked() < want; <-again.C {
		if time.Since(begun) > time.Minute {
			t.Fatalf("the page does not ask for %s", path)
		}
	}
}
