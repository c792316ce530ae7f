package web_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/web"
)

// siteWithMore is a service whose operator has accepted the licence of the
// DASS-21 and has a pack of tools.
func siteWithMore(t *testing.T) *site {
	t.Helper()
	tools, err := instrument.Content{Assets: assets.FS, Accepted: []string{"dass21"}, Pack: os.DirFS("../instrument/testdata/pack"), Name: "pack"}.Load()
	check(t, err)
	s := newSiteOn(t, domaintest.Open(t), nil, func(o *web.Options) { o.Instruments = tools })
	s.service(t)
	return s
}

// fields are the fields of a form with q1 to q(n), all of the same value, but
// for those that are given.
func fields(n, value int, but ...string) []string {
	var out []string
	for i := range n {
		id := fmt.Sprintf("q%d=", i+1)
		if !slices.ContainsFunc(but, func(s string) bool { return strings.HasPrefix(s, id) }) {
			out = append(out, fmt.Sprint(id, value))
		}
	}
	return append(out, but...)
}

// depressed is a DASS-21 of 28, 0 and 14.
var depressed = fields(21, 0, "q3=2", "q5=2", "q10=2", "q13=2", "q16=2", "q17=2", "q21=2",
	"q1=1", "q6=1", "q8=1", "q11=1", "q12=1", "q14=1", "q18=1")

// sharesDASS is a user who shares two of them, and the reference.
func sharesDASS(t *testing.T, s *site) (b *browser, reference string) {
	t.Helper()
	code, reference := s.issue(t, "pro")
	b = s.browser(t)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/welcome", "category=mapping", "own_code=no")
	for _, answers := range [][]string{fields(21, 0), depressed} {
		b.post(t, "/me/mapping/dass21", answers...)
		if b.status != http.StatusSeeOther {
			t.Fatalf("answered %d", b.status)
		}
		s.wait(time.Minute)
	}
	return b, reference
}

