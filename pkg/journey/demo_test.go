package journey

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m, func() { closeMarket() }, func() { removeBinary() }) }

// demo is a running "selvhjelp demo".
type demo struct {
	URL          string `json:"url"`
	Codes        []code `json:"codes"`
	Professional staff  `json:"professional"`
	SuperUser    staff  `json:"super_user"`
	Staff        staff  `json:"staff"` // the operator's
	used         map[string]int
}

type code struct {
	Code, Reference, State string
}

type staff struct {
	Email, Password string
	TOTPSecret      string `json:"totp_secret"`
}

// removeBinary removes the command, if a test had it built.
var removeBinary = func() {}

// binary builds the command once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "selvhjelp")
	if err != nil {
		return "", err
	}
	removeBinary = func() { _ = os.RemoveAll(dir) } // it is in the system's folder for such things
	path := filepath.Join(dir, "selvhjelp")
	out, err := exec.Command("go", "build", "-o", path, "selvhjelp/cmd/selvhjelp").CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	return path, err
})

// start runs a demo until the test ends.
func start(t *testing.T) *demo {
	t.Helper()
	return startIn(t, domaintest.ShortDir(t))
}

// startIn runs a demo that keeps its data in a folder of dir.
func startIn(t *testing.T, dir string, more ...string) *demo {
	t.Helper()
	domaintest.SameDay(2 * time.Minute)
	d, stop, err := launch(dir, more...)
	t.Cleanup(stop)
	must(t, err)
	return d
}

// launch runs a demo that keeps its data in a folder of dir, until it is stopped.
func launch(dir string, more ...string) (d *demo, stop func(), err error) {
	path, err := binary()
	if err != nil {
		return nil, func() {}, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	args := []string{"demo", "-json", "-listen", "127.0.0.1:0", "-data", filepath.Join(dir, "demo")}
	cmd := exec.CommandContext(ctx, path, append(args, more...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, cancel, err
	}
	stop = func() {
		cancel()
		_ = cmd.Wait() // ended by the signal
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return nil, stop, err
	}
	d = &demo{used: map[string]int{}}
	return d, stop, json.Unmarshal(line, d)
}

// code is the next code of a state.
func (d *demo) code(t *testing.T, state string) code {
	t.Helper()
	n := 0
	for _, c := range d.Codes {
		if c.State != state {
			continue
		}
		if n == d.used[state] {
			if state == "new" {
				d.used[state]++
			}
			return c
		}
		n++
	}
	t.Fatalf("the demo has no code left that is %s", state)
	return code{}
}

// login logs in with a code of a state.
func (d *demo) login(t *testing.T, p *webtest.Page, state string) code {
	t.Helper()
	c := d.code(t, state)
	d.enter(p, c.Code)
	return c
}

// staffLogin logs in a professional. A one-time code is good once, so each of
// them logs in once in a demo.
func (d *demo) staffLogin(t *testing.T, p *webtest.Page, s staff) {
	t.Helper()
	p.Open(d.URL + "/pro/login")
	p.Fill("[name=email]", s.Email)
	p.Fill("[name=password]", s.Password)
	now, err := totp.GenerateCode(s.TOTPSecret, time.Now()) // good for half a minute
	must(t, err)
	p.Fill("[name=totp]", now)
	p.Click("main form button")
	if !strings.HasSuffix(p.URL(), "/pro") && !strings.HasSuffix(p.URL(), "/staff") {
		t.Fatalf("the login led to %s", p.URL())
	}
}

// An authenticator app shows the codes of the real time, whatever day it is in a demo.
func TestAnAppLogsInToADemoThatIsAhead(t *testing.T) {
	t.Parallel()
	d := startIn(t, domaintest.ShortDir(t), "-day", time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly))
	p := webtest.Browser(t).Page(t, 375, 900, false)
	d.staffLogin(t, p, d.Professional)
	d.staffLogin(t, p, d.Staff)
}

// visitor opens the front page in Norwegian.
func (d *demo) visitor(t *testing.T, width int, javascript bool) *webtest.Page {
	t.Helper()
	p := webtest.Browser(t).Page(t, width, 900, javascript)
	p.Open(d.URL + "/")
	p.Click(".languages button[value=nb]")
	return p
}

// enter logs in with a code, or says why not.
func (d *demo) enter(p *webtest.Page, code string) {
	p.Open(d.URL + "/")
	p.Fill("#code", code)
	p.Click("#login .actions button")
}

// is checks a JavaScript condition on the page. What it compares may be secret,
// so a failure names only the expectation.
func is(t *testing.T, p *webtest.Page, expectation, condition string) {
	t.Helper()
	var so bool
	p.Eval("Boolean("+condition+")", &so)
	if !so {
		t.Errorf("%s: not so: %s", oneOfAKind.ReplaceAllString(p.URL(), "*"), expectation)
	}
}

// until waits for a condition, half a minute at most. The page's scripts must be on.
func until(t *testing.T, p *webtest.Page, expectation, condition string) {
	t.Helper()
	p.Eval(`(async () => {
		const begun = performance.now();
		while (!(`+condition+`) && performance.now() - begun < 40_000) {
			await new Promise(next => setTimeout(next, 50));
		}
	})()`, nil)
	is(t, p, expectation, condition)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
