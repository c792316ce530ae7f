package attack

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/accesscode"
)

// sentinels are what was left in the world to be found, in groups that are
// read whole or not at all.
func (w *world) sentinels() map[string][]string {
	out := map[string][]string{}
	for name, u := range w.users {
		id := string(u.ref.ID[:])
		switch name {
		case "unused":
		case "deleted":
			out[name] = append(out[name], u.answer(), u.band(), u.practice(), u.course(), u.sent(), id)
		default:
			out[name] = append(out[name], u.answer(), u.band())
			out["programme of "+name] = []string{u.practice(), u.course()}
			out["sent to "+name] = []string{u.sent()}
			out["account ids"] = append(out["account ids"], id)
		}
		out["private of "+name] = u.private()
		out["access codes"] = append(out["access codes"], written(u.issued, u.code)...)
		if u.reference != "" {
			out["reference of "+name] = []string{u.reference}
		}
	}
	for _, f := range []*firm{w.alpha, w.beta} {
		out["businesses"] = append(out["businesses"], f.name)
		out["recovery keys"] = append(out["recovery keys"], f.recovery)
		for _, p := range []*person{f.super, f.pro, f.ex} {
			out["profiles"] = append(out["profiles"], p.profile()...)
			out["passwords"] = append(out["passwords"], p.password)
			out["app of "+p.Name] = []string{p.TOTP}
		}
	}
	return out
}

// written are the ways in which codes are written down.
func written(codes ...accesscode.Code) (out []string) {
	for _, c := range codes {
		if !c.IsZero() {
			out = append(out, c.Grouped(), strings.ReplaceAll(c.Grouped(), "-", ""), string(c.Data()))
		}
	}
	return out
}

// operator is what B may read: businesses, profiles, and which accounts there
// are.
var operator = []string{"businesses", "profiles", "account ids"}

func with(groups []string, more ...string) []string { return append(slices.Clone(groups), more...) }

// expect compares what a thief knows with what it may know: the groups that
// are named, all of each, and nothing of the others.
func (w *world) expect(t *testing.T, knows func(string) bool, groups ...string) {
	t.Helper()
	for group, texts := range w.sentinels() {
		want := slices.Contains(groups, group)
		for i, text := range texts {
			if got := knows(text); got != want {
				t.Errorf("%s, number %d: read is %t, want %t", group, i+1, got, want)
			}
		}
	}
}

// owned compares how many fields of which users' accounts opened with what may.
func (w *world) owned(t *testing.T, x *thief, want map[string]map[string]int) {
	t.Helper()
	got := map[string]map[string]int{}
	for _, u := range w.users {
		if of, ok := x.of[u.ref.ID]; ok {
			got[u.name] = of
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != len(x.of) {
		t.Errorf("what opened of whose account:\n%s", diff)
	}
}

// tied compares which references the thief can tie to an account with those of
// the users named: all of them, to the right account, and no others.
func (w *world) tied(t *testing.T, x *thief, names ...string) {
	t.Helper()
	want := map[string]bool{}
	for _, name := range names {
		if u := w.users[name]; u.reference != "" {
			want[string(u.ref.ID[:])+u.reference] = true
		}
	}
	for id, references := range x.links {
		for ref := range references {
			if !want[string(id[:])+ref] {
				t.Error("a reference is tied to an account that the thief has no business with")
			}
			delete(want, string(id[:])+ref)
		}
	}
	if len(want) > 0 {
		t.Errorf("%d references that the thief may tie to their accounts are not: the thief is blind", len(want))
	}
}
