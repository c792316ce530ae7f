package session

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// place is a sessions' file with its key, as a server has them.
type place struct {
	dir string
	key *RuntimeKey
	db  *bolt.DB
	store.Store
}

func openPlace(t *testing.T, dir string) *place {
	t.Helper()
	key, _, err := LoadRuntimeKey(runDir(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, "sessions.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &place{dir, key, db, sealed.New(db, key)}
}

// reopened is the same place after the process was killed.
func (p *place) reopened(t *testing.T) *place {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return openPlace(t, p.dir)
}

func (p *place) renew(t *testing.T, at time.Time, want Moved) {
	t.Helper()
	if got, err := Renew(t.Context(), p.db, p.key, at); got != want || err != nil {
		t.Errorf("moved %+v, %v; want %+v", got, err, want)
	}
}

func (p *place) keyFile(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.dir, "run", runtimeFile))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestALoggedInBrowserStaysLoggedInThroughTheNight, and what has ended does not
// come along. What others keep beside the sessions does.
func TestALoggedInBrowserStaysLoggedInThroughTheNight(t *testing.T) {
	p := openPlace(t, t.TempDir())
	shared := begin(t, p, Session{User: &User{Account: []byte("shared")}})
	own := begin(t, p, Session{Own: true, User: &User{Account: []byte("own")}})
	err := p.Update(t.Context(), func(tx store.Tx) error { return tx.Put("other", []byte("k"), []byte("v")) })
	if err != nil {
		t.Fatal(err)
	}
	before := p.keyFile(t)

	p.renew(t, now, Moved{Kept: 3})
	if string(p.keyFile(t)) == string(before) || len(p.keyFile(t)) != len(before) {
		t.Error("the key was not replaced by one other")
	}
	night := now.Add(2 * time.Hour) // the shared device's visit is over, and its hour
	p.renew(t, night, Moved{Kept: 2, Ended: 1})
	for range 2 { // as it is, and after a restart
		if s, err := load(t, p, own.Token, night); err != nil || string(s.User.Account) != "own" {
			t.Errorf("the browser is logged out: %v", err)
		}
		if _, err := load(t, p, shared.Token, now); !errors.Is(err, ErrNone) {
			t.Errorf("what had ended came along: %v", err)
		}
		p = p.reopened(t)
	}
}

// TestTheKeyOfYesterdayOpensNothing, neither the new file nor, any more, the
// one of yesterday, of which somebody may have a copy.
func TestTheKeyOfYesterdayOpensNothing(t *testing.T) {
	p := openPlace(t, t.TempDir())
	s := begin(t, p, Session{})
	yesterday := p.keyFile(t)
	file, err := os.ReadFile(filepath.Join(p.dir, "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	p.renew(t, now, Moved{Kept: 1})

	open := func(file, key []byte) error {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string][]byte{"sessions.db": file, "run/" + runtimeFile: key} {
			if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := load(t, openPlace(t, dir), s.Token, now)
		return err
	}
	today, err := os.ReadFile(filepath.Join(p.dir, "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := open(file, yesterday); err != nil {
		t.Errorf("the control: yesterday's file with yesterday's key: %v", err)
	}
	for name, err := range map[string]error{
		"today's file with yesterday's key": open(today, yesterday),
		"yesterday's file with today's key": open(file, p.keyFile(t)),
	} {
		if !errors.Is(err, sealed.ErrNoKey) {
			t.Errorf("%s: %v, want ErrNoKey", name, err)
		}
	}
}

// TestAChangeThatIsCutOffLosesNothing at either of its steps, and the next one
// makes up for it.
func TestAChangeThatIsCutOffLosesNothing(t *testing.T) {
	for name, cut := range map[string]func(p *place, move func() error) error{
		"before the file moved": func(*place, func() error) error { return errors.New("cut off") },
		"after the file moved":  func(_ *place, move func() error) error { return errors.Join(move(), errors.New("cut off")) },
	} {
		p := openPlace(t, t.TempDir())
		old := begin(t, p, Session{})
		mover := sealed.NewResealer(p.key)
		err := p.key.renew(func() error { return cut(p, func() error { return p.db.Compact(t.Context(), mover.Change) }) })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		fresh := begin(t, p, Session{})
		p = p.reopened(t)
		for range 2 {
			for which, s := range map[string]Session{"old": old, "new": fresh} {
				if _, err := load(t, p, s.Token, now); err != nil {
					t.Errorf("%s: the %s session: %v", name, which, err)
				}
			}
			p.renew(t, now, Moved{Kept: 2})
			if n := len(p.keyFile(t)); n != entryLen {
				t.Errorf("%s: the key's file has %d bytes after a whole change", name, n)
			}
		}
	}
}

// TestWhoIsReadingMeanwhileGoesOnReading in the old file, under the old key.
func TestWhoIsReadingMeanwhileGoesOnReading(t *testing.T) {
	p := openPlace(t, t.TempDir())
	s := begin(t, p, Session{})
	err := p.View(t.Context(), func(r store.Reader) error {
		p.renew(t, now, Moved{Kept: 1})
		_, err := Load(r, s.Token, now)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSessionsThatDoNotOpenAreLeftBehind(t *testing.T) {
	p := openPlace(t, t.TempDir())
	s := begin(t, p, Session{})
	err := p.db.Update(t.Context(), func(tx store.Tx) error { return tx.Put("session", []byte("damaged"), make([]byte, 100)) })
	if err != nil {
		t.Fatal(err)
	}
	p.renew(t, now, Moved{Kept: 1, Ended: 1})
	if _, err := load(t, p, s.Token, now); err != nil {
		t.Error(err)
	}
}
