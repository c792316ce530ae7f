package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/web"
)

// withCalm is a service that has the programme calm, and somebody logged in.
func withCalm(t *testing.T) (*site, *browser) {
	t.Helper()
	s, code, _ := calmSite(t)
	return s, s.take(t, code)
}

// calmSite is the service, with a code and its reference.
func calmSite(t *testing.T) (s *site, code, reference string) {
	t.Helper()
	s = newSiteOn(t, domaintest.Open(t), nil, withProgrammes(t))
	s.service(t)
	code, reference = s.issue(t, "pro")
	return s, code, reference
}

const calm = "/me/programs/calm"

// expect fails the test unless the page has all of the pieces.
func (b *browser) expect(t *testing.T, status int, pieces ...string) {
	t.Helper()
	if b.status != status {
		t.Errorf("status %d, want %d", b.status, status)
	}
	for _, piece := range pieces {
		if !strings.Contains(b.body, piece) {
			t.Errorf("%q is not on the page", piece)
		}
	}
}

func (b *browser) lacks(t *testing.T, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if strings.Contains(b.body, piece) {
			t.Errorf("%q is on the page", piece)
		}
	}
}

// firstPart does the first part of calm.
func (b *browser) firstPart(t *testing.T) {
	t.Helper()
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=8")
	b.post(t, calm+"/1/next")
	b.post(t, calm+"/1/next") // the answers had called for words
}

func TestAProgrammeGoesFromPageToPageAndPartToPart(t *testing.T) {
	_, b := withCalm(t)
	b.get(t, calm)
	b.expect(t, 200, `data-part="1" data-open="yes" data-done="no"`, `data-part="2" data-open="no"`, `data-reviewed="no"`)
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=8", "then=next")
	if b.location != calm+"/1/next" {
		t.Fatalf("led to %q", b.location)
	}
	b.get(t, b.location)
	b.expect(t, 200, "<li>Bekymring</li>", "Bekymring kan dempes.", "Det er sterkt nå.", `data-block="care"`, `data-block="homework"`, `name="a.part1.useful"`)
	b.post(t, calm+"/1/next", "a.part1.useful=very")
	if b.location != calm {
		t.Fatalf("led to %q", b.location)
	}
	b.get(t, calm)
	b.expect(t, 200, `data-notice="program_part_done"`, `data-part="1" data-open="yes" data-done="yes"`, `data-part="2" data-open="yes"`)
	b.post(t, calm+"/2/order", "a.matters.rest=1", "a.matters.family=2", "a.matters.work=3")
	b.post(t, calm+"/2/week", "a.my_week.1=walk", "a.my_week.1.time=morning", "a.my_week.2.time=morning", "a.ready=shoes")
	b.get(t, calm)
	b.expect(t, 200, `data-part="2" data-open="yes" data-done="yes"`, `data-notice="program_done"`)
	b.get(t, calm+"/print")
	b.expect(t, 200, "<li>8 av 10</li>", "<li>Hvile</li>", "<li>Mandag, Morgen: Gå en tur</li>")
	b.lacks(t, "Tirsdag")
}

func TestAnExerciseWithoutAnAnswerHoldsTheNextPartBack(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, calm+"/1/begin", "a.bothers=worry")
	b.post(t, calm+"/1/next")
	b.get(t, b.location)
	b.get(t, calm)
	b.expect(t, 200, `data-part="1" data-open="yes" data-done="no"`, `data-part="2" data-open="no"`)
	for _, do := range []func(*testing.T){
		func(t *testing.T) { b.get(t, calm+"/2/order") },
		func(t *testing.T) {
			b.post(t, calm+"/2/order", "a.matters.rest=1", "a.matters.family=2", "a.matters.work=3")
		},
	} {
		if do(t); b.location != calm {
			t.Errorf("the closed part leads to %q, %d", b.location, b.status)
		}
	}
	b.get(t, "/me/export")
	b.lacks(t, "matters")
}

func TestWhoeverWantsToOpensAllParts(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, calm+"/open", "all=yes")
	b.get(t, calm+"/2/order")
	b.expect(t, 200, `data-exercise="matters"`)
	b.post(t, calm+"/open", "all=no")
	b.get(t, calm+"/2/order")
	if b.location != calm {
		t.Errorf("the part stayed open: %q", b.location)
	}
}

func TestOneGoesOnFromTheStartPage(t *testing.T) {
	_, b := withCalm(t)
	b.get(t, "/me")
	b.expect(t, 200, `href="/me/programs"`)
	b.lacks(t, `data-program="calm"`)
	b.post(t, calm+"/1/begin", "a.strength=3", "then=later")
	if b.location != "/me" {
		t.Errorf("led to %q", b.location)
	}
	b.get(t, calm+"/print")
	b.lacks(t, `data-own="breathe"`)
	b.get(t, "/me")
	b.expect(t, 200, `data-notice="program_kept"`, `href="/me/programs/calm/1/begin"`)
	b.get(t, calm+"/1/begin")
	b.expect(t, 200, `value="3" checked`)
	b.post(t, calm+"/1/begin", "a.strength=3")
	b.get(t, b.location)
	b.expect(t, 200, `data-notice="program_saved"`)
	b.get(t, "/me")
	b.expect(t, 200, `href="/me/programs/calm/1/next"`)
}

func TestFeedbackIsReadBeforeOneGoesOn(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, calm+"/1/begin", "a.bothers=sleep", "a.strength=3")
	if b.location != calm+"/1/begin" {
		t.Fatalf("led to %q", b.location)
	}
	b.get(t, b.location)
	b.expect(t, 200, `data-notice="program_read"`, `data-feedback="bothers">Mange sover dårlig.`)
	b.post(t, calm+"/1/begin", "a.bothers=sleep", "a.strength=3")
	if b.location != calm+"/1/next" {
		t.Errorf("led to %q the second time", b.location)
	}
}

