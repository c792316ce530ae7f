package attack

import (
	"errors"
	"testing"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// inGAD7 are the sentinels that "apart" leaves in a mapping with GAD-7; those in
// PHQ-9 are the user's own.
var inGAD7 = []string{"answer-in-gad7", "band-in-gad7"}

// TestWhoMayReadOneToolOpensNoOther: a business that is shown one tool by itself,
// with all files, the server's keys, a password and the keys that it held while
// all mapping was shared, opens nothing of the other tool. It opens the one that
// it is shown, or the thief would be blind.
func TestWhoMayReadOneToolOpensNoOther(t *testing.T) {
	for _, shown := range []string{"gad7", "phq9"} {
		w := buildApart(t, shown)
		x := newThief(t, w)
		x.takePassword(w.alpha.pro)
		for _, key := range w.captured {
			x.takeKey(key.Bytes())
		}
		x.rob()
		u := w.users["apart"]
		for _, text := range []string{u.answer(), u.band()} {
			if x.knows(text) != (shown == "phq9") {
				t.Errorf("shown %s, and a mapping with PHQ-9 is read: %t", shown, x.knows(text))
			}
		}
		for _, text := range inGAD7 {
			if x.knows(text) != (shown == "gad7") {
				t.Errorf("shown %s, and a mapping with GAD-7 is read: %t", shown, x.knows(text))
			}
		}
		for _, text := range u.private() {
			if x.knows(text) {
				t.Error("a draft or what a correction replaced is read")
			}
		}
		mappings := map[string]int{"phq9": 3, "gad7": 2}
		if of := x.of[u.ref.ID]; of["registration"] != mappings[shown] || of["summary"] != 1 {
			t.Errorf("shown %s: %v", shown, of)
		}
	}
}

// buildApart makes a world in which "apart" first shared all mapping with alpha
// and then one tool by itself, and went on recording. Then the night passes.
func buildApart(t *testing.T, shown string) *world {
	t.Helper()
	w := &world{t: t, passwords: true, World: domaintest.Open(t), users: map[string]*user{}}
	w.alpha = w.firm("alpha")
	w.issue(w.alpha, "apart", "APART2")
	w.welcome("apart", w.alpha, vault.Mapping)
	w.inApart(func(tx store.Tx, a *vault.Account) error { return recordGAD7(tx, a) })
	w.look(w.alpha) // adopts the grant
	w.remember("apart")
	w.captured = w.captured[:2] // programmes were never shared
	w.inApart(func(tx store.Tx, a *vault.Account) error {
		return errors.Join(
			account.Split(tx, a, []string{"phq9", "gad7"}, nil, now),
			consent.Share(tx, a, w.alpha.business(tx), a.Data.Services[0], []string{vault.Tool(shown)}, now),
			consent.Withdraw(tx, a, w.alpha.business(tx), a.Data.Services[0], []string{vault.Mapping}, now))
	})
	w.inApart(func(tx store.Tx, a *vault.Account) error {
		m := registration.Mapping{Instrument: "phq9", Answers: map[string]int{w.users["apart"].answer(): 1}, Band: w.users["apart"].band(), At: now.Unix() + 9}
		return errors.Join(registration.Save(tx, a, registration.NewID(), m), recordGAD7(tx, a))
	})
	w.look(w.alpha)
	w.night()
	return w
}

func recordGAD7(tx store.Tx, a *vault.Account) error {
	m := registration.Mapping{Instrument: "gad7", Answers: map[string]int{inGAD7[0]: 1}, Band: inGAD7[1], At: now.Unix() + 5}
	return registration.Save(tx, a, registration.NewID(), m)
}

// inApart runs fn as "apart", and moves what it leaves to be moved.
func (w *world) inApart(fn func(tx store.Tx, a *vault.Account) error) {
	w.t.Helper()
	for _, do := range []func(tx store.Tx, a *vault.Account) error{fn, func(tx store.Tx, a *vault.Account) error {
		_, err := account.Reseal(tx, a)
		return err
	}} {
		w.Update(w.t, func(tx store.Tx) error {
			a, err := account.Resume(tx, w.Ring, w.users["apart"].ref)
			if err != nil {
				return err
			}
			return errors.Join(do(tx, a), a.Save(tx))
		})
	}
}
