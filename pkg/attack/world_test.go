package attack

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/retention"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// now is the moment at which everything happens, due the last day of the codes.
var (
	now = domaintest.Now
	due = deadline.DayOf(now) + 365
)

// world is what the thieves steal from.
type world struct {
	*domaintest.World
	t           testing.TB
	passwords   bool // professionals' keys are those of their passwords
	alpha, beta *firm
	users       map[string]*user
	kept        []byte      // the keys of alpha in a session of "ex", from before the end of it
	captured    []vault.Key // what sessions at alpha held of "withdrawn" and "deleted" while they shared
	before      loot        // the sealed records, from before the ends
	day         string      // a copy of the file from before the night
}

// user is somebody with an account, and the sentinels they have left in it.
type user struct {
	name      string
	reference string // of the issued code; empty for a self-made account
	issued    accesscode.Code
	opening   []byte          // the key of the issued code's opening
	code      accesscode.Code // that they log in with
	ref       account.Ref
}

// The sentinels of a user. Visits have none: they are counted.
func (u *user) answer() string   { return "answer-of-" + u.name }   // in registrations
func (u *user) band() string     { return "band-of-" + u.name }     // in registrations and summaries
func (u *user) draft() string    { return "draft-of-" + u.name }    // in an unfinished mapping
func (u *user) replaced() string { return "replaced-by-" + u.name } // in what a correction replaced

// private is what no business is ever to read.
func (u *user) private() []string { return []string{u.draft(), u.replaced(), u.ahead()} }

// build makes the world and lets the night pass.
func build(t testing.TB) *world { return (&world{t: t}).build() }

// buildWithPasswords makes one in which a thief can use a password.
func buildWithPasswords(t testing.TB) *world { return (&world{t: t, passwords: true}).build() }

func (w *world) build() *world {
	w.t.Helper()
	w.World, w.users = domaintest.Open(w.t), map[string]*user{}
	w.alpha, w.beta = w.firm("alpha"), w.firm("beta")
	for name, reference := range map[string]string{"kept": "AKEPT1", "own": "A0WN22", "withdrawn": "AW1THD", "deleted": "ADE1ET", "unused": "AVNVSD"} {
		w.issue(w.alpha, name, reference)
	}
	w.issue(w.beta, "beta", "BBETA6")

	w.users["kept"].code = w.users["kept"].issued
	w.welcome("kept", w.alpha, vault.Activity, vault.Mapping)
	w.welcome("withdrawn", w.alpha, vault.Mapping, vault.Programme)
	w.welcome("deleted", w.alpha, vault.Mapping)
	w.look(w.alpha) // adopts these three
	w.kept = w.alpha.keys.Marshal()
	w.alpha.deactivate(w, w.alpha.ex)
	w.welcome("own", w.alpha, vault.Mapping, vault.Programme)
	w.welcome("beta", w.beta, vault.Activity)
	w.users["selfmade"] = &user{name: "selfmade"}
	w.welcome("selfmade", nil)
	w.send(w.alpha)

	w.end()
	w.look(w.alpha)
	w.night()
	return w
}

// issue gives out a code with a known reference.
func (w *world) issue(f *firm, name, reference string) {
	w.t.Helper()
	u := &user{name: name, reference: reference, issued: accesscode.New()}
	w.users[name] = u
	w.Update(w.t, func(tx store.Tx) error { return f.issue(tx, w.Ring, u) })
}

// welcome makes an account, records something of every kind and shares.
func (w *world) welcome(name string, f *firm, categories ...string) {
	w.t.Helper()
	u := w.users[name]
	if u.code.IsZero() {
		u.code = accesscode.New()
	}
	w.Update(w.t, func(tx store.Tx) error {
		start := account.Start{Code: u.code, Language: "nb"}
		if f != nil {
			found, err := account.Find(tx, w.Ring, u.issued, now)
			if err != nil {
				return err
			}
			start.Pending = found.Pending
		}
		a, ref, err := account.Create(tx, w.Ring, start, now)
		if err != nil {
			return err
		}
		u.ref = ref
		if f != nil {
			if err := consent.Share(tx, a, f.business(tx), a.Data.Services[0], categories, now); err != nil {
				return err
			}
		}
		return u.record(tx, a)
	})
}

