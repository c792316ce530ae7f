package program

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestAProgrammeIsReadWhole(t *testing.T) {
	p := loaded(t)
	var got []string
	for _, part := range p.Parts {
		for _, page := range part.Pages {
			got = append(got, page.ID)
			for _, b := range page.Blocks {
				got = append(got, " "+b.Kind+" "+b.id())
			}
		}
	}
	want := []string{
		"begin", " text ", " exercise bothers", " exercise strength",
		"next", " recall ", " when ", " when ", " exercise place", " note own_words", " care ", " homework breathe", " evaluation ",
		"order", " text ", " exercise matters", " mapping ", " offer ",
		"week", " when ", " exercise my_week", " checklist ready", " recall ", " evaluation ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p.Reviewer != "" || p.DaysBetweenParts != 7 || p.Parts[1].Minutes != 15 {
		t.Errorf("%+v", p)
	}
}

func TestEveryTextIsInEveryLanguage(t *testing.T) {
	p := loaded(t)
	for _, part := range p.Parts {
		texts, prose := part.words()
		for _, lang := range languages {
			for _, text := range texts {
				if text != nil && text.In(lang) == "" {
					t.Errorf("part %d in %s: %v", part.Number, lang, text)
				}
			}
			for _, html := range prose {
				if html != nil && html.In(lang) == "" {
					t.Errorf("part %d in %s: %v", part.Number, lang, html)
				}
			}
		}
	}
	e := p.Exercise("bothers")
	if e.Question["nb"] != "Hva plager deg?" || e.Question["nn"] != "Kva plagar deg?" || e.Options[0].Feedback["en"] != "Many sleep badly." {
		t.Errorf("%+v", e)
	}
}

func TestMarkdownBecomesPlainHTML(t *testing.T) {
	p := loaded(t)
	html := string(p.Parts[0].Pages[0].Blocks[0].Prose.In("en"))
	for _, want := range []string{"<strong>Take it easy</strong>", `<a href="/help">the help</a>`, "<h2>What matters</h2>", "<li>another</li>"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in %s", want, html)
		}
	}
	if html := string(p.Parts[0].Pages[1].Blocks[1].Prose.In("en")); !strings.Contains(html, `<a href="https://example.org/a">`) {
		t.Error(html)
	}
}

func TestEveryFaultOfEveryFileIsToldAtOnce(t *testing.T) {
	files := calm(t)
	for name, change := range map[string]func(string) string{
		"program.yaml": in("author: selvhjelp", "writer: selvhjelp"),
		"1.nb.md":      in("kind: scale", "kind: essay"),
		"1.nn.md":      in("](/help)", "](javascript:alert(1))"),
		"2.en.md":      in("instrument: phq9", "instrument: phq10"),
	} {
		files[name] = change(files[name])
	}
	files["3.nb.txt"] = "what is this?"
	c, err := Load(tools, source(files))
	if err == nil || c != nil {
		t.Fatalf("%v, %v", c, err)
	}
	for _, want := range []string{
		"programs/calm/1.nb.md:29: kind is not known; write single, multiple, scale, ranking or plan; for free text use a note with local: true",
		"programs/calm/1.nn.md:9: the link leads nowhere safe; write an address that begins with https:// or a path such as /help",
		`programs/calm/2.en.md:22: there is no mapping tool "phq10"; correct its id`,
		"programs/calm/3.nb.txt:1: the file belongs to no programme; name it like 1.nb.md or take it away",
		"programs/calm/program.yaml:1: the file lacks the field author; add it",
		`programs/calm/program.yaml:4: unknown field "writer" in the file; remove it or correct its name`,
	} {
		if !strings.Contains(err.Error(), want+"\n") && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

func TestALaterSourceTakesThePlaceOfAnEarlierOne(t *testing.T) {
	own := calm(t)
	own["program.yaml"] = in(`reviewer: ""`, `reviewer: the head of the clinic, 1 November 2026`)(own["program.yaml"])
	c, err := Load(tools, source(calm(t)), source(own), Source{FS: os.DirFS(t.TempDir()), Dir: "programs"})
	if err != nil {
		t.Fatal(err)
	}
	if all := c.All(); len(all) != 1 || all[0].Reviewer != "the head of the clinic, 1 November 2026" {
		t.Errorf("%+v", all)
	}
	if _, ok := c.Get("other"); ok {
		t.Error("found a programme that is not there")
	}
}

func TestAnOfferMayLeadToAnotherProgramme(t *testing.T) {
	for to, want := range map[string]string{
		"other\nto: 1/begin": "",
		"other\nto: 2/begin": "there is no page 2/begin in the programme other",
		"third\nto: 1/begin": `there is no programme "third"`,
	} {
		fsys := fstest.MapFS{}
		for name, text := range calm(t) {
			fsys["programs/other/"+name] = &fstest.MapFile{Data: []byte(in("id: calm", "id: other")(text))}
			text = in("to: 1/next", "program: "+to)(text)
			fsys["programs/calm/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		_, err := Load(tools, Source{FS: fsys, Dir: "programs"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestAPictureMustLieBesideTheProgramme(t *testing.T) {
	files := calm(t)
	for _, lang := range languages {
		name := "2." + lang + ".md"
		files[name] = in("```mapping\ninstrument: phq9\n```", "```picture\nfile: tree.webp\nalt: Et tre\n```")(files[name])
	}
	_, faults, _ := Check(tools, source(files))
	if len(faults) != 3 || faults[0].Line != 21 || !strings.Contains(faults[0].Text, `"tree.webp" is not there`) {
		t.Errorf("%v", faults)
	}
	files["tree.webp"] = "RIFF"
	if _, faults, _ := Check(tools, source(files)); faults != nil {
		t.Errorf("%v", faults)
	}
}

func TestTheReadingLevelIsWordsASentenceAndLongWords(t *testing.T) {
	for text, want := range map[string][2]int{
		"":                              {0, 0},
		"En to tre fire.":               {4, 4},
		"En to. Tre bekymringer .":      {4, 27},
		"Uten punktum":                  {2, 52},
		"Bekymringer overalt bestandig": {3, 103},
	} {
		if words, level := lix(text); words != want[0] || level != want[1] {
			t.Errorf("%q: %d words of level %d, want %v", text, words, level, want)
		}
	}
	_, _, levels := Check(tools, source(calm(t)))
	if len(levels) != 6 || levels[0].Words < 60 || levels[0].LIX < 5 {
		t.Errorf("%+v", levels)
	}
}
