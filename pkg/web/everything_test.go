package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/web"
)

// TestTheUserSeesEverythingThatIsStored compares the export with the record
// catalogue: every record that an account has is in it, and none is counted
// that is not.
func TestTheUserSeesEverythingThatIsStored(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=mapping")
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=8")
	b.post(t, calm+"/1/begin", "a.bothers=body", "a.strength=8")
	b.post(t, calm+"/1/next", "a.part1.useful=very")
	b.post(t, calm+"/2/week/answers", "item=ready", "a.ready=shoes")
	b.post(t, "/me/mapping/gad7", "q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1")
	at := b.location
	b.post(t, at+"/correct", "q1=0", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1")
	b.post(t, "/me/mapping/phq9/answers", "item=q1", "value=2")
	b.post(t, "/me/sharing", "action=stop")
	s.operator(t)
	b.post(t, "/me/messages", "kind=suggestion", "text=Larger letters, please")
	s.wait(24 * time.Hour)
	b.post(t, "/login", "code="+code)
	b.get(t, "/me/export")
	var e web.Everything
	check(t, json.Unmarshal([]byte(b.body), &e))

	if len(e.Programs) != 1 {
		t.Fatalf("%d programmes", len(e.Programs))
	}
	p := e.Programs[0]
	// One account is all there is, so every record of these buckets is its.
	for _, row := range []struct {
		bucket string
		shown  int
	}{
		{"reg", len(e.Mappings) + len(e.Visits) + len(p.Answers)},
		{"draft", len(e.Unfinished) + 1}, // how far the programme was read
		{"hist", len(e.Replaced) + len(p.Replaced)},
		{"sum", len(e.Keys)}, // one for each category
		{"own", 1},           // account, sharing, keys
		{"grant", 0},         // withdrawn
		{"msg", len(e.Messages)},
		{"open", 0}, // taken into use
	} {
		if stored := s.Count(t, row.bucket); stored != row.shown {
			t.Errorf("bucket %s holds %d records, the user sees %d", row.bucket, stored, row.shown)
		}
	}
	if len(p.Answers) != 2 || len(p.Replaced) != 1 || len(p.Unfinished) != 1 || len(p.Opinions) != 1 || len(p.Seen) != 2 || len(p.Done) != 1 {
		t.Errorf("the export lacks something of the programme: %+v", p)
	}
	if len(e.Mappings) != 1 || len(e.Visits) != 2 || len(e.Unfinished) != 1 || len(e.Replaced) != 1 || len(e.Sharing) != 1 || len(e.Messages) != 1 || e.Messages[0].Text != "Larger letters, please" || len(e.Sharing[0].Past) != 1 {
		t.Errorf("the export lacks something: %d mappings, %d visits, %d unfinished, %d replaced", len(e.Mappings), len(e.Visits), len(e.Unfinished), len(e.Replaced))
	}
	for _, secret := range []string{code, reference, strings.ReplaceAll(code, "-", "")} {
		if strings.Contains(b.body, secret) {
			t.Error("the export holds the code or the reference")
		}
	}

	b.get(t, "/me/data")
	for _, id := range []string{e.Mappings[0].ID, e.Mappings[0].At, e.Unfinished[0].Started, e.Replaced[0].At, e.Visits[0].At, e.Visits[1].ID, e.Messages[0].Text, e.Messages[0].GoneOn,
		p.Answers[0].ID, p.Replaced[0].At, "Ikke lagret ennå: " + p.Unfinished[0].At, "part1.useful", p.Seen["next"]} {
		if !strings.Contains(b.body, id) {
			t.Error("the page lacks something that the download has")
		}
	}
}

// TestEveryBucketIsInTheCatalogue: there is no bucket that package store does
// not list.
func TestEveryBucketIsInTheCatalogue(t *testing.T) {
	listed := "self code own draft reg sum hist grant due org staff mail member ident link issued open msg audit chain stat spent buy payer event back outbox ledger found round"
	doc := catalogue(t)
	for bucket := range strings.FieldsSeq(listed) {
		if !strings.Contains(doc, "\n//\t"+bucket+" ") {
			t.Errorf("the catalogue lacks %s", bucket)
		}
	}
	for name, source := range bucketNames(t) {
		if !strings.Contains(" "+listed+" session ", " "+name+" ") {
			t.Errorf("%s keeps the bucket %s, which is not in the catalogue", source, name)
		}
	}
}

// catalogue is the doc comment of package store.
func catalogue(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../store/store.go")
	check(t, err)
	doc, _, _ := strings.Cut(string(raw), "\npackage store")
	return doc
}

// bucketNames finds the bucket of every Table in the tree.
func bucketNames(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"../*/*.go", "../../cmd/*/*.go"} {
		files, err := filepath.Glob(pattern)
		check(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			check(t, err)
			for _, m := range regexp.MustCompile(`\{Bucket: "([a-z]+)"\}`).FindAllStringSubmatch(string(raw), -1) {
				out[m[1]] = file
			}
		}
	}
	return out
}
