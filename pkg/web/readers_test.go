package web_test

import (
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/assets"
)

// writing are the fields in which somebody writes or answers.
var writing = regexp.MustCompile(`template "questions"|<textarea|type="(text|number|range|date|radio|checkbox|search)"`)

// notContent are pages with such fields that save nothing a service could read.
var notContent = map[string]string{
	"user/code.html":       "the last group of the code, to show that it was saved",
	"user/delete_all.html": "the word that confirms",
	"user/apart.html":      "which tools are shared by themselves, and with whom, which it says beside each",
	"user/connect.html":    "a code of a service, which is used up and not kept",
}

// TestEveryPageThatSavesContentSaysWhoReadsIt: a new page cannot forget to.
func TestEveryPageThatSavesContentSaysWhoReadsIt(t *testing.T) {
	names, err := fs.Glob(assets.FS, "templates/user/*.html")
	check(t, err)
	found := 0
	for _, name := range names {
		raw, err := fs.ReadFile(assets.FS, name)
		check(t, err)
		content := string(raw)
		if notContent[strings.TrimPrefix(name, "templates/")] != "" || !strings.Contains(content, "<form") || !writing.MatchString(content) {
			continue
		}
		found++
		if !strings.Contains(content, `{{template "readers" .}}`) && !strings.Contains(content, "data-readers=") {
			t.Errorf("%s does not say who reads what is written there and when", name)
		}
	}
	if found < 3 {
		t.Errorf("only %d pages with such forms were found", found)
	}
}

// says checks who can read what is written on the pages of a user.
func says(t *testing.T, b *browser, when, want string, pages ...string) {
	t.Helper()
	for _, page := range pages {
		b.get(t, page)
		if got := attributes(b.body, "data-readers"); b.status != http.StatusOK || len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return s != want }) {
			t.Errorf("%s: %.16s answered %d and says %q", when, page, b.status, got)
		}
		if named := strings.Contains(b.body, "Fjordklinikken kan lese dette"); named != (want == "service") {
			t.Errorf("%s: %.16s names the service: %v", when, page, named)
		}
	}
}

func TestWhoReadsFollowsTheSharing(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	b := s.browser(t)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/welcome")
	if got := attributes(b.body, "data-readers"); !slices.Equal(got, []string{"none"}) {
		t.Errorf("the welcome says %q", got)
	}
	b.post(t, "/me/welcome", "own_code=no")
	b.post(t, "/me/mapping/gad7", "q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1")
	pages := []string{"/me/mapping/phq9", "/me/mapping/gad7", b.location + "/correct"}
	says(t, b, "nothing is shared", "none", pages...)
	b.post(t, "/me/sharing", "action=share", "category=activity")
	says(t, b, "another category is shared", "none", pages...)
	b.post(t, "/me/sharing", "action=share", "category=mapping")
	says(t, b, "it is shared", "service", pages...)
	b.post(t, "/me/mapping/phq9", "q1=1")
	if got := attributes(b.body, "data-readers"); b.status != http.StatusUnprocessableEntity || !slices.Contains(got, "service") {
		t.Errorf("a form that is not finished answered %d and says %q", b.status, got)
	}
	b.post(t, "/me/sharing", "action=withdraw", "category=mapping")
	says(t, b, "it is withdrawn", "none", pages...)
	b.post(t, "/me/sharing", "action=share", "category=mapping")
	s.wait(181 * 24 * time.Hour)
	b.post(t, "/login", "code="+code, "device=own")
	says(t, b, "the last day", "service", pages...)
	s.wait(20 * time.Hour)
	says(t, b, "the day after, before any job", "none", pages...)
}

func TestWhoReadsIsSaidInThreeLanguages(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b, code := s.sharing(t)
	s.shareWithAnother(t, code)
	for lang, want := range map[string]string{
		"nb": "Fjordklinikken og Fjord helse kan lese dette neste gang de ser etter. Ingen følger med, heller ikke om natten, og ingen blir varslet.",
		"nn": "Fjordklinikken og Fjord helse kan lese dette neste gong dei ser etter. Ingen følgjer med, heller ikkje om natta, og ingen blir varsla.",
		"en": "Fjordklinikken and Fjord helse can read this the next time they look. Nobody watches, at night or at any time, and nobody is alerted.",
	} {
		b.post(t, "/language", "lang="+lang, "from=/me")
		b.get(t, "/me/mapping/phq9")
		if n := strings.Count(b.body, want); n != 2 { // before the first question and at the end
			t.Errorf("in %s it is said %d times", lang, n)
		}
	}
}
