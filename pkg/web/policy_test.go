package web

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
)

const goodChange = "[[change]]\ndate = \"2027-02-01\"\ntext.nb = \"b\"\ntext.nn = \"n\"\ntext.en = \"e\"\n"

func TestFaultsInTheListOfChangesAreNamedWithTheirRemedy(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		version config.Date
		want    []string
	}{
		"good":              {goodChange, "2027-02-01", nil},
		"an older list":     {goodChange, "2027-03-01", nil},
		"newer than it":     {goodChange, "2027-01-31", []string{"2027-02-01", "policy.privacy_version", "set the version"}},
		"empty":             {"", "2027-02-01", []string{"no entry", "add it"}},
		"a missing text":    {strings.Replace(goodChange, "text.nn = \"n\"\n", "", 1), "2027-02-01", []string{"text.nn is missing; add it"}},
		"no date":           {strings.Replace(goodChange, "2027-02-01", "soon", 1), "2027-02-01", []string{"change[0]: no date; write"}},
		"an unknown key":    {goodChange + "author = \"x\"\n", "2027-02-01", []string{policyFile}},
		"the wrong order":   {strings.Replace(goodChange, "2027-02-01", "2027-01-01", 1) + goodChange, "2027-02-01", []string{"change[1]: newer than the one above; put"}},
		"several at a time": {"[[change]]\ntext.nb = \"b\"\n", "2027-02-01", []string{"no date", "text.nn", "text.en"}},
	} {
		_, err := loadPolicy(fstest.MapFS{policyFile: {Data: []byte(c.content)}}, config.Policy{PrivacyVersion: c.version})
		if (err != nil) != (c.want != nil) {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if err != nil && !strings.Contains(err.Error(), want) || err != nil && !strings.Contains(err.Error(), policyFile) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

func TestTheServerDoesNotStartWithAVersionBeforeTheNewestChange(t *testing.T) {
	c := config.Default()
	c.Policy.PrivacyVersion = "2020-01-01"
	if _, err := New(Options{Config: c, Assets: assets.FS}); err == nil || !strings.Contains(err.Error(), policyFile) {
		t.Errorf("started, or said %v", err)
	}
}

func TestNewsAreWhatIsNewerThanTheVersionSeen(t *testing.T) {
	s := &Server{config: config.Default()}
	s.config.Policy.PrivacyVersion = "2027-03-01"
	for _, date := range []config.Date{"2027-03-01", "2027-02-01", "2026-11-21"} {
		s.policy = append(s.policy, config.Change{Date: date, Text: config.Text{NB: "nb " + string(date), NN: "nn " + string(date), EN: "en " + string(date)}})
	}
	for seen, want := range map[string][]string{
		"2026-11-21": {"en 2027-03-01", "en 2027-02-01"},
		"2027-02-01": {"en 2027-03-01"},
		"2027-02-15": {"en 2027-03-01"},
		"":           {"en 2027-03-01", "en 2027-02-01", "en 2026-11-21"},
		"2028-01-01": nil, // the operator went back
	} {
		n := s.news(seen, "en", "/x")
		if n == nil {
			t.Fatalf("%s: no news", seen)
		}
		var got []string
		for _, c := range n.Changes {
			got = append(got, c.Text)
		}
		if !slices.Equal(got, want) || n.Day.String() != "2027-03-01" || n.Action != "/x" {
			t.Errorf("%q: %q", seen, got)
		}
	}
	if s.news("2027-03-01", "en", "/x") != nil {
		t.Error("news of a version that was seen")
	}
}

// TestWhatTheOperatorTellsIsJoinedToTheList: nobody needs a new program for it.
func TestWhatTheOperatorTellsIsJoinedToTheList(t *testing.T) {
	c := config.Default()
	c.Policy = config.Policy{PrivacyVersion: "2027-03-01", Change: []config.Change{
		{Date: "2027-01-15", Text: config.Text{NB: "b", NN: "n", EN: "a restore"}},
		{Date: "2027-03-01", Text: config.Text{NB: "b", NN: "n", EN: "a breach"}},
	}}
	s, err := New(Options{Config: c, Assets: assets.FS})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, change := range s.news("2026-11-21", "en", "/x").Changes {
		got = append(got, change.Day.String()+" "+change.Text)
	}
	if want := []string{"2027-03-01 a breach", "2027-01-15 a restore"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if all := s.changes("", "en"); len(all) <= len(got) || all[0].Text != "a breach" {
		t.Errorf("the list is %v", all)
	}
}

// TestThePrivacyPageListsEveryChange: the page is made from the list.
func TestThePrivacyPageListsEveryChange(t *testing.T) {
	list, err := loadPolicy(assets.FS, config.Default().Policy)
	if err != nil {
		t.Fatal(err)
	}
	app := infoApp(t, exampleOperator, false)
	for _, lang := range assets.Languages {
		page := readInfo(t, app, "privacy", lang)
		entries := page.Find("#changes").NextFiltered("p").NextFiltered("ul").Find("li")
		if entries.Length() != len(list) {
			t.Fatalf("in %s %d entries, want %d", lang, entries.Length(), len(list))
		}
		for i, c := range list {
			if text := entries.Eq(i).Text(); !strings.Contains(text, inLanguage(c.Text, lang)) || !strings.Contains(text, string(c.Date[:4])) {
				t.Errorf("in %s entry %d is %q", lang, i, text)
			}
		}
	}
}
