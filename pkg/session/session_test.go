package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// runDir is the runtime folder beside a sessions' file.
func runDir(t *testing.T, dir string) string {
	t.Helper()
	run := filepath.Join(dir, "run")
	if err := os.MkdirAll(run, 0o700); err != nil {
		t.Fatal(err)
	}
	return run
}

// TestAMissingRuntimeFolderIsNotMade: it could lie on a disk.
func TestAMissingRuntimeFolderIsNotMade(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	if _, _, err := LoadRuntimeKey(run); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("want that the folder is missing, got %v", err)
	}
	if _, err := os.Stat(run); err == nil {
		t.Error("the folder was made")
	}
}

// open opens a sessions' file as the server does.
func open(t *testing.T, dir string) (store.Store, bool) {
	t.Helper()
	key, fresh, err := LoadRuntimeKey(runDir(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, "sessions.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return sealed.New(db, key), fresh
}

func begin(t *testing.T, st store.Store, s Session) Session {
	t.Helper()
	err := st.Update(t.Context(), func(tx store.Tx) (err error) {
		s, err = Start(tx, s, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func load(t *testing.T, st store.Store, token Token, at time.Time) (s Session, err error) {
	t.Helper()
	_ = st.View(t.Context(), func(r store.Reader) error {
		s, err = Load(r, token, at)
		return nil
	})
	return s, err
}

func TestASessionEndsWithoutAClickAndAtTheLatest(t *testing.T) {
	st, _ := open(t, t.TempDir())
	defer st.Close()
	for _, tc := range []struct {
		own        bool
		idle, life time.Duration
	}{{false, 30 * time.Minute, 12 * time.Hour}, {true, 24 * time.Hour, 7 * 24 * time.Hour}} {
		s := begin(t, st, Session{Own: tc.own, User: &User{Account: []byte("a")}})
		if _, err := load(t, st, s.Token, now.Add(tc.idle-time.Second)); err != nil {
			t.Errorf("own %t: ended a second early: %v", tc.own, err)
		}
		if _, err := load(t, st, s.Token, now.Add(tc.idle)); !errors.Is(err, ErrNone) {
			t.Errorf("own %t: goes on without a click: %v", tc.own, err)
		}
		for at := now; at.Before(now.Add(tc.life)); at = at.Add(tc.idle - time.Minute) {
			if err := st.Update(t.Context(), func(tx store.Tx) error { return Touch(tx, s.Token, at) }); err != nil {
				t.Fatalf("own %t: ended early: %v", tc.own, err)
			}
		}
		if _, err := load(t, st, s.Token, now.Add(tc.life)); !errors.Is(err, ErrNone) {
			t.Errorf("own %t: goes on for ever: %v", tc.own, err)
		}
	}
}

func TestIdleTimeIsMovedForwardAtMostOnceAMinute(t *testing.T) {
	s := Session{Seen: now.Unix()}
	if s.TouchDue(now.Add(59*time.Second)) || !s.TouchDue(now.Add(time.Minute)) {
		t.Error("the minute is not kept")
	}
}

func TestAnEndedSessionAndAStrangersTokenAreNone(t *testing.T) {
	st, _ := open(t, t.TempDir())
	defer st.Close()
	s := begin(t, st, Session{})
	other := begin(t, st, Session{})
	if err := st.Update(t.Context(), func(tx store.Tx) error { return End(tx, s.Token) }); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, st, s.Token, now); !errors.Is(err, ErrNone) {
		t.Errorf("an ended session: %v", err)
	}
	if _, err := load(t, st, other.Token, now); err != nil {
		t.Errorf("another session: %v", err)
	}
	for _, text := range []string{"", "x", strings.Repeat("A", 43), other.Token.Reveal() + "A", other.Token.Reveal()[:42] + "\n", "%%%"} {
		token, err := ParseToken(text)
		if err == nil {
			_, err = load(t, st, token, now)
		}
		if !errors.Is(err, ErrNone) {
			t.Errorf("a token of %d characters: %v", len(text), err)
		}
	}
}

// The file alone opens nothing, nor does the file with the runtime key: the
// token is the browser's.
func TestAStolenFileOpensNoSession(t *testing.T) {
	dir := t.TempDir()
	st, fresh := open(t, dir)
	if !fresh {
		t.Error("the key was there before it was made")
	}
	s := begin(t, st, Session{User: &User{Master: []byte("MASTERKEYMASTERKEYMASTERKEYMASTER")}, Welcome: &Welcome{Fresh: "7KQ2M-9XW4T-HB3CE-N0VRA"}})
	err := st.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Range("session", []byte{0}, nil) {
			if err != nil {
				return err
			}
			if bytes.Contains(e.Value, []byte("MASTERKEY")) || bytes.Contains(e.Value, []byte("7KQ2M")) || bytes.Contains(e.Key, s.Token.raw[:8]) {
				t.Error("who has file and runtime key reads the session")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "run", runtimeFile)); err != nil {
		t.Fatal(err)
	}
	st, fresh = open(t, dir) // the machine was switched off
	defer st.Close()
	if _, err := load(t, st, s.Token, now); !fresh || !errors.Is(err, sealed.ErrOpen) {
		t.Errorf("without the runtime key: fresh %t, %v", fresh, err)
	}
}

func TestTheRuntimeKeyOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	st, _ := open(t, dir)
	s := begin(t, st, Session{Staff: &Staff{Identity: "i"}})
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st, fresh := open(t, dir)
	defer st.Close()
	if got, err := load(t, st, s.Token, now); fresh || err != nil || got.Staff.Identity != "i" {
		t.Errorf("after a restart: fresh %t, %v", fresh, err)
	}
	info, err := os.Stat(filepath.Join(dir, "run", runtimeFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
}

func TestAFormIsUsedOnceUnlessItIsGivenBack(t *testing.T) {
	var s Session
	if !s.UseForm("one") || s.UseForm("one") || !s.UseForm("two") {
		t.Error("a form was used twice, or refused at first")
	}
	s.FreeForm("one")
	if !s.UseForm("one") {
		t.Error("a form that was given back is refused")
	}
	for range 2 {
		if !s.UseForm("") {
			t.Error("a script without form keys is held back")
		}
	}
	for n := range 100 {
		s.UseForm(fmt.Sprint(n))
	}
	if len(s.Forms) > maxForms {
		t.Errorf("%d forms are remembered", len(s.Forms))
	}
}

func TestATokenNeverPrintsItself(t *testing.T) {
	st, _ := open(t, t.TempDir())
	defer st.Close()
	s := begin(t, st, Session{})
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, s.Token)
		fmt.Fprintf(&out, verb, s)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", s.Token, "session", s)
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(raw)
	for _, form := range []string{s.Token.Reveal(), fmt.Sprintf("%x", s.Token.raw), fmt.Sprint(s.Token.raw)} {
		if strings.Contains(out.String(), form) {
			t.Fatal("a token was printed")
		}
	}
}
