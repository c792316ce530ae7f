package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/retention"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

// brokenDemo makes a demo, lets spoil change its database beneath the seal, and
// returns its folder.
func brokenDemo(t *testing.T, spoil func(in *installation, tx store.Tx) error) (dir string, world demoWorld) {
	t.Helper()
	dir = demoDir(t)
	in, world, err := openDemo(t.Context(), dir, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := in.db.Update(t.Context(), func(tx store.Tx) error { return spoil(in, tx) }); err != nil {
		t.Fatal(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	return dir, world
}

func TestADeadlineThatCannotBeReadIsToldByTheExitStatusAndTheRestIsDone(t *testing.T) {
	dir, _ := brokenDemo(t, func(_ *installation, tx store.Tx) error {
		return tx.Put("due", []byte("\x00\x00\x00\x01first of all"), make([]byte, 100))
	})
	var out, diag bytes.Buffer
	day := time.Now().AddDate(1, 1, 0).Format(time.DateOnly)
	if status := run(t.Context(), []string{"sweep", "-data", dir, "-day", day, "-json"}, &out, &diag); status != 1 {
		t.Errorf("exit status %d", status)
	}
	var report retention.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || report.Done["lapse"] != demoNewCodes || report.Unreadable != 1 ||
		report.Night == nil || !report.Night.Compacted || report.Night.Shut != 1 {
		t.Errorf("done: %+v, %+v, %v", report, report.Night, err)
	}
	for _, want := range []string{"deadlines that cannot be read were skipped: 1", "records that do not open were left as they are: 1"} {
		if !strings.Contains(diag.String(), want) {
			t.Errorf("%q is not told in: %s", want, diag.String())
		}
	}
}

// TestANightOfAServerKeepsItsBrowsersLoggedIn, while the key in the runtime
// folder becomes another.
func TestANightOfAServerKeepsItsBrowsersLoggedIn(t *testing.T) {
	in, _, err := openDemo(t.Context(), demoDir(t), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	if err := in.openSessions(); err != nil {
		t.Fatal(err)
	}
	var s session.Session
	err = in.sessions.Update(t.Context(), func(tx store.Tx) (err error) {
		s, err = session.Start(tx, session.Session{Own: true}, time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := in.night.Runtime.Current()
	report, err := in.night.Run(t.Context(), time.Now(), false)
	if err != nil || report.Night.Sessions.Kept != 1 {
		t.Errorf("the night: %+v, %v", report.Night, err)
	}
	err = in.sessions.View(t.Context(), func(r store.Reader) error {
		_, err := session.Load(r, s.Token, time.Now())
		return err
	})
	if after, _ := in.night.Runtime.Current(); err != nil || after == before {
		t.Errorf("the browser: %v; the key is another: %t", err, after != before)
	}
}

// TestABrokenLogIsToldByTheExitStatus, and the list of a log names no reference
// and shows no address.
func TestABrokenLogIsToldByTheExitStatus(t *testing.T) {
	dir, world := brokenDemo(t, func(*installation, store.Tx) error { return nil })
	var out, diag bytes.Buffer
	status := run(t.Context(), []string{"audit", "verify", "-data", dir}, &out, &diag)
	number, _, _ := strings.Cut(out.String(), " ")
	if status != 0 || !strings.Contains(out.String(), "verifies") {
		t.Fatalf("a whole log: exit status %d: %s%s", status, out.String(), diag.String())
	}
	out.Reset()
	if status := run(t.Context(), []string{"audit", "list", "-data", dir, "-business", number}, &out, &diag); status != 0 {
		t.Errorf("the list: exit status %d: %s", status, diag.String())
	}
	for _, c := range world.Codes {
		if strings.Contains(out.String(), c.Reference) || strings.Contains(out.String(), "@") {
			t.Error("the list shows a reference or an address")
		}
	}
	in, err := openInstallation(demoConfig(dir, "http://127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := cutOut(t, in, "audit"); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	status = run(t.Context(), []string{"audit", "verify", "-data", dir}, &out, &diag)
	if status != 1 || !strings.Contains(out.String(), "DOES NOT VERIFY") || !strings.Contains(diag.String(), "entry 1 is missing") {
		t.Errorf("a broken log: exit status %d: %s%s", status, out.String(), diag.String())
	}
}

// cutOut deletes the first record of a bucket and closes the installation.
func cutOut(t *testing.T, in *installation, bucket string) error {
	t.Helper()
	defer in.close()
	return in.db.Update(t.Context(), func(tx store.Tx) error {
		var first []byte
		for e, err := range tx.Range(bucket, []byte{0}, nil) {
			if err != nil {
				return err
			}
			first = slices.Clone(e.Key)
			break
		}
		return tx.Delete(bucket, first)
	})
}