// record leaves two mappings, one of them corrected, a visit, a draft, and
// something in a programme.
func (u *user) record(tx store.Tx, a *vault.Account) error {
	for i, answer := range []string{u.replaced(), u.answer()} {
		m := registration.Mapping{Instrument: "phq9", Answers: map[string]int{answer: 1}, Band: u.band(), At: now.Unix() + int64(i)}
		m.ID = registration.NewID()
		if err := registration.Save(tx, a, m.ID, m); err != nil {
			return err
		}
		if i == 0 {
			m.Answers = map[string]int{u.answer(): 1}
			if err := registration.Correct(tx, a, m, now); err != nil {
				return err
			}
		}
	}
	if err := registration.RecordVisit(tx, a, registration.NewVisit(now)); err != nil {
		return err
	}
	d := registration.Draft{Instrument: "gad7", Answers: map[string]int{u.draft(): 1}}
	if err := errors.Join(registration.SaveDraft(tx, a, d, now), u.practise(tx, a)); err != nil {
		return err
	}
	return a.Save(tx)
}

// look opens a business's overview as the web does, and adopts the grants.
func (w *world) look(f *firm) {
	w.t.Helper()
	w.Update(w.t, func(tx store.Tx) error {
		v := overview.Viewer{Professional: f.super.professional(tx), Business: f.business(tx), Keys: f.keys, Ring: w.Ring}
		if err := v.Announce(tx, now); err != nil {
			return err
		}
		_, stale, err := v.Open(tx, now)
		if err != nil {
			return err
		}
		return consent.Adopt(tx, f.keys, stale)
	})
}

// end withdraws one user's sharing and deletes another's account.
func (w *world) end() {
	w.t.Helper()
	w.remember("withdrawn")
	w.remember("deleted")
	w.before = steal(w.t, w.Path)
	w.Update(w.t, func(tx store.Tx) error {
		a, err := account.Resume(tx, w.Ring, w.users["withdrawn"].ref)
		if err != nil {
			return err
		}
		if err := consent.Withdraw(tx, a, w.alpha.business(tx), a.Data.Services[0], nil, now); err != nil {
			return err
		}
		_, err = account.Reseal(tx, a)
		return err
	})
	w.Update(w.t, func(tx store.Tx) error {
		ref := w.users["deleted"].ref
		a, err := account.Resume(tx, w.Ring, ref)
		if err != nil {
			return err
		}
		_, err = account.Delete(tx, a, ref.Lookup, now)
		return err
	})
	w.Update(w.t, w.sweep)
}

// sweep erases what is left of deleted accounts.
func (w *world) sweep(tx store.Tx) error {
	var due []deadline.Entry
	for e, err := range deadline.Due(tx, deadline.DayOf(now)) {
		if err != nil {
			return err
		}
		e.Key = slices.Clone(e.Key)
		due = append(due, e)
	}
	for _, e := range due {
		for more := true; more; {
			var err error
			if more, err = account.Erase(tx, w.Ring, vault.ID(e.Target), nil); err != nil {
				return err
			}
		}
		if err := deadline.Remove(tx, e.Key); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps the keys that a business could have kept from before an end.
func (w *world) remember(name string) {
	w.t.Helper()
	w.View(w.t, func(r store.Reader) error {
		a, err := account.Resume(r, w.Ring, w.users[name].ref)
		if err != nil {
			return err
		}
		grant, err := vault.KeyFrom(a.Data.Services[0].Key)
		w.captured = append(w.captured, grant, a.Current(vault.Mapping).Key, a.Current(vault.Programme).Key)
		return err
	})
}

// night is what happens every night. What a test has planted past the seal does
// not open.
func (w *world) night() {
	w.t.Helper()
	w.day = filepath.Join(w.t.TempDir(), "day.db")
	if err := os.WriteFile(w.day, file(w.t, w.Path), 0o600); err != nil {
		w.t.Fatal(err)
	}
	n := retention.Night{Sweeper: retention.Sweeper{Store: w.Store, Ring: w.Ring}, Seal: w.Seal, File: w.Inner}
	report, err := n.Run(w.t.Context(), now, true)
	if err != nil && !errors.Is(err, retention.ErrShut) || !report.Night.Compacted {
		w.t.Fatalf("%+v, %v", report, err)
	}
}

// file reads a file as a thief does.
func file(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
