package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/mailtest"
)

// servers are the mail servers of the scripts, by their work folders.
var servers sync.Map

// mailServer starts a mail server on this machine and adds it to a
// configuration.
func mailServer(t *testing.T, ts *testscript.TestScript, args []string) {
	s := mailtest.Start(t, mailtest.Kind{TLS: "none", Refuse: slices.Contains(args, "refuse")})
	servers.Store(ts.Getenv("WORK"), s)
	path := ts.MkAbs(args[0])
	raw, err := os.ReadFile(path)
	ts.Check(err)
	raw = fmt.Appendf(raw, "[mail]\nhost = %q\nport = %d\ntls = \"none\"\nfrom = \"post@selvhjelp.example\"\n", s.Host, s.Port)
	ts.Check(os.WriteFile(path, raw, 0o600))
}

func mailed(ts *testscript.TestScript, _ bool, args []string) {
	s, _ := servers.Load(ts.Getenv("WORK"))
	letters := s.(*mailtest.Server).Letters()
	if fmt.Sprint(len(letters)) != args[0] {
		ts.Fatalf("%d letters have arrived", len(letters))
	}
	if len(letters) > 0 {
		last := letters[len(letters)-1]
		ts.Setenv("TO", last.To)
		ts.Setenv("LINK", regexp.MustCompile(`http\S+`).FindString(last.Text))
	}
}

func opens(ts *testscript.TestScript, _ bool, args []string) {
	resp, err := http.Get(args[0])
	ts.Check(err)
	ts.Check(resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("answered %d", resp.StatusCode)
	}
}

func TestAMailServersPasswordIsReadFromItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	c := config.Mail{Host: "smtp.example.org", Port: 587, TLS: "starttls", From: "post@selvhjelp.example", Username: "post", PasswordFile: file}
	if _, err := openMail(c); err == nil || !strings.Contains(err.Error(), "mail.password_file") {
		t.Errorf("a file that is not there: %v", err)
	}
	for content, good := range map[string]bool{"\n": false, "hemmelig\n": true} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := openMail(c); (s != nil && err == nil) != good {
			t.Errorf("%d bytes: %v", len(content), err)
		}
	}
	if s, err := openMail(config.Mail{Port: 587, TLS: mail.STARTTLS}); s != nil || err != nil {
		t.Errorf("without a server: %v", err)
	}
}
