package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/web"
	"selvhjelp/store"
)

// table reads a download as a spreadsheet does. A reference may look like a
// number and have an apostrophe before it.
func table(t testing.TB, b *browser) [][]string {
	t.Helper()
	body, marked := strings.CutPrefix(b.body, "\ufeff")
	if b.status != http.StatusOK || !marked || !strings.Contains(body, "\r\n") {
		t.Fatalf("answered %d; a byte order mark and line ends are there: %t", b.status, marked)
	}
	r := csv.NewReader(strings.NewReader(body))
	r.Comma = ';'
	rows, err := r.ReadAll()
	check(t, err)
	for _, row := range rows {
		row[0] = strings.TrimPrefix(row[0], "'")
	}
	return rows
}

// lastEntry is the newest of the log.
func lastEntry(t testing.TB, s *site) audit.Entry {
	t.Helper()
	list := staffEntries(t, s)
	if len(list) == 0 {
		return audit.Entry{}
	}
	return list[len(list)-1]
}

func TestAPersonsDownloadHasWhatIsSharedAndNoMore(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, reference := s.issue(t, "pro")
	user := s.browser(t)
	user.post(t, "/login", "code="+code)
	user.post(t, "/me/welcome", "category=mapping", "own_code=no")
	user.post(t, "/me/mapping/phq9", "q1=1", "q2=0", "q3=0", "q4=0", "q5=0", "q6=0", "q7=0", "q8=0", "q9=1", "q10=2")
	user.post(t, "/me/mapping/gad7", "q1=3", "q2=3", "q3=3", "q4=3", "q5=3", "q6=3", "q7=3")
	user.post(t, user.location+"/correct", "q1=0", "q2=3", "q3=3", "q4=3", "q5=3", "q6=3", "q7=3")
	pro := staffIn(t, s, "pro")
	address := "/pro/users/" + reference + "/export?format="
	pro.get(t, address+"csv")
	want := [][]string{
		strings.Split("reference category day instrument score band risk corrected minutes q1 q2 q3 q4 q5 q6 q7 q8 q9 q10", " "),
		{reference, "mapping", "2026-03-02", "phq9", "2", "minimal", "yes", "", "", "1", "0", "0", "0", "0", "0", "0", "0", "1", "2"},
		{reference, "mapping", "2026-03-02", "gad7", "18", "severe", "no", "2026-03-02", "", "0", "3", "3", "3", "3", "3", "3", "", "", ""},
	}
	byInstrument := func(rows [][]string) {
		slices.SortFunc(rows[1:], func(a, b []string) int { return strings.Compare(b[3], a[3]) })
	}
	got := table(t, pro)
	byInstrument(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	pro.get(t, address+"json")
	var facts web.PersonFacts
	check(t, json.Unmarshal([]byte(pro.body), &facts))
	if facts.Format != "selvhjelp-person-v1" || facts.Reference != reference || len(facts.Mappings) != 2 || facts.Visits != nil {
		t.Errorf("the JSON has %d mappings and %d visits", len(facts.Mappings), len(facts.Visits))
	}
	for _, name := range []string{"exported", "business", "shared_from", "shared_through", "categories", "answers"} {
		if !strings.Contains(pro.body, `"`+name+`"`) {
			t.Errorf("the JSON lacks %s", name)
		}
	}
	for _, secret := range []string{code, strings.ReplaceAll(code, "-", ""), "09:"} {
		if strings.Contains(pro.body, secret) {
			t.Error("the download has a code or a time of day")
		}
	}
	if disposition := pro.header.Get("Content-Disposition"); strings.Contains(disposition, reference) || !strings.HasPrefix(disposition, "attachment;") {
		t.Errorf("the file is sent as %q", disposition)
	}
	user.post(t, "/me/sharing", "action=share", "category=activity")
	pro.get(t, address+"csv")
	if rows := table(t, pro); len(rows) != 4 || !slices.Equal(rows[3][1:3], []string{"activity", "2026-03-02"}) {
		t.Errorf("shared days do not show: %d rows", len(rows))
	}
}

// TestADownloadIsALook with its entry, and nothing without one.
func TestADownloadIsALook(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	reference := staffShares(t, s, "pro", "3")
	pro := staffIn(t, s, "pro")
	pro.get(t, "/pro/users/"+reference+"/export?format=xml")
	staffWant(t, pro, http.StatusUnprocessableEntity, "")
	pro.get(t, "/pro/export")
	staffWant(t, pro, http.StatusUnprocessableEntity, "")
	if n := len(staffEntries(t, s)); n != 0 {
		t.Errorf("%d entries for nothing", n)
	}
	pro.get(t, "/pro/users/"+reference+"/export?format=json")
	if e := lastEntry(t, s); e.What != audit.Person || e.Grant == nil {
		t.Errorf("the download of a person is noted as %q", e.What)
	}
	pro.get(t, "/pro/export?format=csv")
	if e := lastEntry(t, s); e.What != audit.Overview {
		t.Errorf("the download of the overview is noted as %q", e.What)
	}
	other := staffIn(t, s, "other")
	other.get(t, "/pro/users/"+reference+"/export?format=json")
	staffWant(t, other, http.StatusNotFound, "")

	s.Update(t, func(tx store.Tx) error {
		return tx.Put("chain", s.Ring.Index("chain", s.business.ID[:]), []byte("spoilt"))
	})
	s.wait(24 * time.Hour)
	pro = staffIn(t, s, "pro")
	for _, path := range []string{"/pro/export?format=csv", "/pro/users/" + reference + "/export?format=csv"} {
		pro.get(t, path)
		if pro.status != http.StatusInternalServerError || strings.Contains(pro.body, "severe") || pro.header.Get("Content-Disposition") != "" {
			t.Errorf("%s answered %d although the entry could not be written", path, pro.status)
		}
	}
}

func TestADownloadOfWhatWasWithdrawnIsNothing(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, reference := s.issue(t, "pro")
	user := s.browser(t)
	user.post(t, "/login", "code="+code)
	user.post(t, "/me/welcome", "category=mapping", "own_code=no")
	user.post(t, "/me/mapping/gad7", "q1=3", "q2=3", "q3=3", "q4=3", "q5=3", "q6=3", "q7=3")
	pro := staffIn(t, s, "pro")
	user.post(t, "/me/sharing", "action=stop")
	for _, format := range []string{"csv", "json"} {
		pro.get(t, "/pro/users/"+reference+"/export?format="+format)
		staffWant(t, pro, http.StatusNotFound, "")
		if strings.Contains(pro.body, "gad7") || pro.header.Get("Content-Disposition") != "" {
			t.Error("something was sent")
		}
	}
	pro.get(t, "/pro/export?format=csv")
	if rows := table(t, pro); len(rows) != 2 || rows[1][1] != "no" || strings.Join(rows[1][2:4], "") != "" || strings.Contains(pro.body, "severe") {
		t.Error("the overview's table shows what was withdrawn")
	}
}

func TestTheOverviewIsDownloadedAsItIsShown(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	high, low := staffShares(t, s, "pro", "3"), staffShares(t, s, "pro", "1")
	for range 120 {
		s.issue(t, "pro")
	}
	pro := staffIn(t, s, "pro")
	pro.post(t, "/pro/profile", "name=Siri", "mark_gad7=7")
	pro.get(t, "/pro/export?format=csv")
	if n := len(table(t, pro)); n != 123 {
		t.Errorf("%d rows, want the header and all 122", n)
	}
	pro.get(t, "/pro/export?format=csv&sort=gad7&show=marked")
	rows := table(t, pro)
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	if len(rows) != 3 || rows[1][0] != high || rows[2][0] != low {
		t.Fatalf("%d rows, or not in the order that was asked for", len(rows))
	}
	for name, want := range map[string]string{"gad7_score": "21", "gad7_band": "severe", "gad7_marked": "yes", "gad7_risk": "no", "phq9_score": "", "shared": "yes", "shared_through": "2026-08-30"} {
		if got := column(rows[1], name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
