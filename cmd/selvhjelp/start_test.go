package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestACommandWaitsForAServerThatIsStarting: it has the database, and does not
// answer commands yet.
func TestACommandWaitsForAServerThatIsStarting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	in, _, err := openDemo(t.Context(), dir, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	asked := make(chan int)
	var out, diag bytes.Buffer
	go func() { asked <- run(t.Context(), []string{"business", "list", "-data", dir}, &out, &diag) }()
	waitLocked(t, dir)
	l, err := listenLocal("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- in.serve(ctx, l, true, io.Discard, func() {}) }()
	if status := <-asked; status != 0 || !strings.Contains(out.String(), "Demo") {
		t.Errorf("exit status %d: %s%s", status, out.String(), diag.String())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// waitLocked returns when somebody else has been refused the database once.
func waitLocked(t *testing.T, dir string) {
	t.Helper()
	if other, err := openInstallation(demoConfig(dir, "http://127.0.0.1")); err == nil {
		t.Error("two have the database")
		other.close()
	}
}
