package web_test

import (
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"selvhjelp/pkg/retention"
)

// TestStories runs the scripts in testdata/stories. Each opens with its story.
//
//	service                  a business with the professionals super, pro, other; keeps NAME_ID
//	operator                 the operator's organisation with one of its staff, "staff"
//	as NAME                  go on in the browser of that name
//	get PATH                 open a page; "get -" follows the last redirect
//	post PATH NAME=VALUE...  send a form
//	status CODE [PLACE]      what the last answer was, and where it leads
//	has TEXT                 the last page has this text
//	attr NAME VALUE          the last page has this attribute
//	keep VAR NAME [N]        keep the value of the Nth such attribute, or of "location";
//	                         VAR_END is what follows its last hyphen or slash
//	later DURATION           let time pass: 22w, 14d, 31m
//	staff NAME               log in as a professional
//	close begin|finish       the operator closes the business; finish deletes what it had
//	stored BUCKET N          the store holds N records of that kind
//	chosen NAME VALUE        the last page has this radio button or box, ticked
//	picked NAME VALUE        the last page has this choice of a list, chosen
//	leave NAME FIELD...      send the form with which a professional deletes the profile,
//	                         with password and totp unless they are given
//	sweep                    the nightly job runs
//	issue VAR                a code of the caseload of pro, and its VAR_REF
//	user NAME FORM...        a new user in the browser NAME; FORM answers the welcome;
//	                         keeps NAME_CODE and NAME_REF
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories",
		Setup: func(env *testscript.Env) error {
			env.Values["story"] = &story{t: t, site: storySite(t, filepath.Base(env.WorkDir)), browsers: map[string]*browser{}}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"service":  command(0, (*story).service),
			"as":       command(1, func(s *story, _ *testscript.TestScript, _ bool, a []string) { s.as(a[0]) }),
			"get":      command(1, (*story).get),
			"post":     command(1, func(s *story, _ *testscript.TestScript, _ bool, a []string) { s.in().post(s.t, a[0], a[1:]...) }),
			"status":   command(1, (*story).status),
			"has":      command(1, (*story).has),
			"attr":     command(1, (*story).attr),
			"keep":     command(2, (*story).keep),
			"later":    command(1, (*story).wait),
			"staff":    command(1, (*story).staff),
			"user":     command(1, (*story).user),
			"issue":    command(1, (*story).issue),
			"close":    command(1, (*story).close),
			"stored":   command(2, (*story).stored),
			"chosen":   command(2, (*story).chosen),
			"picked":   command(2, (*story).picked),
			"leave":    command(2, (*story).leave),
			"sweep":    command(0, (*story).sweep),
			"operator": command(0, func(s *story, _ *testscript.TestScript, _ bool, _ []string) { s.site.operator(s.t) }),
		},
	})
}

type story struct {
	t        testing.TB
	site     *site
	browsers map[string]*browser
	name     string
}

func command(least int, do func(*story, *testscript.TestScript, bool, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) < least {
			ts.Fatalf("wants %d words", least)
		}
		do(ts.Value("story").(*story), ts, neg, args)
	}
}

func (s *story) in() *browser { return s.as(s.name) }

func (s *story) as(name string) *browser {
	s.name = name
	if s.browsers[name] == nil {
		s.browsers[name] = s.site.browser(s.t)
	}
	return s.browsers[name]
}

func (s *story) get(_ *testscript.TestScript, _ bool, args []string) {
	path := args[0]
	if path == "-" {
		path = s.in().location
	}
	s.in().get(s.t, path)
}

func (s *story) status(ts *testscript.TestScript, _ bool, args []string) {
	b := s.in()
	if strconv.Itoa(b.status) != args[0] || len(args) > 1 && b.location != args[1] {
		ts.Fatalf("answered %d %s; errors on the page: %v", b.status, b.location, attributes(b.body, "data-error"))
	}
}

func (s *story) has(ts *testscript.TestScript, neg bool, args []string) {
	if strings.Contains(html.UnescapeString(s.in().body), args[0]) == neg {
		ts.Fatalf("unexpected: the text %q is there: %v", args[0], neg)
	}
}

func (s *story) attr(ts *testscript.TestScript, neg bool, args []string) {
	found := false
	values := attributes(s.in().body, args[0])
	for _, v := range values {
		found = found || len(args) == 1 || v == args[1]
	}
	if found == neg {
		ts.Fatalf("%s has the values %q", args[0], values)
	}
}

