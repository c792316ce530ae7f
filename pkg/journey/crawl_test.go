package journey

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

const maxPage = 100_000 // bytes, with everything it loads

// shots is where screenshots go when a person wants to look.
var shots = os.Getenv("SELVHJELP_SHOTS")

// notCrawled are links that do something other than opening a page.
var notCrawled = regexp.MustCompile(`^/(exit|static/|me/export|pro/export|pro/profile/export|pro/users/[0-9A-Z]{6}/export)`)

// oneOfAKind makes one address of those that differ in an id alone. What stands
// on the pages of programmes has a test of its own.
var oneOfAKind = regexp.MustCompile(`/(?:sleep|anxiety)(?:/[1-9]/\w+)?|/[0-9a-f]{32}|/[0-9A-Z]{6}\b|[?].*`)

// tellsTooMuch is what the title of a page, which stays in the history, must
// not say.
var tellsTooMuch = regexp.MustCompile(`(?i)phq|gad|depres|angst|anxi|selvmord|suicid|symptom|psyk`)

func TestEveryPageIsSoundInEveryLanguageAndWidth(t *testing.T) {
	d := start(t)
	for _, who := range []struct {
		name  string
		enter func(t *testing.T, p *webtest.Page)
		from  []string
		own   *regexp.Regexp // the pages that are theirs
	}{
		{"anybody", func(t *testing.T, p *webtest.Page) { p.Open(d.URL + "/") }, []string{"/", "/crisis", "/nowhere", "/pro/link/used"}, regexp.MustCompile(`^/($|[a-ln-oq-z]|privacy|pro/login|pro/link)`)},
		{"user", func(t *testing.T, p *webtest.Page) { d.login(t, p, "asked") }, []string{"/me", "/me/mapping/phq9", "/me/mapping/sjekkinn", "/me/question", "/me/messages"}, regexp.MustCompile(`^/me`)},
		{"somebody whose sharing has ended", func(t *testing.T, p *webtest.Page) { d.login(t, p, "ended") }, []string{"/me"}, regexp.MustCompile(`^/me$`)},
		{"newcomer", func(t *testing.T, p *webtest.Page) { d.login(t, p, "new") }, []string{"/me/welcome"}, regexp.MustCompile(`^/me/welcome`)},
		{"professional", func(t *testing.T, p *webtest.Page) { d.staffLogin(t, p, d.Professional) }, []string{"/pro", "/pro/users/" + d.code(t, "sharing").Reference, "/pro/messages"}, regexp.MustCompile(`^/pro`)},
		{"super user", func(t *testing.T, p *webtest.Page) { d.staffLogin(t, p, d.SuperUser) }, []string{"/pro", "/pro/business", "/pro/staff"}, regexp.MustCompile(`^/pro($|/business|/staff|/codes)`)},
		{"operator's staff", func(t *testing.T, p *webtest.Page) { d.staffLogin(t, p, d.Staff) }, []string{"/staff", "/staff/evaluations", "/staff/jobs", "/staff/audit", "/pro/staff"}, regexp.MustCompile(`^/(staff|pro/staff|pro/profile)`)},
	} {
		t.Run(who.name, func(t *testing.T) {
			p := webtest.Browser(t).Page(t, 1280, 900, true)
			who.enter(t, p)
			t.Parallel()
			places := crawl(t, d, p, who.from)
			places = slices.DeleteFunc(places, func(place string) bool { return !who.own.MatchString(place) })
			if len(places) < len(who.from) {
				t.Fatalf("only %d pages were found", len(places))
			}
			for _, lang := range []string{"nb", "nn", "en"} {
				p.Open(d.URL + who.from[0])
				p.Click(fmt.Sprintf(`.languages button[value=%s]`, lang))
				for _, place := range places {
					p.Open(d.URL + place)
					for _, width := range []int{375, 1280} {
						p.Resize(width, 900)
						inspect(t, d, p, who.name, lang, width, place)
					}
				}
			}
		})
	}
}

// crawl follows links and returns one address of every kind.
func crawl(t *testing.T, d *demo, p *webtest.Page, from []string) []string {
	t.Helper()
	seen := map[string]bool{}
	var places []string
	queue := slices.Clone(from)
	for len(queue) > 0 {
		place := queue[0]
		queue = queue[1:]
		kind := oneOfAKind.ReplaceAllString(place, "/*")
		if seen[kind] || notCrawled.MatchString(place) {
			continue
		}
		seen[kind] = true
		places = append(places, place)
		p.Open(d.URL + place)
		var links []string
		p.Eval(`[...document.querySelectorAll("a[href]")].map(a => a.getAttribute("href"))`, &links)
		for _, l := range links {
			u, err := url.Parse(l)
			if err == nil && u.Host == "" && strings.HasPrefix(u.Path, "/") {
				queue = append(queue, u.RequestURI())
			}
		}
	}
	return places
}

// inspect checks what must hold on every page.
func inspect(t *testing.T, d *demo, p *webtest.Page, who, lang string, width int, place string) {
	t.Helper()
	at := fmt.Sprintf("%s %s %d %s", who, lang, width, oneOfAKind.ReplaceAllString(place, "/*"))
	if shots != "" {
		p.Screenshot(filepath.Join(shots, strings.NewReplacer("/", "_", " ", "-", "*", "").Replace(at)+".png"))
	}
	if n := p.Bytes(); n > maxPage {
		t.Errorf("%s: %d bytes", at, n)
	}
	for _, r := range p.Requests() {
		if !strings.HasPrefix(r, d.URL+"/") && !strings.HasPrefix(r, "data:") {
			u, _ := url.Parse(r)
			t.Errorf("%s: asks the host %s", at, u.Host)
		}
	}
	fits(t, p, at, lang)
}

// fits checks what must hold for a page as it stands.
func fits(t *testing.T, p *webtest.Page, at, lang string) {
	t.Helper()
	for _, v := range p.Axe(t) {
		t.Errorf("%s: %+v", at, v)
	}
	if title := p.Title(); tellsTooMuch.MatchString(title) {
		t.Errorf("%s: the title is %q", at, title)
	}
	var wide bool
	p.Eval(`document.documentElement.scrollWidth > window.innerWidth`, &wide)
	if wide {
		t.Errorf("%s: scrolls sideways", at)
	}
	var headings int
	p.Eval(`document.querySelectorAll("h1").length`, &headings)
	if headings != 1 {
		t.Errorf("%s: has %d main headings", at, headings)
	}
	var langs string
	p.Eval(`document.documentElement.lang`, &langs)
	if langs != lang {
		t.Errorf("%s: says it is in %s", at, langs)
	}
}
