package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

// fillIn answers everything that a page asks: the first option of each, the
// places in their order, a walk on Monday; wanted are options to choose instead.
const fillIn = `((wanted) => {
	for (const e of document.querySelectorAll("#program [data-exercise]")) {
		const one = [...e.querySelectorAll("input")];
		const chosen = one.find(i => wanted.includes(i.value)) ?? one[e.dataset.kind === "scale" ? 8 : 0];
		if (chosen) chosen.checked = true;
		if (e.dataset.kind === "ranking") e.querySelectorAll("select").forEach((s, i) => { s.selectedIndex = i + 1; });
	}
})(%s)`

// looked is what a page of a programme is like.
type looked struct {
	Place, Kinds, Title, Lang string
	Headings                  int
	Wide                      bool
}

const look = `({
	Place: location.pathname,
	Kinds: [...document.querySelectorAll("#program [data-block], #program [data-kind]")].map(e => e.dataset.block ?? e.dataset.kind).join(" "),
	Title: document.title,
	Lang: document.documentElement.lang,
	Headings: document.querySelectorAll("h1").length,
	Wide: document.documentElement.scrollWidth > innerWidth,
})`

// walk goes through a programme from its overview to the end, and returns what
// was on its pages.
func walk(t *testing.T, p *webtest.Page, program, lang string, answer func(at looked)) (pages []looked) {
	t.Helper()
	p.Open("/me/programs/" + program)
	for part := 1; part <= 6; part++ {
		is(t, p, "the part is open, the next is not", fmt.Sprintf(`document.querySelector("[data-part='%d'][data-open=yes]") && !document.querySelector("[data-part='%d'][data-open=yes]")`, part, part+1))
		p.Click("[data-next]")
		for !strings.HasSuffix(p.URL(), "/"+program) {
			var at looked
			p.Eval(look, &at)
			pages = append(pages, at)
			if at.Headings != 1 || at.Wide || at.Lang != lang || tellsTooMuch.MatchString(at.Title) || p.Bytes() > maxPage {
				t.Errorf("%+v with %d bytes", at, p.Bytes())
			}
			if len(pages) > 100 {
				t.Fatalf("it does not end: %s", at.Place)
			}
			answer(at)
		}
		is(t, p, "the part is done", fmt.Sprintf(`document.querySelector("[data-part='%d'][data-done=yes]") && document.querySelector("[data-notice=%s]")`, part, map[bool]string{false: "program_part_done", true: "program_done"}[part == 6]))
	}
	return pages
}

// has checks that every kind of block and exercise was met, and that no page was
// left out.
func has(t *testing.T, pages []looked, kinds ...string) {
	t.Helper()
	places := map[string]bool{}
	var all strings.Builder
	for _, at := range pages {
		places[at.Place] = true
		all.WriteString(" " + at.Kinds)
	}
	if len(places) != 42 {
		t.Errorf("%d pages, want 6 parts of 7", len(places))
	}
	for _, kind := range kinds {
		if !slices.Contains(strings.Fields(all.String()), kind) {
			t.Errorf("no page had a %s", kind)
		}
	}
}

// answersPage answers what a page asks and goes on. It looks at the focus as it
// passes.
func (k keyboard) answersPage() {
	k.t.Helper()
	until(k.t, k.Page, "what a script shows is there", `!document.querySelector(".waiting")`)
	for asked := ""; ; {
		k.Tab()
		var at struct {
			Exercise, Kind, Name, Value string
			Checked                     bool
		}
		k.Eval(`(e => ({
			Exercise: e.closest("#program [data-exercise]")?.dataset.exercise ?? "",
			Kind: e.closest("#program [data-exercise]")?.dataset.kind ?? "", 
			Name: e.name ?? "", Value: e.value ?? "", Checked: e.closest("[data-exercise]")?.querySelector(":checked:not(option)") != null,
		}))(document.activeElement)`, &at)
		switch {
		case at.Name == "then" && at.Value == "next":
			k.seesTheFocus()
			k.PressAndLoad("Enter")
			return
		case at.Kind == "ranking":
			var place string
			k.Eval(`String([...document.activeElement.closest("fieldset").querySelectorAll("select")].indexOf(document.activeElement) + 1)`, &place)
			k.Press(place)
		case at.Exercise == "" || at.Exercise == asked:
			continue
		default:
			k.seesTheFocus()
			asked = at.Exercise
			if !at.Checked { // it is shown again with what was answered
				k.Press("Space")
			}
		}
	}
}
