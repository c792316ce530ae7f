package journey

import (
	"fmt"
	"testing"

	"selvhjelp/pkg/webtest"
)

// story is a professional and a person with a telephone each, and what has
// passed between them on paper.
type story struct {
	t                      *testing.T
	d                      *demo
	staff, person          *webtest.Page
	issued, reference, own string
}

// A professional hands out a code. The person logs in with it, is asked about
// sharing, takes a code of their own and answers in two sittings. The
// professional sees the result under the reference until the person withdraws.
func TestFromAPrintedCodeToTheOverviewAndBack(t *testing.T) {
	t.Parallel()
	d := start(t)
	s := &story{t: t, d: d, staff: d.visitor(t, 375, false), person: d.visitor(t, 375, false)}
	s.professionalIssuesACode()
	s.personIsAskedAboutSharing()
	s.personTakesAnOwnCode()
	s.printedCodeIsDead()
	s.personBeginsToAnswer()
	s.personFinishesAnotherTime()
	s.professionalSeesTheResult()
	s.personSeesWhoLooked()
	s.personWithdraws()
	s.professionalSeesNothingMore()
}

func (s *story) professionalIssuesACode() {
	s.d.staffLogin(s.t, s.staff, s.d.Professional)
	s.staff.Click(`.menu a[href="/pro/codes"]`)
	s.sound(s.staff, "professional")
	s.staff.Click(`form[action="/pro/codes"] .actions button`)
	s.sound(s.staff, "professional")
	s.staff.Eval(`document.querySelector(".sheet").dataset.accessCode`, &s.issued)
	s.staff.Eval(`document.querySelector(".sheet").dataset.reference`, &s.reference)
	s.is(s.staff, "one sheet", `document.querySelectorAll(".sheet").length === 1`)
	s.is(s.staff, "the sheet shows the code", fmt.Sprintf(`document.querySelector(".sheet .code").textContent === %q`, s.issued))
	s.is(s.staff, "a QR code", `document.querySelector(".sheet .qr path").getBBox().width > 10`)
	s.is(s.staff, "the reference stands below the cut",
		fmt.Sprintf(`document.querySelector(".sheet .cut ~ * .reference").textContent === %q`, s.reference))
	s.is(s.staff, "the code stands above the cut", `!document.querySelector(".sheet .cut ~ .code, .sheet .cut ~ * .code")`)
}

func (s *story) personIsAskedAboutSharing() {
	s.sound(s.person, "person")
	s.d.enter(s.person, s.issued)
	s.at(s.person, "/me/welcome")
	s.inEveryLanguage("welcome")
	s.is(s.person, "nothing is ticked", `document.querySelectorAll(":checked").length === 0`)
	s.person.Tap(`input[value=mapping]`)
	s.person.Click(`button[value=share]`)
}

func (s *story) personTakesAnOwnCode() {
	s.is(s.person, "two equal ways",
		`new Set([...document.querySelectorAll("#own-code button")].map(b => getComputedStyle(b).backgroundColor + b.className)).size === 1`)
	s.sound(s.person, "person")
	s.person.Click(`button[name=own_code][value=yes]`)
	s.at(s.person, "/start/confirm")
	s.inEveryLanguage("code")
	s.person.Eval(`document.querySelector("[data-access-code]").dataset.accessCode`, &s.own)
	s.person.Fill("#last_group", "0000"+next(s.own[len(s.own)-1]))
	s.person.Click("#confirm button")
	s.is(s.person, "the wrong group is refused", `document.querySelector("[data-error=last_group]")`)
	s.sound(s.person, "person")
	s.person.Fill("#last_group", s.own[len(s.own)-5:])
	s.person.Click("#confirm button")
	s.at(s.person, "/me")
	s.is(s.person, "it is shared", `document.querySelector("[data-shared=yes]")`)
	s.sound(s.person, "person")
}

// next is another symbol of a code.
func next(symbol byte) string {
	if symbol == '7' {
		return "8"
	}
	return "7"
}

func (s *story) printedCodeIsDead() {
	finder := s.d.visitor(s.t, 375, false)
	s.d.enter(finder, s.issued)
	s.is(finder, "the printed code opens nothing", `document.querySelector("[data-error=unknown_code]")`)
}

func (s *story) personBeginsToAnswer() {
	s.person.Click(`a[href="/me/mapping/phq9"]`)
	s.sound(s.person, "person")
	s.answer(2, "q1", "q2", "q3", "q4")
	s.person.Click(`button[value=later]`)
	s.is(s.person, "it says that the answers are kept", `document.querySelector("[data-notice=draft_kept]")`)
	s.person.Click(".menu button.link")
}