func TestAnOfferFollowsFromAnAnswerAndLocksNothing(t *testing.T) {
	_, b := withCalm(t)
	b.firstPart(t)
	b.get(t, calm+"/2/order")
	b.expect(t, 200)
	b.lacks(t, `data-block="offer"`)
	b.post(t, calm+"/1/begin", "a.bothers=sleep", "a.strength=8")
	b.get(t, calm+"/2/order")
	b.expect(t, 200, `data-block="offer"`, `href="/me/programs/calm/1/next">Videre</a>`)
}

func TestHomeworkIsAskedAboutTheNextDay(t *testing.T) {
	s, code, _ := calmSite(t)
	b := s.take(t, code)
	b.firstPart(t)
	b.get(t, calm)
	b.lacks(t, `data-exercise="breathe"`)
	b.get(t, calm+"/print")
	b.expect(t, 200, `data-own="breathe"`)
	s.wait(24 * time.Hour)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me")
	b.expect(t, 200, calm+"#homework")
	b.get(t, calm)
	b.expect(t, 200, `data-exercise="breathe"`, "Fikk du pustet rolig?")
	b.post(t, calm+"/homework", "a.breathe=partly")
	b.get(t, calm)
	b.expect(t, 200, `data-notice="program_homework"`)
	b.lacks(t, `data-exercise="breathe"`)
	b.get(t, calm+"/print")
	b.expect(t, 200, "<li>Delvis</li>", "Til neste gang: ")
}

func TestNothingThatIsWrittenReachesTheServer(t *testing.T) {
	s, b := withCalm(t)
	b.get(t, calm+"/1/next")
	b.expect(t, 200, `data-note="calm/own_words"`, `<textarea form="" id="note-calm/own_words" rows=`, "<noscript>", "/static/notes.")
	b.lacks(t, `name="own_words"`, `name="a.own_words"`)
	b.get(t, calm+"/1/begin")
	b.lacks(t, "<textarea", "/static/notes.")
	b.post(t, calm+"/1/begin", "a.strength=3", "a.own_words=hemmelig", "own_words=hemmelig", "a.place=hemmelig")
	b.get(t, "/me/export")
	b.lacks(t, "hemmelig")
	if strings.Contains(s.logged(), "hemmelig") {
		t.Error("it is in the log")
	}
}

func TestAllOfAProgrammeIsInTheExportAndGoesWhenItIsDeleted(t *testing.T) {
	s, b := withCalm(t)
	b.firstPart(t)
	b.post(t, calm+"/1/begin", "a.bothers=body", "a.strength=8")
	b.get(t, "/me/export")
	var e web.Everything
	check(t, json.Unmarshal([]byte(b.body), &e))
	if len(e.Programs) != 1 {
		t.Fatalf("%d programmes", len(e.Programs))
	}
	p := e.Programs[0]
	if len(p.Answers) != 2 || len(p.Replaced) != 1 || len(p.Seen) != 2 || len(p.Done) != 1 || p.HomeworkSet != 1 || p.Page != "order" && p.Page != "next" {
		t.Errorf("%+v", p)
	}
	for bucket, shown := range map[string]int{"reg": len(p.Answers) + len(e.Visits), "hist": len(p.Replaced), "draft": 1, "sum": len(e.Keys)} {
		if stored := s.Count(t, bucket); stored != shown {
			t.Errorf("%s holds %d records, the user sees %d", bucket, stored, shown)
		}
	}
	b.get(t, "/me/data")
	b.expect(t, 200, p.Answers[0].ID, p.Replaced[0].At, p.Seen["begin"])

	b.post(t, calm+"/delete")
	for bucket, want := range map[string]int{"reg": len(e.Visits), "hist": 0, "draft": 0} {
		if stored := s.Count(t, bucket); stored != want {
			t.Errorf("%s holds %d records after the deletion, not %d", bucket, stored, want)
		}
	}
}

func TestProgrammesAreAskedAboutOnlyWhereThereAreSome(t *testing.T) {
	_, with := withCalm(t)
	with.get(t, "/me/settings")
	with.expect(t, 200, `value="programme"`)
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	without := s.take(t, code)
	without.get(t, "/me/settings")
	without.lacks(t, `value="programme"`)
	without.post(t, "/me/sharing", "action=share", "category=programme")
	without.expect(t, 422)
	without.get(t, "/me/programs/calm")
	without.expect(t, 404)
}

func TestAPageOfAProgrammeIsInTheReadersLanguage(t *testing.T) {
	_, b := withCalm(t)
	for lang, want := range map[string]string{"nb": "Hva plager deg?", "nn": "Kva plagar deg?", "en": "What bothers you?"} {
		b.post(t, "/language", "lang="+lang)
		b.get(t, calm+"/1/begin")
		b.expect(t, 200, want)
	}
	b.post(t, "/language", "lang=en")
	b.post(t, calm+"/1/begin", "a.strength=3")
	b.get(t, "/me/export")
	b.expect(t, 200, `"kind": "scale",
          "version": "1",
          "language": "en"`)
}

func TestAnAddressThatIsNoPageIsNotFound(t *testing.T) {
	_, b := withCalm(t)
	for _, path := range []string{"/me/programs/other", calm + "/1/order", calm + "/2/begin", calm + "/01/begin", calm + "/1/nothing", calm + "/media/program.yaml"} {
		if b.get(t, path); b.status != 404 {
			t.Errorf("%s: %d", path, b.status)
		}
	}
}
