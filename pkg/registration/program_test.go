package registration_test

import (
	"bytes"
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func chose(ids ...string) program.Answer {
	return program.Answer{Kind: program.Multiple, Chosen: ids, Version: "1", Language: "nb", At: now.Unix()}
}

// saveAnswers stores answers to a programme.
func saveAnswers(t *testing.T, w *domaintest.World, a *vault.Account, id string, answers program.Answers, gone ...string) (after program.Answers) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) (err error) {
		place, err := registration.LoadPlace(tx, a, id)
		if err != nil {
			return err
		}
		after, err = registration.SaveAnswers(tx, a, &place, answers, gone, now)
		return err
	})
	return after
}

func exercises(t *testing.T, w *domaintest.World, s vault.Scope) (out []registration.Exercise) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		out, err = registration.Exercises(r, s)
		return err
	})
	return out
}

func TestAnAnswerTakesThePlaceOfTheOneBeforeWhichIsKept(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("waking"), "other": chose("x")})
	first := exercises(t, w, a.Scope())
	after := saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("early"), "other": chose("x")})
	if diff := cmp.Diff(program.Answers{"bothers": chose("early"), "other": chose("x")}, after); diff != "" {
		t.Error(diff)
	}
	if got := registration.AnswersOf(exercises(t, w, a.Scope()), "sleep"); !cmp.Equal(after, got) || len(first) != 2 {
		t.Errorf("stored are %v", got)
	}
	h := history(t, w, a)
	if len(h) != 1 || h[0].Exercise == nil || !h[0].Exercise.Answer.Same(chose("waking")) || h[0].Mapping.Instrument != "" {
		t.Errorf("kept is %+v", h)
	}
}

func TestAnAnswerThatIsTakenBackLeavesNothing(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("waking")})
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("early")})
	if after := saveAnswers(t, w, a, "sleep", nil, "bothers", "never"); len(after) != 0 {
		t.Errorf("%v", after)
	}
	if n := len(stored(t, w, "reg")) + len(stored(t, w, "hist")); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

func TestAProgrammeIsReadOnlyWithItsCategory(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("waking")})
	if got := exercises(t, w, a.Scope().Of(vault.Mapping)); len(got) != 0 {
		t.Errorf("the mappings' key opens %v", got)
	}
	visit(t, w, a, now)
	if got := exercises(t, w, a.Scope()); len(got) != 1 {
		t.Errorf("a visit is taken for an answer: %v", got)
	}
	if got := exercises(t, w, a.Scope().Of(vault.Programme)); len(got) != 1 {
		t.Errorf("the category's own key opens %v", got)
	}
	before := a.Scope().Of(vault.Programme)
	update(t, w, a, func(store.Tx) error { a.Rotate(vault.Programme); return nil })
	for reseal(t, w, a) {
	}
	if got := exercises(t, w, before); len(got) != 0 {
		t.Errorf("the key that was withdrawn opens %v", got)
	}
	if got := exercises(t, w, a.Scope()); len(got) != 1 {
		t.Errorf("the owner has %v", got)
	}
}

func TestAPlaceIsKeptThroughAChangeOfCode(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	place := registration.Place{Program: "sleep", Seen: map[string]int{"begin": 20500}, Page: "next", OpenAll: true}
	draft := registration.Draft{Instrument: "phq9", Version: "1", Answers: map[string]int{"q1": 1}}
	update(t, w, a, func(tx store.Tx) error {
		if err := registration.SaveDraft(tx, a, draft, now); err != nil {
			return err
		}
		return registration.SavePlace(tx, a, place, now)
	})
	update(t, w, a, func(tx store.Tx) error { return registration.MoveDrafts(tx, a, a.Rekey()) })
	place.Changed = now.Unix()
	w.View(t, func(r store.Reader) error {
		got, err := registration.LoadPlace(r, a, "sleep")
		if diff := cmp.Diff(place, got); diff != "" {
			t.Error(diff)
		}
		drafts, err2 := registration.Drafts(r, a)
		places, err3 := registration.Places(r, a)
		if err2 != nil || err3 != nil || len(drafts) != 1 || len(places) != 1 {
			t.Errorf("%d drafts, %d places, %v, %v", len(drafts), len(places), err2, err3)
		}
		return err
	})
	if n := len(stored(t, w, "draft")); n != 2 {
		t.Errorf("%d records, not 2", n)
	}
}

func TestADeletedProgrammeLeavesTheOthersAlone(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	for _, id := range []string{"sleep", "worry"} {
		saveAnswers(t, w, a, id, program.Answers{"bothers": chose("waking")})
		saveAnswers(t, w, a, id, program.Answers{"bothers": chose("early")})
		update(t, w, a, func(tx store.Tx) error {
			if err := registration.SavePlace(tx, a, registration.Place{Program: id, Page: "next"}, now); err != nil {
				return err
			}
			return registration.SaveCourse(tx, a, id, registration.ProgramCourse{Version: "1", Parts: 6, Done: []int{1}})
		})
	}
	update(t, w, a, func(tx store.Tx) error { return registration.DeleteProgram(tx, a, "sleep") })
	for bucket, want := range map[string]int{"reg": 1, "hist": 1, "draft": 1, "sum": 1} {
		if n := len(stored(t, w, bucket)); n != want {
			t.Errorf("%d records in %s, not %d", n, bucket, want)
		}
	}
	w.View(t, func(r store.Reader) error {
		sum, err := registration.ProgramSummary(r, a.Scope())
		if _, left := sum.Courses["sleep"]; left || len(sum.Courses) != 1 {
			t.Errorf("the summary says %v", sum.Courses)
		}
		return err
	})
}

// TestAnAnswerRestsLikeAVisit: who lacks the keys cannot tell the two apart by
// their size.
func TestAnAnswerRestsLikeAVisit(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	size := len(stored(t, w, "reg")[0].Value)
	saveAnswers(t, w, a, "sleep", program.Answers{"what_bothers_you_most": chose("falling_asleep", "waking_at_night", "early")})
	for _, e := range stored(t, w, "reg") {
		if len(e.Value) != size {
			t.Errorf("%d bytes beside %d", len(e.Value), size)
		}
	}
}

func TestTheFormatsOfProgrammesAreFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("waking")})
	saveAnswers(t, w, a, "sleep", program.Answers{"bothers": chose("early", "waking")})
	place := registration.Place{Program: "sleep", Seen: map[string]int{"begin": 20500}, Page: "next", OpenAll: true}
	update(t, w, a, func(tx store.Tx) error { return registration.SavePlace(tx, a, place, now.Add(time.Hour)) })
	reg, hist, draft := values(t, w, "reg")[0], values(t, w, "hist")[0], values(t, w, "draft")[0]
	o := a.Current(vault.Programme)
	domaintest.Golden(t, "exercise", plaintext(t, reg.Value, func(b []byte) ([]byte, error) { return o.Open("registration", b, a.ID, reg.Key) }))
	domaintest.Golden(t, "place", plaintext(t, draft.Value, func(b []byte) ([]byte, error) { return a.Master.Open("draft", b, a.ID[:], draft.Key) }))
	history := plaintext(t, hist.Value, func(b []byte) ([]byte, error) { return a.Master.Open("history", b, a.ID[:], hist.Key) })
	id := base64.StdEncoding.EncodeToString(reg.Key[len(reg.Key)-16:])
	domaintest.Golden(t, "replaced_exercise", bytes.Replace(history, []byte(id), []byte("ID"), 1))
}
