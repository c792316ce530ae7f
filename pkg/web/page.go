package web

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/instrument"
)

// Page is what every page has. Page structs embed it; their fields are never
// interfaces, so that the templates can be type-checked.
type Page struct {
	Lang          string
	Service       string // the service's name
	Path          string // where the language switch returns to
	Demo          bool
	User          bool      // a user is logged in
	Staff         bool      // a professional is logged in
	Super         bool      // who is a super user
	Operator      bool      // who is of the operator's own staff
	Purchases     bool      // something is sold
	Ends          time.Time // when the session ends without a click
	Crisis        []CrisisNumber
	Local         []LocalHelp // of the user's own services, above the numbers
	CSS, JS, Icon string      // addresses of the style sheet, the script and the icon
	Labels        string      // address of the script that keeps a professional's labels
	Notes         string      // address of the script that keeps a user's notes in the browser
	Unsent        string      // and of the one that keeps what could not be sent yet
	Error         string      // message id of what went wrong, without "error."
	Missing       []string
	Notice        string // message id of what has been done, without "notice."

	texts    *texts
	titles   map[string]string                              // of the mapping tools, by id
	forms    map[*instrument.Instrument]map[string]Question // of the mapping tools; see blankForms
	location *time.Location
}

// CrisisNumber is a telephone number for those who cannot wait.
type CrisisNumber struct {
	Number, Name, What, When string
	Tel                      template.URL // tel:113
}

// commonPages are pages with what is the same on all of a language. Templates are
// compiled with it (known), so handlers leave it as it is.
func (s *Server) commonPages() map[string]Page {
	out := map[string]Page{}
	if s.instruments == nil { // only the pages are looked at
		s.instruments = &instrument.Catalogue{}
	}
	for lang, texts := range s.texts {
		out[lang] = Page{
			Lang: lang, Service: s.config.Service.Name, Demo: s.demo, Purchases: s.payment != nil, Crisis: s.crisis[lang],
			CSS: s.static.url("app.css"), JS: s.static.url("app.js"), Icon: s.static.url("icon.svg"),
			Labels: s.static.url("labels.js"), Notes: s.static.url("notes.js"), Unsent: s.static.url("unsent.js"), texts: texts, titles: s.toolTitles(lang), forms: s.blankForms(lang), location: s.location,
		}
	}
	return out
}

// page starts a page for a request.
func (s *Server) page(c *fiber.Ctx) Page {
	page := s.common[s.language(c)]
	page.Path = string(c.Request().URI().Path())
	return page
}

func (p Page) language() string { return p.Lang }

// ErrorText says what went wrong and what to do.
func (p Page) ErrorText() string {
	return p.T("error."+p.Error, "Detail", strings.Join(p.Missing, ", "))
}

// T is a text in the page's language. args are names and values in turn.
func (p Page) T(id string, args ...any) string { return p.texts.get(id, args...) }

// Has reports whether there is a text.
func (p Page) Has(id string) bool { return p.texts.has(id) }

// Date is a date in words, in the operator's time zone.
func (p Page) Date(t time.Time) string { return p.words(t.In(p.location)) }

// Day is the date of a day number in words.
func (p Page) Day(d deadline.Day) string { return p.words(d.Start()) }

// Clock is the time of day in the operator's time zone.
func (p Page) Clock(t time.Time) string { return t.In(p.location).Format("15:04") }

// ISO is the date for a machine.
func (p Page) ISO(t time.Time) string { return t.In(p.location).Format(time.DateOnly) }

func (p Page) words(t time.Time) string {
	year, month, day := t.Date()
	return p.T("date.day", "Day", day, "Month", p.T("date.m"+strconv.Itoa(int(month))), "Year", year)
}
