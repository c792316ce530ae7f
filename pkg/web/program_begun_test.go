package web_test

import (
	"encoding/json"
	"testing"

	"selvhjelp/pkg/web"
)

// What is ticked is kept at once, for the user alone. It is an answer only when
// the page is saved: until then nothing follows from it, and no service sees it.
func TestWhatIsTickedIsKeptAndNoAnswerBeforeItIsSaved(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=3", "then=later")
	b.post(t, calm+"/1/begin/answers", "item=bothers", "a.bothers=sleep")
	b.post(t, calm+"/1/begin/answers", "item=strength")
	b.get(t, calm+"/1/begin")
	b.expect(t, 200, `value="sleep" checked`)
	b.lacks(t, `value="worry" checked`, `value="3" checked`, `data-feedback="bothers"`)

	p := b.calmFacts(t)
	if len(p.Answers) != 2 || len(p.Replaced) != 0 || len(p.Unfinished) != 2 || p.Unfinished[0].Chosen[0] != "sleep" || p.Unfinished[1].Number != nil {
		t.Errorf("%+v", p)
	}
	b.get(t, "/me/data")
	b.expect(t, 200, "Ikke lagret ennå: "+p.Unfinished[0].At)
	pro := staffIn(t, s, "pro")
	for _, path := range []string{"/pro/users/" + reference, "/pro/users/" + reference + "/export?format=json"} {
		pro.get(t, path)
		pro.expect(t, 200, "calm")
		pro.lacks(t, "Søvn", "sleep")
	}

	b.post(t, calm+"/1/begin", "a.bothers=sleep", "a.strength=3")
	if p := b.calmFacts(t); len(p.Unfinished) != 0 {
		t.Errorf("%+v", p.Unfinished)
	}
}

// calmFacts is what the export says of calm.
func (b *browser) calmFacts(t *testing.T) web.ProgramFacts {
	t.Helper()
	b.get(t, "/me/export")
	var e web.Everything
	check(t, json.Unmarshal([]byte(b.body), &e))
	if len(e.Programs) != 1 {
		t.Fatalf("%d programmes", len(e.Programs))
	}
	return e.Programs[0]
}

func TestTickingWhatIsSavedAlreadyKeepsNothing(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, calm+"/1/begin", "a.strength=3", "then=later")
	b.post(t, calm+"/1/begin/answers", "item=strength", "a.strength=4")
	b.post(t, calm+"/1/begin/answers", "item=strength", "a.strength=3")
	b.post(t, calm+"/1/begin/answers", "item=bothers")
	if p := b.calmFacts(t); len(p.Unfinished) != 0 {
		t.Errorf("%+v", p.Unfinished)
	}
}

// A ranking that lacks places stays as far as it goes, ticked or sent.
func TestHalfARankingIsStillThere(t *testing.T) {
	for _, how := range []string{calm + "/2/order/answers", calm + "/2/order"} {
		_, b := withCalm(t)
		b.post(t, calm+"/open", "all=yes")
		b.post(t, how, "item=matters", "a.matters.family=2")
		b.get(t, calm+"/2/order")
		b.expect(t, 200, "<option selected>2</option>")
	}
}

func TestOnlyWhatAPageAsksIsKept(t *testing.T) {
	s, b := withCalm(t)
	for _, fields := range [][]string{
		{"item=strength", "a.strength=hemmelig"}, {"item=bothers", "a.bothers=hemmelig"}, {"item=hemmelig", "a.hemmelig=x"},
		{"item=own_words", "a.own_words=hemmelig"}, {"a.strength=3"},
	} {
		b.post(t, calm+"/1/begin/answers", fields...)
		b.expect(t, 422)
	}
	b.post(t, calm+"/2/order/answers", "item=matters", "a.matters.family=2") // not open yet
	b.get(t, "/me/export")
	b.lacks(t, "hemmelig", "matters")
	if stored := s.Count(t, "draft"); stored != 0 {
		t.Errorf("%d drafts", stored)
	}
}

// What one thinks of a part lies under the account's own key: a service that
// everything is shared with has it neither on a page nor in a file.
func TestWhatOneThinksOfAPartIsNeverShared(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=3")
	b.post(t, calm+"/1/next", "a.part1.useful=little", "a.part1.recommend=not")
	b.post(t, calm+"/1/next", "a.part1.useful=little")
	b.get(t, "/me/export")
	var e web.Everything
	check(t, json.Unmarshal([]byte(b.body), &e))
	p := e.Programs[0]
	if len(p.Opinions) != 1 || p.Opinions[0].Exercise != "part1.useful" || p.Opinions[0].Chosen[0] != "little" || len(p.Answers) != 2 {
		t.Errorf("%+v", p)
	}
	b.get(t, calm+"/1/next")
	b.expect(t, 200, `name="a.part1.useful" value="little" checked`)
	if stored, want := s.Count(t, "reg"), len(p.Answers)+len(e.Visits); stored != want {
		t.Errorf("%d registrations, not %d: an opinion is among what can be shared", stored, want)
	}
	pro := staffIn(t, s, "pro")
	for _, path := range []string{"/pro/users/" + reference, "/pro/users/" + reference + "/export?format=json"} {
		pro.get(t, path)
		pro.expect(t, 200, "calm")
		pro.lacks(t, "part1", "useful")
	}
}