// personFinishesAnotherTime gives 4 x 1, 4 x 2 and 1 for the last: 13 points.
func (s *story) personFinishesAnotherTime() {
	s.d.enter(s.person, s.own)
	s.person.Click(`a[href="/me/mapping/phq9"]`)
	s.is(s.person, "the answers are still there", `document.querySelectorAll("[value='1']:checked").length === 4`)
	s.is(s.person, "the last question may be skipped", `document.querySelector("#q10 legend .hint")`)
	s.answer(3, "q5", "q6", "q7", "q8")
	s.person.Click(`button[value=finish]`)
	s.is(s.person, "the missing answer is named", `document.querySelector(".missing-list a").hash === "#q9"`)
	s.sound(s.person, "person")
	s.answer(2, "q9")
	s.person.Click(`button[value=finish]`)
	s.is(s.person, "somebody to call", `document.querySelector("main .numbers a[href='tel:113']")`)
	s.sound(s.person, "person")
	s.person.Click(`main a[href^="/me/registrations/"]`)
	s.is(s.person, "the result", `document.querySelector(".result[data-score='13'][data-band=moderate]")`)
	s.sound(s.person, "person")
}

func (s *story) professionalSeesTheResult() {
	row := fmt.Sprintf(`document.querySelector("tr[data-reference='%s'] `, s.reference)
	s.staff.Click(`.menu a[href="/pro"]`)
	s.is(s.staff, "score and band under the reference", row+`[data-instrument=phq9][data-score='13'][data-band=moderate]")`)
	s.is(s.staff, "nothing of the category that was not ticked", row+`td:nth-of-type(3)").textContent === "–"`)
	s.sound(s.staff, "professional")
	s.staff.Click(fmt.Sprintf(`a[href="/pro/users/%s"]`, s.reference))
	s.is(s.staff, "the answers", `document.querySelector("[data-instrument=phq9][data-score='13']")`)
	s.sound(s.staff, "professional")
}

func (s *story) personSeesWhoLooked() {
	s.person.Click(`.menu a[href="/me/settings"]`)
	s.is(s.person, "who looked, at both", `[...document.querySelectorAll("[aria-labelledby=looked] tbody tr")]
		.filter(row => row.textContent.includes("Fagperson Demo")).length === 2`)
	s.is(s.person, "nobody else knows the code", `!document.querySelector("[data-code-known]")`)
	s.sound(s.person, "person")
}

func (s *story) personWithdraws() {
	s.person.Click(`button[value=stop]`)
	s.is(s.person, "it says that nothing is shared", `document.querySelector("[data-notice=sharing_stop]")`)
	s.is(s.person, "nothing is shared", `!document.querySelector("[data-shared=yes]")`)
	s.sound(s.person, "person")
}

func (s *story) professionalSeesNothingMore() {
	s.staff.Open("/pro/users/" + s.reference)
	s.is(s.staff, "the page is gone", `document.querySelector("[data-error]") && !document.querySelector("[data-score]")`)
	s.sound(s.staff, "professional")
	s.staff.Open("/pro")
	s.is(s.staff, "not shared", fmt.Sprintf(`document.querySelector("tr[data-reference='%s']").dataset.shared === "no"`, s.reference))
}

// answer chooses an option, counted from 1, of each question.
func (s *story) answer(option int, questions ...string) {
	for _, q := range questions {
		s.person.Tap(fmt.Sprintf("#%s label:nth-of-type(%d)", q, option))
	}
}

// inEveryLanguage inspects a page of the person's in all three.
func (s *story) inEveryLanguage(name string) {
	for _, lang := range []string{"en", "nn", "nb"} {
		s.person.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
		inspect(s.t, s.d, s.person, "person", lang, 375, "/"+name)
	}
}

func (s *story) sound(p *webtest.Page, who string) {
	s.t.Helper()
	inspect(s.t, s.d, p, who, "nb", 375, p.URL()[len(s.d.URL):])
}

func (s *story) is(p *webtest.Page, expectation, condition string) {
	s.t.Helper()
	is(s.t, p, expectation, condition)
}

// at ends the test when the journey has led elsewhere.
func (s *story) at(p *webtest.Page, place string) {
	s.t.Helper()
	if p.URL() != s.d.URL+place {
		s.t.Fatalf("led to %s, want %s", oneOfAKind.ReplaceAllString(p.URL(), "*"), place)
	}
}
