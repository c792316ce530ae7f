package web_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/web"
)

// withProgrammes lets a service have the programme calm.
func withProgrammes(t testing.TB) func(*web.Options) {
	return func(o *web.Options) {
		c, err := program.Load([]string{"phq9", "gad7"}, program.Source{FS: os.DirFS("../program/testdata"), Dir: "programs"})
		check(t, err)
		o.Programs = c
	}
}

// storySite is the service of a story: those about programmes have one.
func storySite(t testing.TB, name string) *site {
	t.Helper()
	if strings.Contains(name, "program") {
		return newSiteOn(t, domaintest.Open(t), nil, withProgrammes(t))
	}
	return newSite(t, nil)
}

// isNew reports whether a reference is marked as new in the overview.
func isNew(t *testing.T, pro *browser, reference string) bool {
	t.Helper()
	pro.get(t, "/pro")
	return strings.Contains(staffRow(t, pro, reference), `<span class="tag">Nytt</span>`)
}

func TestAnAnswerInAProgrammeIsMarkedAsNewAndReadingAloneIsNot(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	b.post(t, calm+"/1/begin", "a.strength=8")
	if pro := staffIn(t, s, "pro"); !isNew(t, pro, reference) {
		t.Error("the first answer is not marked")
	}
	later := func() (*browser, *browser) {
		for range 2 { // the mark stands through the day after
			s.wait(24 * time.Hour)
			staffIn(t, s, "pro").get(t, "/pro")
		}
		b.post(t, "/login", "code="+code)
		return b, staffIn(t, s, "pro")
	}
	b, pro := later()
	if isNew(t, pro, reference) {
		t.Error("an answer that was there is marked")
	}
	b.post(t, calm+"/1/next")
	if pro.get(t, "/pro"); isNew(t, pro, reference) || !slices.Equal(attributes(pro.body, "data-last"), []string{"2026-03-04"}) {
		t.Error("reading alone is marked, or not seen as a use")
	}
	b, pro = later()
	b.post(t, calm+"/homework", "a.breathe=no")
	if !isNew(t, pro, reference) {
		t.Error("an answer to homework is not marked")
	}
	b.post(t, "/me/sharing", "action=withdraw", "category=programme")
	b.post(t, "/me/sharing", "action=share", "category=mapping")
	if isNew(t, pro, reference) {
		t.Error("an answer that is not shared is marked")
	}
}

// TestNotSharingProgrammesLooksTheSameWhateverTheReason: never shared, withdrawn
// or never used.
func TestNotSharingProgrammesLooksTheSameWhateverTheReason(t *testing.T) {
	s, _, _ := calmSite(t)
	var references []string
	for _, how := range []string{"uses it, shares it", "uses it", "withdraws it", "never uses it"} {
		code, reference := s.issue(t, "pro")
		b := s.take(t, code)
		b.post(t, "/me/sharing", "action=share", "category=mapping")
		if how == "uses it, shares it" || how == "withdraws it" {
			b.post(t, "/me/sharing", "action=share", "category=programme")
		}
		if how != "never uses it" {
			b.firstPart(t)
		}
		if how == "withdraws it" {
			b.post(t, "/me/sharing", "action=withdraw", "category=programme")
		}
		references = append(references, reference)
	}
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro")
	if !strings.Contains(staffRow(t, pro, references[0]), `data-program="calm" data-done="1" data-parts="2" data-homework-done="0" data-homework-set="1" data-last="2026-03-02"`) {
		t.Fatal("what is shared does not show")
	}
	rows := map[string]bool{}
	for _, reference := range references[1:] {
		rows[strings.ReplaceAll(staffRow(t, pro, reference), reference, "")] = true
	}
	if len(rows) != 1 {
		t.Errorf("the rows differ: %v", rows)
	}
	pages := map[string]bool{}
	for _, reference := range references[1:] {
		pro.get(t, "/pro/users/"+reference+"/export?format=json")
		pro.expect(t, 200)
		pro.lacks(t, "calm", "homework")
		pages[strings.ReplaceAll(pro.body, reference, "")] = true
	}
	if len(pages) != 1 {
		t.Errorf("what is taken out differs: %v", pages)
	}
}

// TestHomeworkThatWasNotReachedIsNotShown: how far somebody has read does not
// follow from a list of what was not answered.
func TestHomeworkThatWasNotReachedIsNotShown(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	b.post(t, calm+"/1/begin", "a.strength=8")
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro/users/"+reference)
	pro.expect(t, 200, "<dd>8 av 10</dd>", `data-homework-set="0"`)
	pro.lacks(t, `data-own="breathe"`, "Hjemmeoppgaver")
}

func TestOnlyWhoWasSentSomethingReadsAhead(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	other, _ := s.issue(t, "pro")
	c := s.take(t, other)
	c.post(t, "/me/sharing", "action=share", "category=programme")
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/users/"+reference+"/send", "to=program/calm/2", "message=talked")
	for who, want := range map[*browser]int{b: 200, c: 303} {
		if who.get(t, calm+"/2/order"); who.status != want {
			t.Errorf("answered %d, want %d", who.status, want)
		}
	}
}
