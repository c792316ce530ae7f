package journey

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/webtest"
)

// The operator adds a business beside the running server. Its first super user
// uses the link, keeps the recovery key and types it back before the first code,
// and invites a colleague, who waits until let in.
func TestABusinessBegins(t *testing.T) {
	t.Parallel()
	dir := domaintest.ShortDir(t)
	d := startIn(t, dir)
	link := d.command(t, dir, "business", "add", "-name", "Fjordklinikken", "-number", "974760673", "-contact", "Kontakt", "-email", "super@klinikk.example")

	super := d.visitor(t, 375, false)
	super.Open(link)
	inspect(t, d, super, "super user", "nb", 375, "/pro/link/x")
	accept(t, super, "Superbruker Fjord", "kaffe og regn i Bergen 7")
	inspect(t, d, super, "super user", "nb", 375, "/pro/saved")
	var key string
	super.Eval(`document.querySelector("[data-recovery-key]").dataset.recoveryKey`, &key)
	super.Click(`button[value=saved]`)

	// No code before the recovery key was typed back.
	super.Open(d.URL + "/pro/codes")
	is(t, super, "there is no form for codes yet", `!document.querySelector("[name=count]") || document.querySelector('a[href="/pro/saved"]')`)
	super.Open(d.URL + "/pro/saved")
	super.Fill("#recovery", "AGE-SECRET-KEY-PQ-1QQQQ")
	super.Click(`form:has(#recovery) button`)
	is(t, super, "a wrong key is named", `document.querySelector("[data-error=recovery_key]")`)
	super.Fill("#recovery", strings.ToLower(key))
	super.Click(`form:has(#recovery) button`)
	super.Open(d.URL + "/pro/codes")
	super.Click(`form[action="/pro/codes"] .actions button`)
	is(t, super, "one sheet", `document.querySelectorAll(".sheet").length === 1`)

	// A colleague.
	super.Open(d.URL + "/pro/staff")
	super.Fill("#name", "Fagperson Fjord")
	super.Fill("#email", "fag@klinikk.example")
	super.Click(`form[action="/pro/staff/invite"] button`)
	super.Eval(`document.querySelector("[data-link]").dataset.link`, &link)
	colleague := d.visitor(t, 375, false)
	colleague.Open(link)
	accept(t, colleague, "Fagperson Fjord", "sykkel til Voss hver onsdag")
	colleague.Click(`button[value=saved]`)
	colleague.Open(d.URL + "/pro")
	inspect(t, d, colleague, "colleague", "nb", 375, "/pro-waiting")
	is(t, colleague, "the colleague waits", `document.querySelector('form[action="/pro/recover"]')`)
	super.Open(d.URL + "/pro/staff")
	super.Click(`form[action="/pro/staff/let-in"] button`)
	colleague.Open(d.URL + "/pro")
	is(t, colleague, "the colleague is in", `!document.querySelector('form[action="/pro/recover"]')`)

	// The link was for one time.
	again := d.visitor(t, 375, false)
	again.Open(link)
	if again.Status() != 410 {
		t.Errorf("a used link answered %d", again.Status())
	}
}

// accept fills in the form behind a link.
func accept(t *testing.T, p *webtest.Page, name, password string) {
	t.Helper()
	var secret string
	p.Eval(`document.querySelector("[data-totp-secret]").dataset.totpSecret`, &secret)
	p.Fill("#name", name)
	p.Fill("#password", password)
	p.Fill("#again", password)
	code, err := totp.GenerateCode(secret, time.Now())
	must(t, err)
	p.Fill("#totp", code)
	p.Click("main form .actions button")
	if !strings.HasSuffix(p.URL(), "/pro/saved") {
		var wrong string
		p.Eval(`document.querySelector("[data-error]")?.dataset.error ?? ""`, &wrong)
		t.Fatalf("the link was not accepted: %s", wrong)
	}
}

// command runs an operator's command beside the demo in dir and returns the
// link that it prints.
func (d *demo) command(t *testing.T, dir string, args ...string) string {
	t.Helper()
	file := filepath.Join(dir, "config.toml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "[server]\nbase_url = %q\n[data]\ndir = %q\nruntime_dir = %q\n[keys]\nroot_key_file = %q\nseal_keys_file = %q\n",
		d.URL, filepath.Join(dir, "demo", "data"), filepath.Join(dir, "demo", "run"),
		filepath.Join(dir, "demo", "keys", "root.key"), filepath.Join(dir, "demo", "keys", "seal.keys")), 0o600))
	path, err := binary()
	must(t, err)
	out, err := exec.CommandContext(t.Context(), path, append(args, "-config", file)...).Output()
	must(t, err)
	link := regexp.MustCompile(`http://\S+/pro/link/\S+`).FindString(string(out))
	if link == "" {
		t.Fatal("the command printed no link")
	}
	return link
}
