package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/retention"
)

func appendOfficers(ts *testscript.TestScript, _ bool, args []string) {
	var recipients []string
	for _, file := range args[1:] {
		recipients = append(recipients, fmt.Sprintf("%q", strings.TrimSpace(ts.ReadFile(file))))
	}
	text := ts.ReadFile(args[0]) + "[addresses]\nofficers = [" + strings.Join(recipients, ", ") + "]\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func post(ts *testscript.TestScript, _ bool, args []string) {
	form := url.Values{}
	for _, field := range args[1:] {
		name, value, _ := strings.Cut(field, "=")
		form.Set(name, value)
	}
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.PostForm(ts.Getenv("URL")+args[0], form)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	client.CloseIdleConnections()
	fmt.Fprintln(ts.Stdout(), resp.StatusCode)
}

// Segments go with the night, but not when the clock may be wrong.
func TestAWrongClockRemovesNoSegment(t *testing.T) {
	in, _, err := openDemo(t.Context(), demoDir(t), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	now := time.Now().UTC()
	old := filepath.Join(netaddr.Dir(in.config.Data.Dir), now.AddDate(0, 0, -6).Format(time.DateOnly)+"-ab.segment")
	if err := errors.Join(os.MkdirAll(filepath.Dir(old), 0o700), os.WriteFile(old, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, night := range []struct {
		days    int
		confirm bool
		stays   bool
	}{{0, false, true}, {8, false, true}, {8, true, false}} {
		_, err := in.night.Run(t.Context(), now.AddDate(0, 0, night.days), night.confirm)
		if wrong := errors.Is(err, retention.ErrClock); wrong != (night.stays && night.days > 0) {
			t.Errorf("day %d: %v", night.days, err)
		}
		if _, err := os.Stat(old); (err == nil) != night.stays {
			t.Errorf("after the night of day %d: %v", night.days, err)
		}
	}
}
