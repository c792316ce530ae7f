package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
)

func TestCodesAreShownOnceForAFormAndCanBePrintedUntilConfirmed(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := staffIn(t, s, "pro")
	b.get(t, "/pro/codes")
	form := "form=" + staffField(t, b, "form")
	b.post(t, "/pro/codes", "count=3", "language=nn", "heading=neutral", form)
	codes, references := attributes(b.body, "data-access-code"), attributes(b.body, "data-reference")
	if b.status != http.StatusOK || len(codes) != 3 || len(references) != 3 {
		t.Fatalf("answered %d with %d codes and %d references", b.status, len(codes), len(references))
	}
	for i, code := range codes {
		if _, err := accesscode.Parse(code); err != nil || strings.Contains(strings.ReplaceAll(code, "-", ""), references[i]) {
			t.Errorf("code %d is no code, or holds its reference", i)
		}
	}
	if !strings.Contains(b.body, `lang="nn"`) || !strings.Contains(b.body, "<h2>Koden din</h2>") {
		t.Error("the sheets are not as they were asked for")
	}
	b.post(t, "/pro/codes", "count=3", form)
	if b.status != http.StatusConflict || len(attributes(b.body, "data-access-code")) > 0 {
		t.Errorf("the same form again was answered %d", b.status)
	}
	b.get(t, "/pro/codes/print")
	if got := attributes(b.body, "data-access-code"); !slices.Equal(got, codes) {
		t.Errorf("%d codes can be printed again, want the same 3", len(got))
	}
	b.post(t, "/pro/codes", "count=1") // a script sends no key
	b.get(t, "/pro/codes/print")
	if got := attributes(b.body, "data-access-code"); len(got) != 4 {
		t.Errorf("%d codes wait to be printed, want 4", len(got))
	}
	b.post(t, "/pro/codes/printed")
	b.get(t, "/pro/codes/print")
	staffWant(t, b, http.StatusSeeOther, "/pro/codes")
	b.get(t, "/pro/codes")
	if got := attributes(b.body, "data-reference"); len(got) != 4 || strings.Contains(b.body, codes[0]) {
		t.Errorf("the list has %d references, want 4 and no code", len(got))
	}
}

func TestAnIssuedCodeLogsIn(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/codes", "count=1")
	user := s.browser(t)
	user.post(t, "/login", "code="+attributes(pro.body, "data-access-code")[0])
	staffWant(t, user, http.StatusSeeOther, "/me/welcome")
}

func TestFromOneToFiftyCodesAtATime(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := staffIn(t, s, "pro")
	for _, form := range [][]string{{"count=0"}, {"count=51"}, {"count=-1"}, {"count=many"}, {}, {"count=1", "language=sv"}} {
		b.post(t, "/pro/codes", form...)
		if b.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: answered %d", form, b.status)
		}
	}
	if n := s.Count(t, "issued"); n != 0 {
		t.Errorf("refused forms issued %d codes", n)
	}
	b.post(t, "/pro/codes", "count=50")
	if b.status != http.StatusOK || len(attributes(b.body, "data-access-code")) != 50 {
		t.Errorf("50 codes: answered %d", b.status)
	}
}

func TestRevokingDoesNotTellWhetherACodeWasUsed(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	pro := staffIn(t, s, "pro")
	unused, first := s.issue(t, "pro")
	used, second := s.issue(t, "pro")
	s.take(t, used)
	answers := map[string]string{}
	for _, reference := range []string{first, second} {
		pro.post(t, "/pro/codes/revoke", "reference="+reference)
		staffWant(t, pro, http.StatusSeeOther, "/pro/codes")
		pro.get(t, "/pro/codes")
		_, row, _ := strings.Cut(pro.body, `<tr data-reference="`+reference)
		row, _, _ = strings.Cut(row, "</tr>")
		answers[reference] = strings.Join(attributes(pro.body, "data-notice"), "") + strings.ReplaceAll(row, reference, "")
	}
	if answers[first] != answers[second] {
		t.Errorf("the answers differ:\n%s\n%s", answers[first], answers[second])
	}
	user := s.browser(t)
	user.post(t, "/login", "code="+unused)
	staffWant(t, user, http.StatusUnauthorized, "")
	user.post(t, "/login", "code="+used)
	staffWant(t, user, http.StatusSeeOther, "/me")
}

func TestArchivedReferencesAreHiddenUntilAskedFor(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	pro := staffIn(t, s, "pro")
	_, reference := s.issue(t, "pro")
	shown := func(path string) bool {
		pro.get(t, path)
		return slices.Contains(attributes(pro.body, "data-reference"), reference)
	}
	pro.post(t, "/pro/codes/archive", "reference="+reference)
	staffWant(t, pro, http.StatusSeeOther, "/pro/codes")
	if shown("/pro/codes") || shown("/pro") || !shown("/pro/codes?archived=1") {
		t.Error("an archived reference is shown unasked, or not when asked for")
	}
	pro.post(t, "/pro/codes/archive", "reference="+reference, "undo=1")
	if !shown("/pro/codes") {
		t.Error("the reference did not come back")
	}
}

func TestAReferenceOfAnotherCaseloadCannotBeToldFromAnUnknownOne(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	others := staffShares(t, s, "other", "1")
	_, unshared := s.issue(t, "pro")
	pro := staffIn(t, s, "pro")
	answers := map[string]string{}
	for _, reference := range []string{others, "000000", unshared} {
		pro.get(t, "/pro/users/"+reference)
		staffWant(t, pro, http.StatusNotFound, "")
		answers[reference] = strings.ReplaceAll(pro.body, reference, "")
	}
	if answers[others] != answers["000000"] || answers[unshared] != answers["000000"] {
		t.Error("the answers differ")
	}
	for _, path := range []string{"/pro/codes/revoke", "/pro/codes/archive", "/pro/users/REF/hand-over", "/pro/users/REF/cover"} {
		for _, reference := range []string{others, "000000"} {
			form := url.Values{"reference": {reference}, "professional": {hexName(s, "pro")}, "until": {"2026-03-05"}}
			pro.do(t, http.MethodPost, strings.Replace(path, "REF", reference, 1), form, nil)
			if pro.status != http.StatusNotFound {
				t.Errorf("%s on a reference of another caseload answered %d", path, pro.status)
			}
		}
	}
	pro.get(t, "/pro/codes")
	if slices.Contains(attributes(pro.body, "data-reference"), others) {
		t.Error("the list shows a colleague's reference")
	}
}