func (s *story) keep(ts *testscript.TestScript, _ bool, args []string) {
	n := 1
	if len(args) > 2 {
		n, _ = strconv.Atoi(args[2])
	}
	values := attributes(s.in().body, args[1])
	if args[1] == "location" {
		values = []string{s.in().location}
	}
	if len(values) < n {
		ts.Fatalf("there are %d attributes %s", len(values), args[1])
	}
	value := values[n-1]
	ts.Setenv(args[0], value)
	if i := strings.LastIndexAny(value, "-/"); i >= 0 {
		ts.Setenv(args[0]+"_END", value[i+1:])
	}
}

func (s *story) wait(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(args[0], "%d%s", &n, &unit); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	s.site.wait(time.Duration(n) * units[unit])
}

func (s *story) staff(ts *testscript.TestScript, _ bool, args []string) {
	who := s.site.staff[args[0]]
	b := s.as(args[0])
	b.post(s.t, "/pro/login", "email="+who.email, "password="+who.password, "totp="+s.site.code(s.t, args[0]))
	if b.status != 303 || b.location != "/pro" && b.location != "/staff" {
		ts.Fatalf("the login of %s answered %d %s", args[0], b.status, b.location)
	}
}

// service keeps the ids of the professionals as NAME_ID.
func (s *story) service(ts *testscript.TestScript, _ bool, _ []string) {
	s.site.service(s.t)
	for name := range s.site.staff {
		ts.Setenv(name+"_ID", hexName(s.site, name))
	}
}

func (s *story) chosen(ts *testscript.TestScript, neg bool, args []string) {
	box := regexp.MustCompile(`type="(?:radio|checkbox)" name="` + regexp.QuoteMeta(args[0]) + `" value="` + regexp.QuoteMeta(args[1]) + `"([^>]*)>`)
	m := box.FindStringSubmatch(s.in().body)
	if m == nil || strings.Contains(m[1], "checked") == neg {
		ts.Fatalf("the box %s of %s: %q", args[1], args[0], m)
	}
}

func (s *story) picked(ts *testscript.TestScript, neg bool, args []string) {
	list := regexp.MustCompile(`(?s)<select id="` + regexp.QuoteMeta(args[0]) + `".*?</select>`).FindString(s.in().body)
	if list == "" || strings.Contains(list, `<option value="`+args[1]+`" selected>`) == neg {
		ts.Fatalf("the list %s: %q", args[0], list)
	}
}

func (s *story) leave(_ *testscript.TestScript, _ bool, args []string) {
	who := s.site.staff[args[0]]
	s.as(args[0]).post(s.t, "/pro/profile/delete", append(args[1:], "password="+who.password, "totp="+s.site.code(s.t, args[0]))...)
}

func (s *story) stored(ts *testscript.TestScript, _ bool, args []string) {
	if n := strconv.Itoa(s.site.Count(s.t, args[0])); n != args[1] {
		ts.Fatalf("there are %s records in %s", n, args[0])
	}
}

func (s *story) sweep(ts *testscript.TestScript, _ bool, _ []string) {
	_, err := retention.Sweeper{Store: s.site.Store, Ring: s.site.Ring}.Sweep(s.t.Context(), s.site.Now(), true)
	ts.Check(err)
}

func (s *story) issue(ts *testscript.TestScript, _ bool, args []string) {
	code, reference := s.site.issue(s.t, "pro")
	ts.Setenv(args[0], code)
	ts.Setenv(args[0]+"_REF", reference)
}

// user takes an issued code into use and keeps it.
func (s *story) user(ts *testscript.TestScript, _ bool, args []string) {
	code, reference := s.site.issue(s.t, "pro")
	ts.Setenv(args[0]+"_CODE", code)
	ts.Setenv(args[0]+"_REF", reference)
	b := s.as(args[0])
	b.post(s.t, "/login", "code="+code)
	b.post(s.t, "/me/welcome", append([]string{"own_code=no"}, args[1:]...)...)
	if b.status != 303 || b.location != "/me" {
		ts.Fatalf("the welcome answered %d %s", b.status, b.location)
	}
}

// attributes returns the values of an attribute on a page.
func attributes(page, name string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`\s`+regexp.QuoteMeta(name)+`="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}
