package web_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/store"
)

func hexName(s *site, name string) string {
	id := s.staff[name].id
	return hex.EncodeToString(id[:])
}

// staffRow is a reference's row of the overview.
func staffRow(t testing.TB, b *browser, reference string) string {
	t.Helper()
	_, row, found := strings.Cut(b.body, `<tr data-reference="`+reference+`"`)
	if !found {
		t.Fatalf("the overview (%d) lacks a reference", b.status)
	}
	row, _, _ = strings.Cut(row, "</tr>")
	return " " + row
}

// staffEntries are the entries of the business's log.
func staffEntries(t testing.TB, s *site) []audit.Entry {
	t.Helper()
	var out []audit.Entry
	s.View(t, func(r store.Reader) error {
		out = nil
		for e, err := range audit.For(s.Ring, s.business.ID[:]).Entries(r, 0) {
			if err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out
}

// A reading that cannot be noted is no reading.
func TestNothingIsReadUnlessItsAuditEntryStands(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "2")
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro")
	pro.get(t, "/pro/users/"+reference)
	var seen []string
	for _, e := range staffEntries(t, s) {
		if e.Who != nil && hex.EncodeToString(e.Who) == hexName(s, "pro") {
			seen = append(seen, fmt.Sprint(e.What, " ", e.Grant != nil))
		}
	}
	if want := []string{"overview false", "person true"}; !slices.Equal(seen, want) {
		t.Errorf("the log has %v, want %v", seen, want)
	}
	s.Update(t, func(tx store.Tx) error {
		return tx.Put("chain", s.Ring.Index("chain", s.business.ID[:]), []byte("spoilt"))
	})
	s.wait(24 * time.Hour) // the next entry for the overview is due
	pro = staffIn(t, s, "pro")
	for _, path := range []string{"/pro", "/pro/users/" + reference} {
		pro.get(t, path)
		if pro.status != http.StatusInternalServerError || len(attributes(pro.body, "data-score")) > 0 {
			t.Errorf("%s answered %d although the entry could not be written", path, pro.status)
		}
	}
}

func TestTheOverviewShowsReferencesAndWhatIsShared(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	high, low := staffShares(t, s, "pro", "3"), staffShares(t, s, "pro", "1")
	_, silent := s.issue(t, "pro")
	theirs := staffShares(t, s, "other", "3")
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro")
	row := staffRow(t, pro, high)
	for name, want := range map[string]string{"data-shared": "yes", "data-shared-until": "2026-08-30", "data-due": "no", "data-score": "21", "data-band": "severe"} {
		if got := attributes(row, name); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
	row = staffRow(t, pro, silent)
	if got := attributes(row, "data-shared"); got[0] != "no" || len(attributes(row, "data-score")) > 0 {
		t.Error("a reference that is not shared shows something")
	}
	if strings.Contains(pro.body, theirs) {
		t.Error("a colleague's reference is shown")
	}
	for sort, first := range map[string]string{"gad7": high, "": min(high, low, silent), "due": min(high, low, silent)} {
		pro.get(t, "/pro?sort="+sort)
		if got := attributes(pro.body, "data-reference"); len(got) != 3 || got[0] != first {
			t.Errorf("sorted by %q the rows are %v", sort, got)
		}
	}
	pro.get(t, "/pro?ref="+strings.ToLower(low[:5])+"+"+low[5:])
	if got := attributes(pro.body, "data-reference"); !slices.Equal(got, []string{low}) {
		t.Errorf("looking for one reference found %v", got)
	}
	s.wait(15 * 24 * time.Hour)
	pro = staffIn(t, s, "pro")
	pro.get(t, "/pro?sort=due")
	if got := attributes(staffRow(t, pro, low), "data-due"); got[0] != "yes" {
		t.Error("after 15 days no mapping is due")
	}
}

func TestTheOverviewIsSortedOverAllAndShownByTheHundred(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	for range 120 {
		s.issue(t, "pro")
	}
	pro := staffIn(t, s, "pro")
	var all []string
	for path, want := range map[string]int{"/pro": 100, "/pro?page=2": 20, "/pro?page=9": 20, "/pro?all=1": 120} {
		pro.get(t, path)
		got := attributes(pro.body, "data-reference")
		if len(got) != want || !slices.IsSorted(got) {
			t.Errorf("%s: %d rows, want %d, sorted", path, len(got), want)
		}
		if path != "/pro?page=9" && path != "/pro?all=1" {
			all = append(all, got...)
		}
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 120 {
		t.Error("the pages do not make up the whole")
	}
}

func TestAReferenceIsHandedOver(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "1")
	pro, other := staffIn(t, s, "pro"), staffIn(t, s, "other")
	pro.post(t, "/pro/users/"+reference+"/hand-over", "professional="+hexName(s, "other"))
	staffWant(t, pro, http.StatusSeeOther, "/pro/codes")
	pro.get(t, "/pro/users/"+reference)
	staffWant(t, pro, http.StatusNotFound, "")
	other.get(t, "/pro/users/"+reference)
	staffWant(t, other, http.StatusOK, "")
	entries := staffEntries(t, s)
	if e := entries[len(entries)-2]; e.What != audit.HandOver || e.Grant == nil {
		t.Errorf("the entry of the handing over is %q, with a grant: %v", e.What, e.Grant != nil)
	}
	super := staffIn(t, s, "super") // may move what is not their own
	super.post(t, "/pro/users/"+reference+"/hand-over", "professional="+hexName(s, "pro"))
	staffWant(t, super, http.StatusSeeOther, "/pro/codes")
	pro.get(t, "/pro/users/"+reference)
	staffWant(t, pro, http.StatusOK, "")
}

func TestACoverSeesAReferenceThroughTheDayAndNoLonger(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "1")
	pro, other := staffIn(t, s, "pro"), staffIn(t, s, "other")
	for _, until := range []string{"2026-03-01", "2028-01-01", "soon", ""} {
		pro.post(t, "/pro/users/"+reference+"/cover", "professional="+hexName(s, "other"), "until="+until)
		staffWant(t, pro, http.StatusUnprocessableEntity, "")
	}
	pro.post(t, "/pro/users/"+reference+"/cover", "professional="+hexName(s, "other"), "until=2026-03-03")
	staffWant(t, pro, http.StatusSeeOther, "/pro/codes")
	other.get(t, "/pro/users/"+reference)
	staffWant(t, other, http.StatusOK, "")
	other.post(t, "/pro/users/"+reference+"/hand-over", "professional="+hexName(s, "other"))
	staffWant(t, other, http.StatusForbidden, "") // covering is not having
	s.wait(24 * time.Hour)
	other = staffIn(t, s, "other")
	other.get(t, "/pro/users/"+reference)
	staffWant(t, other, http.StatusOK, "")
	s.wait(24 * time.Hour)
	other = staffIn(t, s, "other")
	other.get(t, "/pro/users/"+reference)
	staffWant(t, other, http.StatusNotFound, "")
	pro = staffIn(t, s, "pro")
	pro.get(t, "/pro/users/"+reference)
	staffWant(t, pro, http.StatusOK, "")
}

func TestTheRiskItemAndCorrectionsAreMarked(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, reference := s.issue(t, "pro")
	user := s.browser(t)
	user.post(t, "/login", "code="+code)
	user.post(t, "/me/welcome", "category=mapping", "own_code=no")
	user.post(t, "/me/mapping/phq9", "q1=0", "q2=0", "q3=0", "q4=0", "q5=0", "q6=0", "q7=0", "q8=0", "q9=1", "q10=0")
	registration := regexp.MustCompile(`/me/registrations/[0-9a-f]{32}`).FindString(user.location)
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro/users/"+reference)
	if got := attributes(pro.body, "data-risk"); !slices.Equal(got, []string{"yes", "yes"}) {
		t.Errorf("the marks of risk are %v, want one for the person and one for the item", got)
	}
	user.post(t, registration+"/correct", "q1=0", "q2=0", "q3=0", "q4=0", "q5=0", "q6=0", "q7=0", "q8=0", "q9=0")
	pro.get(t, "/pro/users/"+reference)
	if got := attributes(pro.body, "data-risk"); !slices.Equal(got, []string{"no"}) {
		t.Errorf("after the correction the marks are %v", got)
	}
	if strings.Count(pro.body, "rettet") < 2 {
		t.Error("the correction is not marked")
	}
}

func TestATeamSeesAllReferences(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	before := staffShares(t, s, "other", "1")
	pro, super := staffIn(t, s, "pro"), staffIn(t, s, "super")
	super.post(t, "/pro/business", "name=Fjordklinikken", "number=123456789", "team=yes")
	staffWant(t, super, http.StatusUnprocessableEntity, "")
	super.post(t, "/pro/business", "name=Fjordklinikken", "number=974 760 673", "team=yes", "contact_name=Kari", "contact_email=k@f.example")
	staffWant(t, super, http.StatusSeeOther, "/pro/business")
	after := staffShares(t, s, "other", "1")
	pro.get(t, "/pro/users/"+after)
	staffWant(t, pro, http.StatusOK, "")
	pro.get(t, "/pro/users/"+before) // was told that one person reads
	staffWant(t, pro, http.StatusNotFound, "")
}

func TestTheLogSaysWhoDidWhatNewestFirst(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "1")
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/codes", "count=7")
	pro.get(t, "/pro/users/"+reference)
	pro.get(t, "/pro/audit")
	if got := attributes(pro.body, "data-what"); !slices.Equal(got, []string{audit.Person, audit.Issue}) {
		t.Errorf("the log shows %v", got)
	}
	if !strings.Contains(pro.body, reference) || !strings.Contains(pro.body, "(7)") || !strings.HasPrefix(attributes(pro.body, "data-head")[0], "2:") {
		t.Error("the log lacks the reference, the count or its end")
	}
}
