package registration_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/store"
)

// begun is a place with something ticked and something thought of a part.
func begun() registration.Place {
	return registration.Place{Program: "sleep", Begun: program.Answers{"bothers": chose("early")}, Opinions: program.Answers{"part1.useful": chose("little")}}
}

func TestTheFormatOfWhatIsBegunIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	update(t, w, a, func(tx store.Tx) error { return registration.SavePlace(tx, a, begun(), now) })
	draft := values(t, w, "draft")[0]
	domaintest.Golden(t, "place_begun", plaintext(t, draft.Value, func(b []byte) ([]byte, error) { return a.Master.Open("draft", b, a.ID[:], draft.Key) }))
}

func TestAnOpinionStaysWithThePlaceAndIsNoRegistration(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	place := begun()
	save := func(answers program.Answers, gone ...string) (after program.Answers) {
		update(t, w, a, func(tx store.Tx) (err error) {
			after, err = registration.SaveAnswers(tx, a, &place, answers, gone, now)
			return err
		})
		return after
	}
	given := program.Answers{"bothers": chose("waking"), "part1.recommend": chose("not")}
	after := save(given, "part1.useful")
	if diff := cmp.Diff(given, after); diff != "" || len(place.Begun) != 0 {
		t.Errorf("%s %v", diff, place.Begun)
	}
	if list := exercises(t, w, a.Scope()); len(list) != 1 || list[0].Exercise != "bothers" {
		t.Errorf("registered are %v", list)
	}
	save(program.Answers{"part1.recommend": chose("very")})
	if kept := history(t, w, a); len(kept) != 0 {
		t.Errorf("the history has %v", kept)
	}
	update(t, w, a, func(tx store.Tx) error { return registration.SavePlace(tx, a, place, now) })
	update(t, w, a, func(tx store.Tx) error { return registration.DeleteProgram(tx, a, "sleep") })
	if n := len(stored(t, w, "draft")); n != 0 {
		t.Errorf("%d places are left", n)
	}
}

func TestWhatIsTickedIsBegunOnlyIfItSaysSomethingNew(t *testing.T) {
	saved := program.Answers{"bothers": chose("waking")}
	none := program.Answer{Kind: program.Multiple}
	for name, row := range map[string]struct {
		ticked program.Answer
		want   bool
	}{"bothers": {chose("waking"), false}, "bothers anew": {chose("early"), true}, "bothers no more": {none, true}, "other": {chose("x"), true}, "nothing": {none, false}} {
		place := begun()
		exercise, _, _ := strings.Cut(name, " ")
		place.Begin(program.Answers{exercise: row.ticked}, saved)
		if got, ok := place.Begun[exercise]; ok != row.want || ok && !got.Same(row.ticked) {
			t.Errorf("%s: %v", name, place.Begun)
		}
	}
}