func TestScalesHaveEachTheirOwnResult(t *testing.T) {
	s := siteWithMore(t)
	b, _ := sharesDASS(t, s)
	b.get(t, b.location)
	for name, want := range map[string][]string{
		"data-scale":       {"depression", "anxiety", "stress"},
		"data-scale-score": {"28", "0", "14"},
		"data-scale-band":  {"extremely_severe", "normal", "normal"},
		"data-score":       nil,
	} {
		if got := attributes(b.body, name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, text := range []string{"28 av 42", "ingen diagnose", "Lavere er bedre."} {
		if !strings.Contains(b.body, text) {
			t.Errorf("the result lacks %q", text)
		}
	}
	b.get(t, "/me/development")
	if n := strings.Count(b.body, "<polyline"); n != 3 || strings.Contains(b.body, `class="legend"`) {
		t.Errorf("%d lines", n)
	}
	if got := attributes(b.body, "data-change"); !slices.Equal(got, []string{"unknown", "unknown", "unknown"}) {
		t.Errorf("without a published threshold a change is %q", got)
	}
}

// TestScalesAreInTheDownloadAsTheSchemaSays, also what a correction replaced.
func TestScalesAreInTheDownloadAsTheSchemaSays(t *testing.T) {
	s := siteWithMore(t)
	b, _ := sharesDASS(t, s)
	b.post(t, b.location+"/correct", fields(21, 1)...)
	b.post(t, "/me/mapping/sjekkinn", "mood=1", "unease=2", "sleep=3", "activity=4")
	doc := object(t, b)
	if err := validator(t, s, doc["$schema"].(string)).Validate(doc); err != nil {
		t.Error(err)
	}
	replaced := doc["replaced"].([]any)[0].(map[string]any)["mapping"].(map[string]any)
	if got := fmt.Sprint(replaced["scales"], replaced["scale_bands"], replaced["no_total"]); got != "map[anxiety:0 depression:28 stress:14] map[anxiety:normal depression:extremely_severe stress:normal] true" {
		t.Error(got)
	}
	course := doc["summaries"].(map[string]any)["mapping"].(map[string]any)["dass21"].(map[string]any)
	if got := fmt.Sprint(course["first"].(map[string]any)["scales"], course["last"].(map[string]any)["scales"]); got != "map[anxiety:0 depression:0 stress:0] map[anxiety:14 depression:14 stress:14]" {
		t.Error(got)
	}
	for _, page := range []string{"/me/data", "/me/export?format=html"} {
		b.get(t, page)
		if !strings.Contains(b.body, "depression = 28 extremely_severe") || !strings.Contains(b.body, "mood: 1, 1, 1.") {
			t.Errorf("%s lacks the scales", page)
		}
	}
}

func TestAProfessionalSeesScalesAndLimitsForEach(t *testing.T) {
	s := siteWithMore(t)
	_, reference := sharesDASS(t, s)
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/profile", "name=Siri", "mark_dass21.depression=28", "mark_dass21.stress=15", "mark_who5=50")
	if pro.status != http.StatusSeeOther {
		t.Fatalf("the limits answered %d", pro.status)
	}
	pro.get(t, "/pro?sort=dass21")
	row := staffRow(t, pro, reference)
	if got := attributes(row, "data-scale-score"); !slices.Equal(got, []string{"28", "0", "14"}) || len(attributes(row, "data-score")) > 0 {
		t.Errorf("the row has %q", got)
	}
	if !strings.Contains(row, "Nedstemthet: Din grense: 28 eller mer") || strings.Contains(row, "Din grense: 15") || attributes(row, "data-marked")[0] != "yes" {
		t.Error("the wrong limits are marked")
	}
	pro.get(t, "/pro/users/"+reference)
	if !strings.Contains(pro.body, "Nedstemthet 28 av 42 (Svært alvorlig), Angst 0 av 42 (Vanlig)") {
		t.Error("the page of the person lacks the scales")
	}
	pro.get(t, "/pro/users/"+reference+"/export?format=csv")
	rows := table(t, pro)
	first := slices.Index(rows[0], "scale_depression")
	if first < 0 || !slices.Equal(rows[2][first:first+3], []string{"28", "0", "14"}) || rows[2][4] != "" {
		t.Errorf("the person's table has %q under %q", rows[2], rows[0])
	}
	pro.get(t, "/pro/export?format=csv")
	rows = table(t, pro)
	first = slices.Index(rows[0], "dass21_depression_score")
	if first < 0 || !slices.Equal(rows[1][first:first+6], []string{"28", "extremely_severe", "0", "normal", "14", "normal"}) ||
		rows[1][slices.Index(rows[0], "dass21_score")] != "" || slices.Contains(rows[0], "k10_score") {
		t.Errorf("the overview has %q under %q", rows[1], rows[0])
	}
	pro.post(t, "/pro/profile", "name=Siri", "mark_dass21.depression=43")
	if pro.status != http.StatusUnprocessableEntity {
		t.Errorf("an impossible limit answered %d", pro.status)
	}
}

// TestEveryShapeOfAToolCanBeFilledIn: what an operator loads works on every
// page without a line of code.
func TestEveryShapeOfAToolCanBeFilledIn(t *testing.T) {
	s := siteWithMore(t)
	code, reference := s.issue(t, "pro")
	b := s.browser(t)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/welcome", "category=mapping", "own_code=no")
	for id, c := range map[string]struct {
		answers []string
		score   string
		band    string
	}{
		"who5": {fields(5, 2), "40", "low"}, "audit": {fields(10, 2), "20", "zone_4"}, "auditc": {fields(3, 1), "3", "raised"},
		"core10": {fields(10, 0), "8", "low"}, "madrs_s": {fields(9, 1), "9", "minimal"}, "bis": {fields(6, 0, "q1=3", "q6=3"), "6", "insomnia"},
		"wsas": {fields(5, 8, "q1=9"), "32", "high"},
	} {
		b.post(t, "/me/mapping/"+id, c.answers...)
		at := strings.TrimSuffix(b.location, "/care")
		b.get(t, at)
		if score, band := attributes(b.body, "data-score"), attributes(b.body, "data-band"); !slices.Equal(score, []string{c.score}) || !slices.Equal(band, []string{c.band}) {
			t.Errorf("%s: %d, %q %q", id, b.status, score, band)
		}
		if id == "auditc" && (!strings.Contains(b.body, "3 (kvinner)") || !strings.Contains(b.body, "4 (menn)")) {
			t.Error("the two limits are not both shown")
		}
		b.post(t, at+"/correct", c.answers...)
		if b.status != http.StatusSeeOther {
			t.Errorf("%s: the correction answered %d", id, b.status)
		}
	}
	fillIn(t, staffIn(t, s, "pro"), "/pro", "/pro/users/"+reference, "/pro/profile", "/pro/export?format=csv", "/pro/users/"+reference+"/export?format=json")
	fillIn(t, b, "/me", "/me/development", "/me/registrations", "/me/data")
}

// fillIn opens pages that must be there.
func fillIn(t *testing.T, b *browser, pages ...string) {
	t.Helper()
	for _, page := range pages {
		if b.get(t, page); b.status != http.StatusOK {
			t.Errorf("%.12s answered %d", page, b.status)
		}
	}
}

// TestAToolThatIsGoneLeavesItsNumbers: the operator took a pack away.
func TestAToolThatIsGoneLeavesItsNumbers(t *testing.T) {
	w := domaintest.Open(t)
	tools, err := instrument.Content{Assets: assets.FS, Accepted: []string{"dass21"}, Pack: os.DirFS("../instrument/testdata/pack"), Name: "pack"}.Load()
	check(t, err)
	s := newSiteOn(t, w, nil, func(o *web.Options) { o.Instruments = tools })
	b := s.browser(t)
	b.post(t, "/start")
	code := attributes(b.body, "data-access-code")[0]
	b.post(t, "/start/confirm", "last_group="+code[len(code)-5:])
	b.post(t, "/me/welcome")
	b.post(t, "/me/mapping/who5", fields(5, 1)...)
	b.post(t, "/me/mapping/dass21", depressed...)
	later := newSiteOn(t, w, nil)
	b = later.browser(t)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/registrations")
	if got := attributes(b.body, "data-score"); b.status != http.StatusOK || !slices.Equal(got, []string{"20"}) || !strings.Contains(b.body, "dass21") {
		t.Errorf("answered %d with %q", b.status, got)
	}
	fillIn(t, b, "/me", "/me/development", "/me/data", "/me/export?format=html")
}
