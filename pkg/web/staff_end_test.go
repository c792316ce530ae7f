package web_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/domaintest"
)

// TestEndingLooksTheSameWhateverWasShared, from the form to the page after it.
func TestEndingLooksTheSameWhateverWasShared(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	shared := staffShares(t, s, "pro", "2")
	_, unused := s.issue(t, "pro")
	pro := staffIn(t, s, "pro")
	seen := map[string][]string{}
	for _, reference := range []string{shared, unused} {
		add := func() {
			page := strings.ReplaceAll(pro.body, reference, "REF")
			seen[reference] = append(seen[reference], fmt.Sprint(pro.status, strings.ReplaceAll(pro.location, reference, "REF"), page))
		}
		pro.get(t, "/pro/users/"+reference+"/end")
		add()
		pro.post(t, "/pro/users/"+reference+"/end", "checked=yes")
		staffWant(t, pro, http.StatusSeeOther, "/pro/codes/"+reference)
		add()
		pro.get(t, pro.location)
		add()
		pro.get(t, "/pro/users/"+reference)
		staffWant(t, pro, http.StatusNotFound, "")
		add()
	}
	if !slices.Equal(seen[shared], seen[unused]) {
		t.Error("the pages tell whether something was shared")
	}
	pro.get(t, "/pro")
	a, b := staffRow(t, pro, shared), staffRow(t, pro, unused)
	if strings.ReplaceAll(a, shared, "") != strings.ReplaceAll(b, unused, "") {
		t.Error("the rows of the overview differ")
	}
	pro.get(t, "/pro/codes")
	a, b = staffRow(t, pro, shared), staffRow(t, pro, unused)
	if strings.ReplaceAll(a, shared, "") != strings.ReplaceAll(b, unused, "") {
		t.Error("the lists of codes differ")
	}
	var noted []bool // whether the entry names a grant: for the user's eyes
	for _, e := range staffEntries(t, s) {
		if e.What == audit.End && hex.EncodeToString(e.Who) == hexName(s, "pro") {
			noted = append(noted, e.Grant != nil)
		}
	}
	if !slices.Equal(noted, []bool{true, false}) {
		t.Errorf("the log has the entries %v", noted)
	}
}

// TestAFullStoreLetsProfessionalsEndAndLeave: shutting out always goes on.
func TestAFullStoreLetsProfessionalsEndAndLeave(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "2")
	pro := staffIn(t, s, "pro")
	s.Fill(t)
	pro.post(t, "/pro/users/"+reference+"/end", "checked=yes")
	staffWant(t, pro, http.StatusSeeOther, "/pro/codes/"+reference)
	if n := s.Count(t, "grant"); n != 0 {
		t.Errorf("%d grants are left", n)
	}
	who := s.staff["pro"]
	pro.post(t, "/pro/profile/delete", "confirm=SLETT", "password="+who.password, "totp="+s.code(t, "pro"))
	staffWant(t, pro, http.StatusSeeOther, "/pro/login")
}

// TestTheLogIsShownByTheHundred from the newest, and every entry on one page.
func TestTheLogIsShownByTheHundred(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	super := staffIn(t, s, "super")
	for range 203 {
		super.post(t, "/pro/business", "name=Fjordklinikken", "number=974760673")
	}
	var all []string
	for page, want := range map[string]int{"1": 100, "2": 100, "3": 3} {
		super.get(t, "/pro/audit?page="+page)
		got := attributes(super.body, "data-entry")
		if len(got) != want {
			t.Errorf("page %s has %d entries, want %d", page, len(got), want)
		}
		all = append(all, got...)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 203 {
		t.Error("the pages do not make up the whole")
	}
	super.get(t, "/pro/audit")
	if got := attributes(super.body, "data-entry"); got[0] != "203" || got[99] != "104" {
		t.Errorf("the first page goes from %s to %s", got[0], got[99])
	}
}

// TestTheLogIsShownForTwoYears, on the page and to whoever downloads their profile,
// though no night has removed anything.
func TestTheLogIsShownForTwoYears(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	staffIn(t, s, "pro").post(t, "/pro/codes", "count=7")
	for day, want := range []int{1, 0} {
		s.wait(s.now.AddDate(2*(1-day), 0, day).Sub(s.now))
		pro := staffIn(t, s, "pro")
		pro.get(t, "/pro/audit")
		shown := len(attributes(pro.body, "data-entry"))
		pro.get(t, "/pro/profile/export")
		if told := strings.Count(pro.body, audit.Issue); shown != want || told != want {
			t.Errorf("two years and %d days later the page shows %d entries and the profile %d, want %d", day, shown, told, want)
		}
	}
}
