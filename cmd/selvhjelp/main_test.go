package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/domaintest"
)

func TestMain(m *testing.M) { testscript.Main(sameDay{m}, map[string]func(){"selvhjelp": main}) }

// sameDay begins the tests where the day (UTC) is long enough for them: programs
// look at the clock of the machine.
type sameDay struct{ *testing.M }

func (d sameDay) Run() int {
	domaintest.SameDay(5 * time.Minute)
	return d.M.Run()
}

// TestCommands runs the scripts in testdata/commands. Each opens with its story.
//
//	configure FILE    a configuration with folders of its own and a free port
//	content FILE DIR ID   give a configuration a folder of content and an accepted licence
//	overwrite FILE    replace a file by random bytes
//	age FILE          seal keys as if they had been made long ago
//	certify DAYS      a certificate of so many days, and a configuration that uses it
//	truncate FILE     cut a file off after 6000 bytes
//	mailserver FILE HOW   a mail server, and a configuration that uses it; "refuse" takes nothing
//	mailed N          N letters have arrived; LINK is the address in the last
//	opens URL         the page is there
//	waitready         wait until the server answers
//	officers FILE A B append two officers, whose recipients stand in A and B
//	sells FILE        append a product, and make the secrets of the payment provider
//	post PATH FIELD.. send a form to the server and print the status
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/commands",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("FORGED", "x\n2  somebody  else")
			env.Setenv("TODAY", time.Now().UTC().Format(time.DateOnly))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"configure":  configure,
			"content":    addContent,
			"overwrite":  change(func(raw []byte) []byte { return []byte(rand.Text() + rand.Text()) }),
			"age":        change(aged),
			"certify":    certify,
			"truncate":   change(func(raw []byte) []byte { return raw[:6000] }),
			"waitready":  waitReady,
			"officers":   appendOfficers,
			"sells":      sells,
			"post":       post,
			"mailserver": func(ts *testscript.TestScript, _ bool, args []string) { mailServer(t, ts, args) },
			"mailed":     mailed,
			"opens":      opens,
		},
	})
}

func configure(ts *testscript.TestScript, _ bool, args []string) {
	// An address of its own: nobody else takes the port before the server does.
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+mathrand.IntN(254), mathrand.IntN(256), 1+mathrand.IntN(254)))
	ts.Check(err)
	ts.Check(l.Close())
	dir := ts.Getenv("WORK")
	for _, d := range []string{"data", "keys", "run"} {
		ts.Check(os.MkdirAll(filepath.Join(dir, d), 0o700))
	}
	text := fmt.Sprintf(`[server]
listen = %q
base_url = "http://%s"
[data]
dir = %q
runtime_dir = %q
[keys]
root_key_file = %q
seal_keys_file = %q
`, l.Addr(), l.Addr(), filepath.Join(dir, "data"), filepath.Join(dir, "run"), filepath.Join(dir, "keys/root.key"), filepath.Join(dir, "keys/seal.keys"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
	ts.Setenv("URL", "http://"+l.Addr().String())
}

// waitReady asks the control socket until the server answers.
func waitReady(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for ; ctx.Err() == nil; <-again.C {
		if _, err := control.Call(ctx, ts.MkAbs("data"), control.Request{Command: "ping"}); err == nil {
			return
		}
	}
	ts.Fatalf("the server does not answer")
}

func change(how func([]byte) []byte) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		path := ts.MkAbs(args[0])
		raw, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(os.Chmod(path, 0o600))
		ts.Check(os.WriteFile(path, how(raw), 0o600))
	}
}

func TestUnknownWordsGetTheUsageAndExitStatus2(t *testing.T) {
	for _, args := range [][]string{nil, {"dance"}, {"business"}, {"version", "now"}, {"serve"}, {"check", "-konfig", "x"}, {"demo", "-listen"}, {"keys", "destroy"}} {
		var out, diag bytes.Buffer
		if status := run(t.Context(), args, &out, &diag); status != 2 {
			t.Errorf("%q: exit status %d", args, status)
		}
		if !strings.Contains(diag.String(), "usage: selvhjelp") {
			t.Errorf("%q: no usage is shown", args)
		}
	}
}

func TestADemoIsForThisMachineAlone(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":8080", "192.168.1.1:80", "example.org:80"} {
		var out, diag bytes.Buffer
		if status := run(t.Context(), []string{"demo", "-listen", address}, &out, &diag); status != 1 {
			t.Errorf("%s: exit status %d", address, status)
		}
	}
}

func TestATakenPortIsReplacedByAFreeOne(t *testing.T) {
	first, err := listenLocal("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listenLocal(first.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if first.Addr().String() == second.Addr().String() {
		t.Error("the port was taken twice")
	}
}
