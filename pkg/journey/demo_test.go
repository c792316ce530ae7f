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

	"selvhjelp/pkg/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// demo is a running "selvhjelp demo".
type demo struct {
	URL          string `json:"url"`
	Codes        []code `json:"codes"`
	Professional staff  `json:"professional"`
	SuperUser    staff  `json:"super_user"`
	used         map[string]int
}

type code struct {
	Code, Reference, State string
}

type staff struct {
	Email, Password string
	TOTPSecret      string `json:"totp_secret"`
}

// binary builds the command once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "selvhjelp")
	if err != nil {
		return "", err
	}
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
	path, err := binary()
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "demo", "-json", "-listen", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // ended by the signal
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	must(t, err)
	d := &demo{used: map[string]int{}}
	must(t, json.Unmarshal(line, d))
	return d
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
	p.Open(d.URL + "/")
	p.Fill("#code", c.Code)
	p.Click("#login .actions button")
	return c
}

// staffLogin logs in a professional. A one-time code is good once, so each of
// the two logs in once in a demo.
func (d *demo) staffLogin(t *testing.T, p *webtest.Page, s staff) {
	t.Helper()
	now, err := totp.GenerateCode(s.TOTPSecret, time.Now())
	must(t, err)
	p.Open(d.URL + "/pro/login")
	p.Fill("[name=email]", s.Email)
	p.Fill("[name=password]", s.Password)
	p.Fill("[name=totp]", now)
	p.Click("main form button")
	if !strings.HasSuffix(p.URL(), "/pro") {
		t.Fatalf("the login led to %s", p.URL())
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
