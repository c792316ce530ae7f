package web

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/statistics"
)

var exampleOperator = config.Operator{
	Name: "Eksempel AS", OrganisationNumber: "123 456 785", Email: "post@example.org",
	PostalAddress: "Storgata 1, 0001 Oslo", PrivacyContact: "personvern@example.org",
	SecurityContact: "sikkerhet@example.org", Responsible: "Daglig leder",
}

// infoApp serves the information pages with an operator; they need no store.
func infoApp(t *testing.T, operator config.Operator, alone bool) *fiber.App {
	t.Helper()
	c := config.Default()
	c.Operator, c.Service.StartWithoutService, c.Service.UnusedCodesDays = operator, alone, 217
	s, err := New(Options{Config: c, Ring: domaintest.Open(t).Ring, Assets: assets.FS, Now: func() time.Time { return domaintest.Now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return s.App()
}

// readInfo gets an information page in a language.
func readInfo(t *testing.T, app *fiber.App, name, lang string) *goquery.Document {
	t.Helper()
	r := httptest.NewRequest("GET", "/"+name, nil)
	r.Header.Set("Cookie", langCookie+"="+lang)
	response, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != fiber.StatusOK {
		t.Fatalf("%s in %s: %s", name, lang, response.Status)
	}
	page, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// everyInfo yields each page in each language with a name for messages.
func everyInfo(t *testing.T, app *fiber.App, check func(where string, page *goquery.Document)) {
	for _, name := range infoPages {
		for _, lang := range assets.Languages {
			check(name+" in "+lang, readInfo(t, app, name, lang))
		}
	}
}

// outline is what the languages of a page must have in common.
func outline(page *goquery.Document) []string {
	var out []string
	page.Find("#main").Find("h1, h2, p, ul, li, tr, th, td, strong, a").Each(func(_ int, e *goquery.Selection) {
		out = append(out, goquery.NodeName(e)+" "+e.AttrOr("href", ""))
	})
	return out
}

func TestInformationIsTheSameInEveryLanguage(t *testing.T) {
	for _, operator := range []config.Operator{{}, exampleOperator} {
		app := infoApp(t, operator, true)
		for _, name := range infoPages {
			sameInEveryLanguage(t, app, name)
		}
	}
}

// sameInEveryLanguage compares the outlines of a page.
func sameInEveryLanguage(t *testing.T, app *fiber.App, name string) {
	t.Helper()
	want := outline(readInfo(t, app, name, "nb"))
	for _, lang := range []string{"nn", "en"} {
		if diff := cmp.Diff(want, outline(readInfo(t, app, name, lang))); diff != "" {
			t.Errorf("%s, nb and %s: %s", name, lang, diff)
		}
	}
}

func TestInformationHasItsOwnTitleAndHeadings(t *testing.T) {
	texts, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	everyInfo(t, infoApp(t, exampleOperator, false), func(where string, page *goquery.Document) {
		lang := page.Find("html").AttrOr("lang", "")
		if !strings.HasSuffix(where, lang) {
			t.Fatalf("%s says that it is in %s", where, lang)
		}
		title, _, _ := strings.Cut(page.Find("title").Text(), " – ")
		if title == texts[lang].get("layout.title") || page.Find("h1").Length() != 1 || page.Find("#main h2").Length() < 4 {
			t.Errorf("%s: title %q, %d h1, %d h2", where, title, page.Find("h1").Length(), page.Find("#main h2").Length())
		}
	})
}

func TestAnOperatorWhoIsNotFilledInIsSaidInWords(t *testing.T) {
	words := map[string]string{"nb": "ikke fylt inn ennå", "nn": "ikkje fylt inn enno", "en": "not filled in yet"}
	count := map[string]int{"privacy": 5, "security": 1, "accessibility": 1, "contact": 6}
	app := infoApp(t, config.Operator{}, false)
	for name, want := range count {
		for lang, text := range words {
			main := readInfo(t, app, name, lang).Find("#main")
			if got := strings.Count(main.Text(), text); got != want || main.Find("a[href^=mailto]").Length() != 0 {
				t.Errorf("%s in %s: %q %d times, want %d and no address", name, lang, text, got, want)
			}
		}
	}
}

func TestTheOperatorCanBeReached(t *testing.T) {
	app := infoApp(t, exampleOperator, false)
	o := exampleOperator
	for _, lang := range assets.Languages {
		main := readInfo(t, app, "contact", lang).Find("#main")
		for _, want := range []string{o.Name, "123456785", o.PostalAddress, o.Responsible} {
			if !strings.Contains(main.Text(), want) {
				t.Errorf("in %s %q is missing", lang, want)
			}
		}
		for _, want := range []string{o.Email, o.PrivacyContact, o.SecurityContact} {
			if main.Find(fmt.Sprintf("a[href='mailto:%s']", want)).Text() != want {
				t.Errorf("in %s %q is no link", lang, want)
			}
		}
	}
}

func TestInformationLeadsToNoOtherSite(t *testing.T) {
	web := exampleOperator
	web.PrivacyContact, web.SecurityContact = "https://example.org/privacy", "https://example.org/security"
	app := infoApp(t, web, true)
	targets := map[string]bool{}
	everyInfo(t, app, func(where string, page *goquery.Document) {
		page.Find("#main a").Each(func(_ int, a *goquery.Selection) {
			href := a.AttrOr("href", "")
			if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") {
				targets[href] = true
			} else if !strings.HasPrefix(href, "tel:") && !strings.HasPrefix(href, "mailto:") {
				t.Errorf("%s: link to %q", where, href)
			}
		})
	})
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		response, err := app.Test(httptest.NewRequest("GET", target, nil), -1)
		if err != nil || response.StatusCode >= 400 {
			t.Errorf("%s: %v, %v", target, response, err)
		}
	}
}

func TestThePrivacyPageStatesTheLimitsThatAreKept(t *testing.T) {
	app := infoApp(t, exampleOperator, false)
	limits := []int{
		consent.AskDays / 7, consent.EndDays / 7, 217,
		int(session.SharedIdle.Minutes()), int(session.SharedLife.Hours()),
		int(session.OwnIdle.Hours()), int(session.OwnLife.Hours()) / 24,
		18, 28, 72, netaddr.KeepDays, statistics.Least, statistics.KeptDays, request.KeptAfterReading, request.KeptAtMost,
	}
	for _, lang := range assets.Languages {
		page := readInfo(t, app, "privacy", lang).Find("#main")
		for _, right := range []string{"/me/data", "/me/export", "/me/registrations", "/me/messages", "/me/delete", "/me/pause"} {
			if page.Find(`a[href="`+right+`"]`).Length() == 0 {
				t.Errorf("in %s the right that is used at %s is missing", lang, right)
			}
		}
		text := page.Text()
		for _, n := range limits {
			if !strings.Contains(text, fmt.Sprintf(" %d ", n)) {
				t.Errorf("in %s %d is missing", lang, n)
			}
		}
		if !strings.Contains(text, "2026") || !strings.Contains(text, "datatilsynet.no") {
			t.Errorf("in %s the date or the authority is missing", lang)
		}
	}
}

func TestEveryCrisisNumberCanBeCalledFromItsPage(t *testing.T) {
	app := infoApp(t, config.Operator{}, false)
	for _, lang := range assets.Languages {
		main := readInfo(t, app, "crisis", lang).Find("#main")
		for _, c := range config.Default().Crisis {
			tel := "tel:" + strings.ReplaceAll(c.Number, " ", "")
			if main.Find(fmt.Sprintf("a[href='%s']", tel)).Length() == 0 {
				t.Errorf("in %s %s cannot be called", lang, c.Number)
			}
		}
	}
}

func TestStartingAloneIsOfferedOnlyWhereItIsAllowed(t *testing.T) {
	for _, alone := range []bool{false, true} {
		app := infoApp(t, config.Operator{}, alone)
		for _, lang := range assets.Languages {
			if got := readInfo(t, app, "lost-code", lang).Find("#main a[href='/']").Length() == 1; got != alone {
				t.Errorf("in %s: offered %v, want %v", lang, got, alone)
			}
		}
	}
}
