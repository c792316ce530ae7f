package attack

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/registration"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// TestTheftsYieldWhatIsSaidAndNoMore plays the thieves on one world.
func TestTheftsYieldWhatIsSaidAndNoMore(t *testing.T) {
	w := buildWithPasswords(t)
	report := []string{"What each thief read (fields beneath the seal), and what stayed shut:"}
	run := func(name string, play func(t *testing.T) string) {
		t.Run(name, func(t *testing.T) { report = append(report, fmt.Sprintf("%-34s %s", name, play(t))) })
	}
	run("A: the database", w.playA)
	run("B: and the key files", w.playB)
	for _, name := range slices.Sorted(maps.Keys(w.users)) {
		letter := "C"
		if name == "kept" {
			letter = "H"
		}
		run(letter+": and the code of "+name, func(t *testing.T) string { return w.playC(t, w.users[name]) })
	}
	run("C: and codes that are dead", w.playDeadCodes)
	run("D: and a password at alpha", w.playD)
	run("D: and a password at beta", w.playDAtBeta)
	run("D: and keys of what was ended", w.playDWithKeysFromBefore)
	run("D: and a password of who is out", w.playDWhoIsOut)
	run("D: and keys kept by who is out", w.playDWithKeptKeys)
	t.Log(strings.Join(report, "\n"))
}

func (w *world) playA(t *testing.T) string {
	for _, path := range []string{w.day, w.Path} {
		raw := file(t, path)
		w.expect(t, func(text string) bool { return holds(raw, text) })
	}
	stolen := steal(t, w.Path)
	ladder := map[int]bool{}
	for _, n := range []int{0, 100, 300, 600, 2000, 5000} {
		ladder[4+12+16+sealed.Padded(n)] = true
	}
	counts := map[string]int{}
	for name, entries := range stolen {
		counts[name] = len(entries)
		for _, e := range entries {
			if !ladder[len(e.Value)] {
				t.Errorf("a value in %s has a size of its own: %d bytes", name, len(e.Value))
			}
		}
	}
	// Five accounts are left of six: of the deleted one not even sealed records.
	for name, want := range map[string]int{"own": 5, "reg": 20, "sum": 15, "draft": 10, "hist": 5, "grant": 3} {
		if counts[name] != want {
			t.Errorf("%d records in %s, want %d", counts[name], name, want)
		}
	}
	if _, shut := stolen.unseal(t, w.Path, foreignSeal(t)); shut != stolen.count() {
		t.Errorf("%d records open with keys made up by the thief", stolen.count()-shut)
	}
	return "nothing; records " + strings.TrimPrefix(fmt.Sprint(counts), "map")
}

// foreignSeal are seal keys that were never used here.
func foreignSeal(t *testing.T) *keyring.Seal {
	t.Helper()
	root, seal := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "s")
	err := keyring.Create(root, seal, now)
	_, seals, loadErr := keyring.Load(root, seal)
	if err := errors.Join(err, loadErr); err != nil {
		t.Fatal(err)
	}
	return seals
}

func (w *world) playB(t *testing.T) string {
	x := newThief(t, w)
	x.rob()
	w.expect(t, x.knows, operator...)
	w.tied(t, x)
	if len(x.opened) > 0 {
		t.Errorf("with the server's keys alone something opens: %s", x)
	}
	w.noTrail(t, x)
	return fmt.Sprint(x, "; names and profiles, the days of ", len(x.loot["grant"]), " grants")
}

// noTrail looks for what could lead from a row of a business's list to an
// account: the key of the opening must be gone once the code is in use.
func (w *world) noTrail(t *testing.T, x *thief) {
	t.Helper()
	for _, u := range w.users {
		if u.opening == nil || u.name == "unused" {
			continue
		}
		if x.knows(string(u.opening)) {
			t.Errorf("%s: a record leads from the reference to the account", u.name)
		}
	}
}

// whole is what an account's owner can read, by kind.
func (w *world) whole(u *user) map[string]int {
	out := map[string]int{"account": 1, "account data": 1, "registration": 4, "summary": 3, "draft": 2, "history": 1}
	if slices.Contains([]string{"kept", "own", "beta"}, u.name) {
		out["grant"] = 1 // what the user has handed out
	}
	if slices.Contains([]string{"kept", "own"}, u.name) {
		out["what was sent"] = 1
	}
	return out
}

// playC takes one access code. H is the same with an issued code that its user
// kept.
func (w *world) playC(t *testing.T, u *user) string {
	x := newThief(t, w)
	code := u.code
	if code.IsZero() {
		code = u.issued
	}
	x.takeCode(code)
	x.rob()
	w.throughTheDoor(t, code, u)
	switch u.name {
	case "deleted":
		w.expect(t, x.knows, operator...)
		w.tied(t, x)
	case "unused":
		w.expect(t, x.knows, with(operator, "reference of unused")...)
		w.tied(t, x)
	default:
		groups := with(operator, u.name, "programme of "+u.name, "private of "+u.name, "reference of "+u.name)
		if slices.Contains([]string{"kept", "own"}, u.name) { // who share: to the others nothing is sent
			groups = append(groups, "sent to "+u.name)
		}
		w.expect(t, x.knows, groups...)
		w.tied(t, x, u.name)
		w.owned(t, x, map[string]map[string]int{u.name: w.whole(u)})
	}
	return x.String()
}

// throughTheDoor logs in with a code and reads what the service shows.
func (w *world) throughTheDoor(t *testing.T, code accesscode.Code, u *user) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		found, err := account.Find(r, w.Ring, code, now)
		switch u.name {
		case "deleted":
			if err != account.ErrUnknown {
				t.Errorf("the code of a deleted account: %v, want ErrUnknown", err)
			}
			return nil
		case "unused":
			if found.Pending == nil {
				t.Errorf("an issued code does not open: %v", err)
			}
			return err
		}
		if err != nil {
			return err
		}
		list, err := registration.List(r, found.Account.Scope(), true)
		if len(list) != 2 || found.Ref.ID != u.ref.ID {
			t.Errorf("the code shows %d mappings, want its own 2", len(list))
		}
		return err
	})
}

// playDeadCodes takes the issued codes whose users chose codes of their own.
func (w *world) playDeadCodes(t *testing.T) string {
	x := newThief(t, w)
	for _, u := range w.users {
		if u.issued.IsZero() || u.code.IsZero() || u.issued == u.code {
			continue
		}
		x.takeCode(u.issued)
		w.View(t, func(r store.Reader) error {
			if _, err := account.Find(r, w.Ring, u.issued, now); err != account.ErrUnknown {
				t.Errorf("%s: an issued code that was replaced: %v, want ErrUnknown", u.name, err)
			}
			return nil
		})
	}
	x.rob()
	w.expect(t, x.knows, operator...)
	w.tied(t, x)
	return x.String()
}
