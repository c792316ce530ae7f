package registration_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// anew builds a summary from the whole list, in its own way: by counting from
// the front and the back.
func anew(list []registration.Mapping) registration.Summary {
	var sum registration.Summary
	for _, m := range list {
		if sum.Courses == nil {
			sum.Courses = map[string]*registration.Course{}
		}
		sum.Courses[m.Instrument] = course(list, m.Instrument)
	}
	return sum
}

func course(list []registration.Mapping, instrument string) *registration.Course {
	list = slices.DeleteFunc(slices.Clone(list), func(m registration.Mapping) bool { return m.Instrument != instrument })
	point := func(i int) registration.Point {
		m := list[i]
		return registration.Point{Score: m.Score, Band: m.Band, Risk: m.Risk, At: m.At, Corrected: m.Corrected, Version: m.Version}
	}
	n := len(list)
	return &registration.Course{Count: n, First: point(0), Previous: point(max(0, n-2)), Last: point(n - 1)}
}

// life does a random sequence of things to one account; check is run after
// each.
func life(t *rapid.T, w *domaintest.World, a *vault.Account, check func()) {
	at := now
	drawOne := func() (registration.Mapping, bool) {
		all := list(t, w, a.Scope(), true)
		if len(all) == 0 {
			return registration.Mapping{}, false
		}
		return rapid.SampledFrom(all).Draw(t, "which"), true
	}
	t.Repeat(map[string]func(*rapid.T){
		"": func(*rapid.T) { check() },
		"save": func(t *rapid.T) {
			at = at.Add(time.Duration(rapid.IntRange(-2, 3).Draw(t, "seconds")) * time.Second)
			save(t, w, a, mapping(rapid.SampledFrom([]string{"phq9", "gad7"}).Draw(t, "tool"), rapid.IntRange(0, 27).Draw(t, "score"), at))
		},
		"correct": func(t *rapid.T) {
			if m, ok := drawOne(); ok {
				m.Score = rapid.IntRange(0, 27).Draw(t, "score")
				update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, m, at) })
			}
		},
		"delete": func(t *rapid.T) {
			if m, ok := drawOne(); ok {
				update(t, w, a, func(tx store.Tx) error { return registration.Delete(tx, a, m.ID) })
			}
		},
		"rotate": func(*rapid.T) { update(t, w, a, func(store.Tx) error { a.Rotate(vault.Mapping); return nil }) },
		"reseal": func(*rapid.T) {
			update(t, w, a, func(tx store.Tx) error { _, err := registration.Reseal(tx, a); return err })
		},
	})
}

func TestTheSummaryAlwaysEqualsOneBuiltAnew(t *testing.T) {
	w := domaintest.Open(t)
	rapid.Check(t, func(t *rapid.T) {
		a := newUser(t, w)
		life(t, w, a, func() {
			if diff := cmp.Diff(anew(list(t, w, a.Scope(), true)), summary(t, w, a.Scope())); diff != "" {
				t.Fatal(diff)
			}
		})
	})
}

func TestASummaryThatForgetsWhatCameBeforeTheLastIsFound(t *testing.T) {
	w := domaintest.Open(t)
	domaintest.Finds(t, func(t *rapid.T) {
		a := newUser(t, w)
		life(t, w, a, func() {
			want := anew(list(t, w, a.Scope(), true))
			for _, c := range want.Courses {
				c.Previous = c.Last
			}
			if diff := cmp.Diff(want, summary(t, w, a.Scope())); diff != "" {
				t.Fatal(diff)
			}
		})
	})
}

func TestASummaryIsEmptyToWhoLacksTheCategory(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	save(t, w, a, mapping("phq9", 11, now))
	visit(t, w, a, now)
	if s := summary(t, w, a.Scope().Of(vault.Activity)); s.Courses != nil {
		t.Error("the summary of the mappings shows without their key")
	}
	w.View(t, func(r store.Reader) error {
		v, err := registration.VisitSummary(r, a.Scope().Of(vault.Mapping))
		if v.Count != 0 {
			t.Error("the visits show without their key")
		}
		return err
	})
}
