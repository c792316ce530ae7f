package web_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/web"
)

// who5 is a tool, and the version that it is replaced with: other words, half
// the score and other limits.
func who5(t *testing.T) (first, second string) {
	t.Helper()
	raw, err := os.ReadFile("../instrument/testdata/pack/instruments/who5.yaml")
	check(t, err)
	first = string(raw)
	return first, strings.NewReplacer(`version: "1"`, `version: "2"`, "item ", "reworded ", "option ", "choice ", "factor: 4", "factor: 2", "max: 100", "max: 50",
		"cutoff: 50", "cutoff: 25", "to: 28", "to: 14", "from: 29, to: 50", "from: 15, to: 25", "from: 51, to: 100", "from: 26, to: 50", "good", "splendid").Replace(first)
}

// withTools is a service with these files of tools, after the one before, if any.
func withTools(t *testing.T, before *site, files map[string]string) *site {
	t.Helper()
	content := fstest.MapFS{}
	for name, text := range files {
		content["instruments/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	tools, err := instrument.Content{Assets: content}.Load()
	check(t, err)
	with := func(o *web.Options) { o.Instruments = tools }
	if before == nil {
		s := newSiteOn(t, domaintest.Open(t), nil, with)
		s.service(t)
		return s
	}
	s := newSiteOn(t, before.World, nil, with)
	s.now, s.staff, s.business, s.keys = before.Now(), before.staff, before.business, before.keys
	return s
}

// halfFilled is somebody who shares mappings and has begun with the first
// version, which is then replaced; older is its file, none when it was not kept.
func halfFilled(t *testing.T, older string) (s *site, b *browser, code, reference string) {
	t.Helper()
	first, second := who5(t)
	before := withTools(t, nil, map[string]string{"who5.yaml": first})
	code, reference = before.issue(t, "pro")
	b = before.browser(t)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/welcome", "category=mapping", "own_code=no")
	b.post(t, "/me/mapping/who5/answers", "item=q1", "value=5", "version=1")
	b.post(t, "/me/mapping/who5", "q2=5", "then=later", "version=1")
	b.expect(t, http.StatusSeeOther)
	files := map[string]string{"who5.yaml": second}
	if older != "" {
		files["older/"+older] = first
	}
	s = withTools(t, before, files)
	b = s.browser(t)
	b.post(t, "/login", "code="+code)
	return s, b, code, reference
}

func TestAHalfFilledMappingStaysInItsVersion(t *testing.T) {
	s, b, _, reference := halfFilled(t, "replaced-in-march.yaml")
	pro := staffIn(t, s, "pro")
	b.get(t, "/me")
	b.expect(t, http.StatusOK, "2 av 5")
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "item 1", "option 5", `name="version" value="1"`)
	b.lacks(t, "reworded", "choice", "data-anew")
	b.post(t, "/me/mapping/who5/answers", "item=q3", "value=4", "version=1")
	b.post(t, "/language", "lang=en", "from=/me/mapping/who5", "q4=5", "version=1")
	b.post(t, "/me/mapping/who5", "q1=5", "q2=5", "q3=4", "version=1")
	b.expect(t, http.StatusUnprocessableEntity, "item 5", `data-missing="q5"`)
	b.lacks(t, "reworded", `data-missing="q4"`)
	b.post(t, "/me/mapping/who5", "q5=5", "version=1")
	b.expect(t, http.StatusSeeOther)
	b.get(t, b.location)
	b.expect(t, http.StatusOK, "96 of 100", `data-band="good"`, "item 1", "option 4")
	b.lacks(t, "reworded", "splendid")
	correct := attributes(b.body, "href")
	b.get(t, correct[slices.IndexFunc(correct, func(to string) bool { return strings.HasSuffix(to, "/correct") })])
	b.expect(t, http.StatusOK, "item 1", "option 4")
	pro.get(t, "/pro")
	if row := staffRow(t, pro, reference); !strings.Contains(row, "96</strong> good") {
		t.Errorf("the overview reads the score as one of the new version: %s", row)
	}
	pro.get(t, "/pro/users/"+reference)
	pro.expect(t, http.StatusOK, "96 av 100 (good)", "item 1", "option 4")
	pro.lacks(t, "reworded", "splendid")
}

func TestACorrectionStaysInTheVersionOfTheAnswer(t *testing.T) {
	s, b, _, reference := halfFilled(t, "who5-1.yaml")
	b.post(t, "/me/mapping/who5", fields(5, 5)...)
	b.post(t, b.location+"/correct", fields(5, 2)...)
	b.expect(t, http.StatusSeeOther)
	b.get(t, b.location)
	b.expect(t, http.StatusOK, `data-score="40"`, "40 av 100", "option 2")
	b.get(t, "/me/export?format=json")
	b.expect(t, http.StatusOK, `"version": "1"`)
	b.lacks(t, `"version": "2"`)
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/profile", "name=Siri", "mark_who5=50") // of the version that is offered
	for _, page := range []string{"/pro", "/pro/users/" + reference} {
		pro.get(t, page)
		pro.expect(t, http.StatusOK, `data-score="40"`)
		pro.lacks(t, "Din grense: 50")
	}
}

func TestScoresThatCountOtherwiseAreNotCompared(t *testing.T) {
	s, b, _, reference := halfFilled(t, "who5-1.yaml")
	b.post(t, "/me/mapping/who5", fields(5, 5)...)
	b.get(t, "/me/mapping")
	b.expect(t, http.StatusOK, "100 av 100 (good)")
	s.wait(time.Minute)
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "reworded 1", `value="2"`)
	b.post(t, "/me/mapping/who5", append(fields(5, 5), "version=2")...)
	b.get(t, b.location)
	b.expect(t, http.StatusOK, `data-score="50"`, `data-band="splendid"`, "50 av 50", "reworded 1")
	b.lacks(t, "poeng", "item 1")
	b.get(t, "/me/development")
	b.expect(t, http.StatusOK, "100 av 100 (good)", `data-score="50"`)
	b.lacks(t, "data-change")
	if n := strings.Count(b.body, "<circle"); n != 1 {
		t.Errorf("%d scores are drawn on one scale", n)
	}
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro")
	if row := staffRow(t, pro, reference); !strings.Contains(row, "50</strong> splendid") || strings.Contains(row, "-50") || strings.Contains(row, "data-change") {
		t.Errorf("the overview compares what cannot be: %s", row)
	}
	pro.get(t, "/pro/export?format=csv")
	rows := table(t, pro)
	if i := slices.Index(rows[0], "who5_change"); rows[1][i] != "" || rows[1][i+1] != "" || rows[1][slices.Index(rows[0], "who5_score")] != "50" {
		t.Errorf("the table has %q under %q", rows[1], rows[0])
	}
}

