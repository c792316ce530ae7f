package session

import (
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// lain stores a session where sessions lay before.
func lain(t *testing.T, st store.Store, s Session) Session {
	t.Helper()
	s = begin(t, st, s)
	err := st.Update(t.Context(), func(tx store.Tx) error {
		plain, err := encode(s)
		if err != nil {
			return err
		}
		at, key := s.Token.before()
		return errors.Join(End(tx, s.Token), table.Put(tx, at, stored{until(s.Ends()), key.Seal("session", plain, at)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestASessionOfBeforeTheUpdateGoesOn, moves when it is saved, and ends.
func TestASessionOfBeforeTheUpdateGoesOn(t *testing.T) {
	st, _ := open(t, t.TempDir())
	s := lain(t, st, Session{User: &User{Lookup: []byte("l"), Account: []byte("a"), Master: []byte("m")}})
	lies := func(at []byte, _ vault.Key) (there bool) {
		_ = st.View(t.Context(), func(r store.Reader) error {
			_, err := table.Get(r, at)
			there = err == nil
			return nil
		})
		return there
	}
	if got, err := load(t, st, s.Token, now); err != nil || string(got.User.Account) != "a" {
		t.Fatalf("a session of before: %v", err)
	}
	if err := st.Update(t.Context(), func(tx store.Tx) error { return Touch(tx, s.Token, now.Add(time.Minute)) }); err != nil {
		t.Fatal(err)
	}
	if lies(s.Token.before()) || !lies(s.Token.keys()) {
		t.Error("once saved it has not moved")
	}
	if got, err := load(t, st, s.Token, now.Add(time.Minute)); err != nil || got.Seen != now.Add(time.Minute).Unix() {
		t.Errorf("once moved: %v", err)
	}
	other := lain(t, st, Session{User: &User{}})
	for _, token := range []Token{s.Token, other.Token} {
		if err := st.Update(t.Context(), func(tx store.Tx) error { return End(tx, token) }); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, st, token, now); !errors.Is(err, ErrNone) {
			t.Errorf("once ended: %v", err)
		}
	}
}
