package registration_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func split(t *testing.T, w *domaintest.World, a *vault.Account, tools ...string) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.Split(tx, a, tools) })
}

func join(t *testing.T, w *domaintest.World, a *vault.Account, tools ...string) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.Join(tx, a, tools) })
}

// under counts the mappings that the current keys of a category open.
func under(t *testing.T, w *domaintest.World, a *vault.Account, category string) int {
	t.Helper()
	return len(list(t, w, vault.NewScope(w.Ring, a.ID, a.Versions(category)), false))
}

func TestAToolMovesToAKeyOfItsOwnAndBackInBatches(t *testing.T) {
	const n = registration.Batch + 40
	w := domaintest.Open(t)
	a := withMany(t, w, n)
	save(t, w, a, mapping("gad7", 3, now))
	before := a.Scope()
	for _, step := range []struct {
		do                  func(*testing.T, *domaintest.World, *vault.Account, ...string)
		apart, all, courses int
	}{{split, n, 1, 1}, {join, 0, n + 1, 2}} {
		step.do(t, w, a, "phq9")
		if a = reopen(t, w, a); !reseal(t, w, a) {
			t.Fatal("one transaction moved more than a batch")
		}
		a = reopen(t, w, a) // a crash between
		if got := list(t, w, a.Scope(), true); len(got) != n+1 {
			t.Fatalf("the owner has %d of %d", len(got), n+1)
		}
		if reseal(t, w, a) || len(a.Rotating()) != 0 {
			t.Fatal("the second batch was not the last")
		}
		a = reopen(t, w, a)
		if apart, all := under(t, w, a, vault.Tool("phq9")), under(t, w, a, vault.Mapping); apart != step.apart || all != step.all {
			t.Errorf("%d under the tool's key and %d under that of the others", apart, all)
		}
		rest := summary(t, w, vault.NewScope(w.Ring, a.ID, a.Versions(vault.Mapping)))
		if whole := summary(t, w, a.Scope()); len(rest.Courses) != step.courses || whole.Courses["phq9"].Count != n || whole.Courses["gad7"].Count != 1 {
			t.Errorf("the summary of the others has %d courses, and together %+v", len(rest.Courses), whole.Courses)
		}
	}
	if len(list(t, w, before, false)) != 0 || a.Data.Categories[vault.Tool("phq9")] != nil {
		t.Error("keys from before open something, or the tool's own keys are left")
	}
}

func TestEveryWriteUsesTheKeyOfItsTool(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	split(t, w, a, "phq9")
	id := save(t, w, a, mapping("phq9", 11, now))
	save(t, w, a, mapping("gad7", 3, now))
	corrected := mapping("phq9", 4, now)
	corrected.ID = id
	update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, corrected, now) })
	save(t, w, a, mapping("phq9", 9, now.Add(-time.Hour))) // a clock that was set back
	if apart, all := under(t, w, a, vault.Tool("phq9")), under(t, w, a, vault.Mapping); apart != 2 || all != 1 {
		t.Errorf("%d under the tool's key and %d under that of the others", apart, all)
	}
	rest := summary(t, w, vault.NewScope(w.Ring, a.ID, a.Versions(vault.Mapping)))
	own := summary(t, w, vault.NewScope(w.Ring, a.ID, a.Versions(vault.Tool("phq9"))))
	if rest.Courses["phq9"] != nil || own.Courses["gad7"] != nil || own.Courses["phq9"].Last.Score != 4 || rest.Courses["gad7"].Count != 1 {
		t.Errorf("the others: %+v, the tool: %+v", rest.Courses, own.Courses)
	}
	update(t, w, a, func(tx store.Tx) error { return registration.Delete(tx, a, id) })
	if own := summary(t, w, vault.NewScope(w.Ring, a.ID, a.Versions(vault.Tool("phq9")))); own.Courses["phq9"].Count != 1 {
		t.Errorf("after deleting one: %+v", own.Courses)
	}
}

// TestNothingTellsWhichToolIsShared by itself: with the server's keys one sees
// how many there are, and that is all.
func TestNothingTellsWhichToolIsSharedByItself(t *testing.T) {
	w := domaintest.Open(t)
	sums, owns := map[int]bool{}, map[int]bool{}
	for _, tool := range []string{"k6", "phq9", "a_tool_with_a_long_name"} {
		a := newUser(t, w)
		m := mapping("phq9", 20, now)
		if m.Scales = nil; tool != "k6" {
			m.Instrument = tool
			m.Scales, m.ScaleBands = map[string]int{"worry_and_unease": 20, "stress": 1}, map[string]string{"worry_and_unease": "extremely_severe"}
		}
		before := stored(t, w, "sum")
		split(t, w, a, tool)
		save(t, w, a, m)
		reseal(t, w, a)
		for _, e := range stored(t, w, "sum") {
			known := slices.ContainsFunc(before, func(b store.Entry) bool { return bytes.Equal(b.Key, e.Key) })
			if known || bytes.Equal(e.Key, a.Index("sum", []byte(vault.Mapping))) {
				continue
			}
			sums[len(e.Value)] = true
			if bytes.Contains(e.Key, a.Index("sum", []byte(vault.Tool(tool)))) || !bytes.HasPrefix(e.Key, a.Index("sum")) || len(e.Key) != 32 {
				t.Error("the server's keys find the summary of a tool by its name")
			}
		}
		for _, e := range stored(t, w, "own") {
			owns[len(e.Value)] = true
		}
	}
	if len(sums) != 1 || len(owns) != 1 {
		t.Errorf("sizes %v of summaries and %v of accounts tell tools apart", sums, owns)
	}
}

func TestADeletedAccountLeavesNoSummaryOfATool(t *testing.T) {
	w := domaintest.Open(t)
	a := withMany(t, w, 2)
	split(t, w, a, "phq9", "gad7")
	w.Update(t, func(tx store.Tx) error {
		_, err := registration.Erase(tx, vault.NewScope(w.Ring, a.ID, nil), []string{vault.Mapping, vault.Activity})
		return err
	})
	for _, bucket := range []string{"sum", "reg"} {
		if n := len(stored(t, w, bucket)); n != 0 {
			t.Errorf("%d records left in %s", n, bucket)
		}
	}
}