func TestAfter14DaysAHalfFilledMappingBeginsAnewInTheNewVersion(t *testing.T) {
	s, b, code, _ := halfFilled(t, "who5-1.yaml")
	s.wait(14*24*time.Hour - time.Second)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "item 1")
	b.lacks(t, "data-anew")
	s.wait(time.Second)
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "reworded 1", `data-anew="yes"`, `name="version" value="2"`)
	b.lacks(t, "item 1", " checked")
	b.post(t, "/me/mapping/who5", "q3=5", "q4=5", "q5=5", "version=2")
	b.expect(t, http.StatusUnprocessableEntity, `data-missing="q1 q2"`, "reworded 1")
}

func TestAVersionThatIsNotThereBeginsAnewAndSaysSo(t *testing.T) {
	_, b, _, _ := halfFilled(t, "")
	b.get(t, "/me")
	b.lacks(t, "2 av 5")
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "reworded 1", `data-anew="yes"`)
	b.lacks(t, "item 1", " checked")
}

func TestNobodyBeginsInAnOldVersion(t *testing.T) {
	s, _, _, _ := halfFilled(t, "who5-1.yaml")
	code, _ := s.issue(t, "pro")
	b := s.take(t, code)
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "reworded 1")
	b.lacks(t, "data-anew")
	for path, form := range map[string][]string{
		"/me/mapping/who5":         append(fields(5, 5), "version=1"),
		"/me/mapping/who5/answers": {"item=q1", "value=5", "version=1"},
		"/language":                {"lang=nb", "from=/me/mapping/who5", "q1=5", "version=1"},
	} {
		b.post(t, path, form...)
		b.expect(t, http.StatusConflict, `data-error="another_version"`)
	}
	b.get(t, "/me/export?format=json")
	b.lacks(t, `"who5"`)
}

// TestWhoHasAnsweredNothingHasNotBegun, even if the form was sent.
func TestWhoHasAnsweredNothingHasNotBegun(t *testing.T) {
	first, second := who5(t)
	before := withTools(t, nil, map[string]string{"who5.yaml": first})
	code, _ := before.issue(t, "pro")
	b := before.take(t, code)
	b.post(t, "/me/mapping/who5", "version=1")
	b.expect(t, http.StatusUnprocessableEntity, `data-missing="q1 q2 q3 q4 q5"`)
	s := withTools(t, before, map[string]string{"who5.yaml": second, "older/who5-1.yaml": first})
	b = s.browser(t)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/mapping/who5")
	b.expect(t, http.StatusOK, "reworded 1")
	b.lacks(t, "item 1", "data-anew")
}

// TestAVersionThatIsGoneLeavesTheNumbers of what was answered in it.
func TestAVersionThatIsGoneLeavesTheNumbers(t *testing.T) {
	first, second := who5(t)
	before := withTools(t, nil, map[string]string{"who5.yaml": first})
	code, _ := before.issue(t, "pro")
	b := before.take(t, code)
	b.post(t, "/me/mapping/who5", fields(5, 5)...)
	registration := b.location
	s := withTools(t, before, map[string]string{"who5.yaml": second})
	b = s.browser(t)
	b.post(t, "/login", "code="+code)
	b.get(t, registration)
	b.expect(t, http.StatusOK, "who5", `data-score="100"`)
	b.lacks(t, "reworded", "choice", "av 50", "/correct")
	b.get(t, registration+"/correct")
	b.expect(t, http.StatusNotFound)
	b.get(t, "/me/development")
	b.expect(t, http.StatusOK, `data-score="100"`)
	b.lacks(t, "<circle")
}

func TestACheckInOfTodayStaysInItsVersion(t *testing.T) {
	first, second := who5(t)
	daily := strings.NewReplacer("min_interval_days: 14", "min_interval_days: 0\nplace: daily")
	before := withTools(t, nil, map[string]string{"who5.yaml": daily.Replace(first)})
	code, _ := before.issue(t, "pro")
	b := before.take(t, code)
	b.post(t, "/language", "lang=en", "from=/me", "q1=5", "version=1")
	s := withTools(t, before, map[string]string{"who5.yaml": daily.Replace(second), "older/1.yaml": daily.Replace(first)})
	b = s.browser(t)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me")
	b.expect(t, http.StatusOK, "item 1", `name="version" value="1"`, `value="5" selected`)
	b.post(t, "/language", "lang=en", "from=/me", "q2=4", "version=1")
	s.wait(24 * time.Hour)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me")
	b.expect(t, http.StatusOK, "reworded 1", `name="version" value="2"`)
	b.lacks(t, "item 1", " selected")
}
