package registration_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// calmly is how far somebody has come in a programme.
func calmly() registration.ProgramCourse {
	return registration.ProgramCourse{Version: "1", Parts: 6, Done: []int{1, 2}, Set: 3, Homework: 1, Last: now.Unix()}
}

func saveCourse(t *testing.T, w *domaintest.World, a *vault.Account, id string, c registration.ProgramCourse) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error { return registration.SaveCourse(tx, a, id, c) })
}

func programSummary(t *testing.T, w *domaintest.World, s vault.Scope) (sum registration.Programs) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		sum, err = registration.ProgramSummary(r, s)
		return err
	})
	return sum
}

func TestTheFormatOfASummaryOfProgrammesIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	c := calmly()
	c.Answered = now.Unix() - 60
	saveCourse(t, w, a, "sleep", c)
	sum, o := values(t, w, "sum")[0], a.Current(vault.Programme)
	packed := plaintext(t, sum.Value, func(b []byte) ([]byte, error) { return o.Open("summary", b, a.ID, sum.Key) })
	domaintest.Golden(t, "programs-packed", []byte(hex.EncodeToString(packed)))
}

func TestNoFieldOfASummaryOfProgrammesIsForgotten(t *testing.T) {
	domaintest.KeepsEveryField[registration.Programs](t)
}

// TestASummaryOfProgrammesOfBeforeItWasPackedIsRead, and packed with the next
// answer.
func TestASummaryOfProgrammesOfBeforeItWasPackedIsRead(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveCourse(t, w, a, "sleep", calmly())
	old, err := os.ReadFile(filepath.Join("testdata", "programs.golden"))
	if err != nil {
		t.Fatal(err)
	}
	key, o := values(t, w, "sum")[0].Key, a.Current(vault.Programme)
	put(t, w, "sum", key, append([]byte{1}, o.Seal("summary", bytes.TrimSpace(old), a.ID, key)...))
	if diff := cmp.Diff(map[string]registration.ProgramCourse{"sleep": calmly()}, programSummary(t, w, a.Scope()).Courses); diff != "" {
		t.Error(diff)
	}
	saveCourse(t, w, a, "anxiety", calmly())
	if got := programSummary(t, w, a.Scope()).Courses; len(got) != 2 || cmp.Diff(calmly(), got["sleep"]) != "" {
		t.Errorf("after the next answer: %+v", got)
	}
	if plain, err := o.Open("summary", values(t, w, "sum")[0].Value[1:], a.ID, key); err != nil || plain[0] != 2 {
		t.Error("the summary was not packed", err)
	}
}

// TestASummaryOfProgrammesFollowsItsKey: the key that was withdrawn opens it no
// more, and no other category's ever does.
func TestASummaryOfProgrammesFollowsItsKey(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	saveCourse(t, w, a, "sleep", calmly())
	visit(t, w, a, now)
	before := a.Scope().Of(vault.Programme)
	if got := programSummary(t, w, a.Scope().Of(vault.Activity)); got.Courses != nil {
		t.Errorf("the visits' key opens %v", got)
	}
	update(t, w, a, func(store.Tx) error { a.Rotate(vault.Programme); return nil })
	for reseal(t, w, a) {
	}
	w.View(t, func(r store.Reader) error {
		if got, err := registration.ProgramSummary(r, before); err == nil {
			t.Errorf("the key that was withdrawn opens %v", got)
		}
		return nil
	})
	if diff := cmp.Diff(calmly(), programSummary(t, w, a.Scope()).Courses["sleep"]); diff != "" {
		t.Error(diff)
	}
}

// TestASummaryDoesNotTellHowManyProgrammesWereUsed, up to four of them, nor how
// far, nor whose category it is.
func TestASummaryDoesNotTellHowManyProgrammesWereUsed(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	far := registration.ProgramCourse{Version: "12.1", Parts: 8, Done: []int{1, 2, 3, 4, 5, 6, 7, 8}, Set: 24, Homework: 12, Last: now.Unix(), Answered: now.Unix()}
	sizes := map[int]bool{}
	for _, id := range []string{"sleep", "anxiety", "mood", "worry"} {
		for _, c := range []registration.ProgramCourse{{Version: "1", Parts: 6, Last: now.Unix()}, far} {
			saveCourse(t, w, a, id, c)
			for _, e := range stored(t, w, "sum") {
				sizes[len(e.Value)] = true
			}
		}
	}
	if len(sizes) != 1 || len(stored(t, w, "sum")) != 2 {
		t.Errorf("sizes %v tell summaries apart", sizes)
	}
}

func TestAPageThatWasReadAheadIsKept(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	place := registration.Place{Program: "sleep", Seen: map[string]int{"clock": 20500}, Ahead: []string{"clock"}}
	update(t, w, a, func(tx store.Tx) error { return registration.SavePlace(tx, a, place, now) })
	draft := values(t, w, "draft")[0]
	domaintest.Golden(t, "place_ahead", plaintext(t, draft.Value, func(b []byte) ([]byte, error) { return a.Master.Open("draft", b, a.ID[:], draft.Key) }))
}
