package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/config"
)

// calmFolder is an operator's folder with the programme calm.
func calmFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "programs"), os.DirFS("../../pkg/program/testdata/programs")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// spoil changes one file of calm.
func spoil(t *testing.T, dir, name, old, replacement string) {
	t.Helper()
	path := filepath.Join(dir, "programs", "calm", name)
	raw, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(raw, []byte(old)) {
		t.Fatalf("%s: %v", name, err)
	}
	if err := os.WriteFile(path, bytes.Replace(raw, []byte(old), []byte(replacement), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestContentCheckFindsNoFaultInWhatComesAlong(t *testing.T) {
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"content", "check"}, &out, &diag); status != 0 || !strings.HasSuffix(out.String(), "no faults\n") {
		t.Errorf("exit status %d: %s%s", status, out.String(), diag.String())
	}
}

func TestContentCheckNamesEveryFaultOfAFolder(t *testing.T) {
	dir := calmFolder(t)
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"content", "check", "-dir", dir}, &out, &diag); status != 0 || !strings.Contains(out.String(), "calm, part 2, nn: ") {
		t.Errorf("exit status %d: %s%s", status, out.String(), diag.String())
	}
	spoil(t, dir, "1.nb.md", "kind: scale", "kind: essay")
	spoil(t, dir, "2.nn.md", "instrument: phq9", "instrument: phq10")
	out.Reset()
	status := run(t.Context(), []string{"content", "check", "-dir", dir, "-json"}, &out, &diag)
	var report contentReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || status != 1 {
		t.Fatalf("exit status %d, %v: %s", status, err, out.String())
	}
	told := map[string]int{}
	for _, f := range report.Faults {
		told[strings.TrimPrefix(f.File, dir)+" "+f.Text] = f.Line
	}
	for text, line := range map[string]int{
		"/programs/calm/1.nb.md kind is not known; write single, multiple, scale, ranking or plan; for free text use a note with local: true": 29,
		`/programs/calm/2.nn.md there is no mapping tool "phq10"; correct its id`:                                                             22,
	} {
		if told[text] != line {
			t.Errorf("%q is told in line %d, not %d: %v", text, told[text], line, report.Faults)
		}
	}
}

// Faults of mapping tools are told one by one as well, and counted.
func TestContentCheckCountsTheFaultsOfTools(t *testing.T) {
	dir := t.TempDir()
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"content", "check", "-dir", dir}, &out, &diag); status != 1 || !strings.Contains(diag.String(), "neither programs nor instruments") {
		t.Errorf("an empty folder: exit status %d: %s%s", status, out.String(), diag.String())
	}
	raw, err := os.ReadFile("../../assets/instruments/gad7.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(strings.Replace(string(raw), "id: gad7", "id: own", 1), "cutoff: 10", "cutoff: 40", 1)
	text = strings.Replace(text, "id: q3", "id: q2", 1)
	older := filepath.Join(dir, "instruments", "older")
	if err := errors.Join(os.MkdirAll(older, 0o700), os.WriteFile(filepath.Join(older, "gad7-1.yaml"), raw, 0o600), os.WriteFile(filepath.Join(dir, "instruments", "own.yaml"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	status := run(t.Context(), []string{"content", "check", "-dir", dir, "-json"}, &out, &diag)
	var report contentReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || status != 1 || len(report.Tools) < 2 || !strings.Contains(diag.String(), fmt.Sprintf("%d faults", len(report.Tools))) {
		t.Fatalf("exit status %d, %v: %q %s", status, err, report.Tools, diag.String())
	}
	if last := len(report.Tools) - 1; !strings.HasPrefix(report.Tools[last], filepath.Join(older, "gad7-1.yaml")+":") {
		t.Errorf("%q lacks the fault of the older version", report.Tools)
	} else {
		report.Tools = report.Tools[:last]
	}
	for _, fault := range report.Tools {
		if !strings.HasPrefix(fault, filepath.Join(dir, "instruments", "own.yaml")+":") {
			t.Errorf("%q names no line", fault)
		}
	}
}

func TestAFaultyFolderKeepsTheServerFromStarting(t *testing.T) {
	c := config.Default()
	c.Content.Dir = calmFolder(t)
	_, programs, err := loadContent(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := programs.Get("calm"); !ok {
		t.Error("the folder's programme is not there")
	}
	spoil(t, c.Content.Dir, "1.nb.md", "kind: scale", "kind: essay")
	if _, _, err := loadContent(c); err == nil || !strings.Contains(err.Error(), "1.nb.md:29: kind is not known") {
		t.Errorf("loaded: %v", err)
	}
	c.Content.Dir = filepath.Join(c.Content.Dir, "nothing")
	if _, _, err := loadContent(c); err == nil || !strings.Contains(err.Error(), "content.dir") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestContentPreviewShowsAChangeAtTheNextClick(t *testing.T) {
	dir := calmFolder(t)
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"content", "preview", "-dir", dir, "-listen", "127.0.0.1:0"}, w, io.Discard)
	}()
	line := make([]byte, 100)
	n, err := r.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSpace(string(line[:n]))
	get := func(path string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if body := get("/"); !strings.Contains(body, `href="/me/programs/calm/2/week"`) {
		t.Errorf("no list: %s", body)
	}
	page := "/me/programs/calm/1/next"
	for _, want := range []string{"Bekymring kan dempes.", "Det er sterkt nå.", "<code>bothers lacks sleep</code>", `data-block="care"`} {
		if body := get(page); !strings.Contains(body, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if body := get("/me/mapping/gad7"); !strings.Contains(body, `name="q7"`) || !strings.Contains(body, "15–21 ") || !strings.Contains(get("/"), `href="/me/mapping/gad7"`) {
		t.Error("a mapping tool is not shown with its levels")
	}
	stamp := get("/stamp")
	spoil(t, dir, "1.nb.md", "Det er sterkt nå.", "Det er mildt, nå.")
	if again := get("/stamp"); again == stamp || again != get("/stamp") {
		t.Error("an open page does not hear of the change")
	}
	if body := get(page); !strings.Contains(body, "Det er mildt, nå.") {
		t.Error("the change is not shown")
	}
	spoil(t, dir, "1.nb.md", "kind: scale", "kind: essay")
	if body := get(page); !strings.Contains(body, "1.nb.md:29: kind is not known") {
		t.Error("the fault is not shown")
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if status := <-done; status != 0 {
		t.Errorf("exit status %d", status)
	}
}

func TestContentPreviewIsForThisMachineAlone(t *testing.T) {
	var diag bytes.Buffer
	if status := run(t.Context(), []string{"content", "preview", "-listen", "0.0.0.0:0"}, io.Discard, &diag); status != 1 || !strings.Contains(diag.String(), "for this machine alone") {
		t.Errorf("exit status %d: %s", status, diag.String())
	}
}

func addContent(ts *testscript.TestScript, _ bool, args []string) {
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	text := fmt.Sprintf("%s[content]\ndir = %q\naccept_licences = [%q]\n", raw, ts.MkAbs(args[1]), args[2])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func TestContentThatNobodyHasCheckedIsAWarning(t *testing.T) {
	tools, programs, err := loadContent(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	warnOfContent(tools, programs, &said)
	for _, name := range []string{"gad7", "sleep", "anxiety"} {
		if !strings.Contains(said.String(), name) {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if strings.Contains(said.String(), "sjekkinn") {
		t.Error("the wording of our own is doubted")
	}
}
