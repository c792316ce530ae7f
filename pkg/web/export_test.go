package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"selvhjelp/pkg/web"
)

// rich is an account with something of everything.
func rich(t *testing.T, s *site) *browser {
	t.Helper()
	b, code := s.sharing(t)
	b.post(t, "/me/mapping/gad7", "q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1")
	at := b.location
	b.post(t, at+"/correct", "q1=0", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1")
	b.post(t, "/me/mapping/phq9", "q1=2", "q2=2", "q3=1", "q4=3", "q5=1", "q6=1", "q7=2", "q8=0", "q9=1")
	b.post(t, "/me/mapping/gad7/answers", "item=q1", "value=2")
	staffIn(t, s, "pro").get(t, "/pro")
	s.wait(190 * 24 * time.Hour)
	b.post(t, "/login", "code="+code)
	b.post(t, "/me/understood")
	b.post(t, "/me/sharing", "action=share", "category=mapping")
	return b
}

// validator is the schema as the service hands it out to anybody.
func validator(t *testing.T, s *site, address string) *jsonschema.Schema {
	t.Helper()
	b := s.browser(t)
	b.get(t, strings.TrimPrefix(address, s.URL))
	if b.status != http.StatusOK || b.header.Get("Content-Type") != "application/schema+json" {
		t.Fatalf("the schema answered %d", b.status)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(b.body))
	check(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	check(t, c.AddResource(address, doc))
	schema, err := c.Compile(address)
	check(t, err)
	return schema
}

func object(t *testing.T, b *browser) map[string]any {
	t.Helper()
	b.get(t, "/me/export")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(b.body))
	check(t, err)
	return doc.(map[string]any)
}

func TestWhatIsDownloadedIsAsItsSchemaSays(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	full := rich(t, s)
	code, _ := s.issue(t, "pro")
	for name, b := range map[string]*browser{"a rich account": full, "a fresh one": s.take(t, code)} {
		doc := object(t, b)
		address, _ := doc["$schema"].(string)
		if address != s.URL+"/schema/export-v1.json" {
			t.Fatalf("%s names the schema %q", name, address)
		}
		if err := validator(t, s, address).Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAFieldTooManyIsRefusedByTheSchema plants one at every depth.
func TestAFieldTooManyIsRefusedByTheSchema(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	doc := object(t, rich(t, s))
	schema := validator(t, s, doc["$schema"].(string))
	first := func(key string) map[string]any { return doc[key].([]any)[0].(map[string]any) }
	places := map[string]map[string]any{
		"the top": doc, "account": doc["account"].(map[string]any), "sharing": first("sharing"), "mappings": first("mappings"),
		"unfinished": first("unfinished"), "replaced": first("replaced"), "looked": first("looked"), "keys": first("keys"),
		"summaries": doc["summaries"].(map[string]any), "past": first("sharing")["past"].([]any)[0].(map[string]any),
	}
	for name, place := range places {
		place["planted"] = "x"
		if schema.Validate(doc) == nil {
			t.Errorf("a field too many passed in %s", name)
		}
		delete(place, "planted")
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("without what was planted: %v", err)
	}
	place := doc["account"].(map[string]any)
	delete(place, "retired_on")
	if schema.Validate(doc) == nil {
		t.Error("a field too few passed")
	}
}

// reaches is what would make a file ask for another, run or send something.
var reaches = regexp.MustCompile(`(?i)<script|<link|<img|<iframe|<form|<object|<embed|\ssrc=|\shref=|\saction=|\son[a-z]+=|https?:|url\(|@import|javascript:`)

func TestTheCopyToReadIsOneFileThatNeedsNothing(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b := rich(t, s)
	headings := map[string][]string{
		"nb": {"Alt som er lagret om deg", "Laget 8. september 2026"},
		"nn": {"Alt som er lagra om deg", "Laga 8. september 2026"},
		"en": {"Everything that is stored about you", "Made on 8 September 2026"},
	}
	var e web.Everything
	b.get(t, "/me/export")
	check(t, json.Unmarshal([]byte(b.body), &e))
	for lang, wants := range headings {
		b.post(t, "/language", "lang="+lang, "from=/me/data")
		b.get(t, "/me/export?format=html")
		if b.status != http.StatusOK || !strings.Contains(b.header.Get("Content-Disposition"), `attachment; filename="export.html"`) {
			t.Fatalf("answered %d, %q", b.status, b.header.Get("Content-Disposition"))
		}
		if found := reaches.FindAllString(b.body, -1); found != nil {
			t.Errorf("in %s it reaches for %q", lang, found)
		}
		wants = append(wants, `<html lang="`+lang+`">`, "<svg", "<style>", "polyline", e.Mappings[0].ID, e.Replaced[0].At, e.Unfinished[0].Started,
			e.Visits[0].At, e.Sharing[0].Past[0].To, e.Looked[0].Day, e.Account.RetiredOn)
		for _, want := range wants {
			if !strings.Contains(b.body, want) {
				t.Errorf("in %s it lacks %q", lang, want)
			}
		}
		if scores := attributes(b.body, "data-score"); !slices.Contains(scores, "13") || !slices.Contains(scores, "6") {
			t.Errorf("in %s the tables of the charts have %q", lang, scores)
		}
	}
}

func TestTheDataPageOffersBothKindsOfCopyAndNoOther(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	b, _ := s.sharing(t)
	b.get(t, "/me/data")
	for _, link := range []string{"/me/export", "/me/export?format=html"} {
		if !slices.Contains(attributes(b.body, "href"), link) {
			t.Errorf("there is no link to %s", link)
		}
	}
	b.get(t, "/me/export?format=pdf")
	if b.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown kind answered %d", b.status)
	}
	stranger := s.browser(t)
	stranger.get(t, "/me/export?format=html")
	if stranger.status != http.StatusSeeOther || stranger.body != "" {
		t.Errorf("a stranger got %d", stranger.status)
	}
}
