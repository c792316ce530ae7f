package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// demoDir is where a demo can be made.
func demoDir(t *testing.T) string {
	t.Helper()
	return filepath.Join(domaintest.ShortDir(t), "demo")
}

func TestADemoHasEveryStateAndIsServedAsItWasWhenItIsKept(t *testing.T) {
	dir := demoDir(t)
	in, world, err := openDemo(t.Context(), dir, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, c := range world.Codes {
		states = append(states, c.State)
	}
	slices.Sort(states)
	if got := strings.Join(states, " "); got != "apart asked ended new new new private sharing" {
		t.Errorf("the states are %s", got)
	}
	if err := in.usage.View(t.Context(), func(r store.Reader) error {
		a, err := seeder{in, time.Now(), nil}.account(r, world, "apart")
		if err == nil && !a.Apart("phq9") {
			t.Error("nobody shares a tool by itself")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}

	in, again, err := openDemo(t.Context(), dir, "http://127.0.0.1:2")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	var out bytes.Buffer
	if err := again.print(&out, true); err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(out.Bytes(), &keys); err != nil || len(keys) != 1 || keys["url"] != "http://127.0.0.1:2" {
		t.Errorf("a demo that was kept prints %v, %v", keys, err)
	}
}

func TestADemoDoesNotTakeAFolderThatHoldsSomethingElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := openDemo(t.Context(), dir, "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "empty folder") {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder was changed: %d entries, %v", len(entries), err)
	}
}

// In a demo time can be moved: the issued codes lapse, the grants end.
func TestADemoCanBeSweptForADayToCome(t *testing.T) {
	dir := demoDir(t)
	in, _, err := openDemo(t.Context(), dir, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	var out, diag bytes.Buffer
	day := time.Now().AddDate(1, 1, 0).Format(time.DateOnly)
	if status := run(t.Context(), []string{"sweep", "-data", dir, "-day", day, "-json"}, &out, &diag); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	var report struct{ Done map[string]int }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || report.Done["lapse"] != demoNewCodes || report.Done["share"] != 4 {
		t.Errorf("done: %v, %v", report.Done, err)
	}
}
