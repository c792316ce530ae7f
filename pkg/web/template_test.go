package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jba/templatecheck"

	"selvhjelp/assets"
)

// pages says which struct each template is executed with.
var pages = map[string]any{
	"public/front":       frontPage{},
	"public/error":       errorPage{},
	"public/deleted":     deletedPage{},
	"public/check":       checkPage{},
	"user/code":          codePage{},
	"user/welcome":       welcomePage{},
	"user/own_code":      welcomePage{},
	"user/home":          homePage{},
	"user/tools":         toolsPage{},
	"user/question":      FollowUp{},
	"user/copy":          copyPage{},
	"user/mapping":       mappingPage{},
	"user/correct":       mappingPage{},
	"user/registration":  registrationPage{},
	"user/care":          registrationPage{},
	"user/delete_one":    registrationPage{},
	"user/registrations": registrationsPage{},
	"user/development":   developmentPage{},
	"user/notes":         notesPage{},
	"user/sent":          sentPage{},
	"user/settings":      settingsPage{},
	"user/preview":       previewPage{},
	"user/data":          dataPage{},
	"user/delete_all":    erasePage{},
	"user/change_code":   changeCodePage{},
	"user/connect":       connectPage{},
	"user/apart":         apartPage{},
	"user/reference":     referencesPage{},
	"user/pause":         pausePage{},
	"user/paused":        pausePage{},
	"program/list":       programsPage{},
	"program/one":        programOverview{},
	"program/page":       programPage{},
	"program/preview":    previewList{},
	"program/tool":       toolPreview{},
	"program/print":      programPrint{},
	"program/delete":     programsPage{},
	"staff/login":        staffLoginPage{},
	"staff/waiting":      waitingPage{},
	"staff/link":         linkPage{},
	"staff/saved":        savedPage{},
	"staff/overview":     overviewPage{},
	"staff/person":       personPage{},
	"staff/reference":    referencePage{},
	"staff/problem":      Page{},
	"staff/codes":        codesPage{},
	"staff/sheets":       sheetsPage{},
	"staff/staff":        staffPage{},
	"staff/audit":        auditPage{},
	"staff/profile":      profilePage{},
	"staff/business":     businessPage{},
	"staff/end":          endPage{},
	"staff/leave":        leavePage{},
	"message/list":       messagesPage{},
	"message/new":        messageForm{},
	"message/one":        messagePage{},
	"operator/requests":  requestsPage{},
	"operator/request":   requestPage{},
	"operator/jobs":      jobsPage{},
	"operator/sums":      evaluationsPage{},
	"operator/purchases": purchasesPage{},
	"operator/refund":    refundPage{},
}

func init() {
	for _, name := range infoPages {
		for _, lang := range assets.Languages {
			pages["info/"+name+"."+lang] = infoPage{}
		}
	}
}

func TestEveryTemplateFitsThePageItIsGiven(t *testing.T) {
	templates := loaded(t)
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		page, ok := pages[name]
		if !ok {
			t.Errorf("%s: no page struct is named for it", name)
			continue
		}
		if err := templatecheck.CheckHTML(templates[name].Lookup("layout.html"), page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name := range pages {
		if templates[name] == nil {
			t.Errorf("%s: there is no such template", name)
		}
	}
}

func TestATemplateThatAsksForAnUnknownFieldIsCaught(t *testing.T) {
	bad := template.Must(template.New("layout.html").Parse(`{{.Page.Nmae}}`))
	if templatecheck.CheckHTML(bad, frontPage{}) == nil {
		t.Error("a misspelt field passed")
	}
}

// A page that is shown again after a change of language, or with what is wrong, can
// stand at another address than its form.
func TestEveryFormThatIsPostedSaysWhereTo(t *testing.T) {
	form := regexp.MustCompile(`<form[^>]*>`)
	for name, content := range sources(t, assets.FS, "templates") {
		for _, tag := range form.FindAllString(content, -1) {
			if strings.Contains(tag, `method="post"`) && !strings.Contains(tag, ` action="`) {
				t.Errorf("%s: %s", name, tag)
			}
		}
	}
}

func TestPagesHoldNoInterfaces(t *testing.T) {
	for name, page := range pages {
		seen := map[reflect.Type]bool{}
		var look func(typ reflect.Type, path string)
		look = func(typ reflect.Type, path string) {
			if seen[typ] {
				return
			}
			seen[typ] = true
			switch typ.Kind() {
			case reflect.Interface:
				t.Errorf("%s: %s is an interface", name, path)
			case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
				look(typ.Elem(), path+"[]")
			case reflect.Struct:
				for f := range typ.Fields() {
					if f.IsExported() {
						look(f.Type, path+"."+f.Name)
					}
				}
			}
		}
		look(reflect.TypeOf(page), "")
	}
}

var (
	usedInTemplate = regexp.MustCompile(`\.T "([a-z0-9_.]+)"`)
	usedInCode     = regexp.MustCompile(`"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"`)
	usedAsID       = regexp.MustCompile(`"([a-z0-9_]+)"`)
)

// TestEveryTextIsThereAndUsed: a key that a template or the code names exists
// (in all languages, which loading sees to), and every text is named somewhere.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	texts, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	used, ids := map[string]bool{}, map[string]bool{}
	for name, content := range sources(t, assets.FS, "templates") {
		for _, m := range usedInTemplate.FindAllStringSubmatch(content, -1) {
			used[m[1]] = true
			if !texts["nb"].has(m[1]) {
				t.Errorf("%s: there is no text %s", name, m[1])
			}
		}
		collect(ids, usedAsID, content)
	}
	for _, content := range goSources(t) {
		collect(used, usedInCode, content)
		collect(ids, usedAsID, content)
	}
	for _, id := range slices.Sorted(maps.Keys(texts["nb"].fixed)) {
		area, key, _ := strings.Cut(id, ".")
		byID := slices.Contains([]string{"error", "notice", "category", "looked", "date", "staff_did", "staff_role", "sent_message", "sent_reply"}, area)
		if !used[id] && !(byID && (ids[key] || area == "date" || area == "category" || area == "looked")) {
			t.Errorf("no page uses the text %s", id)
		}
	}
}

func TestEveryProblemHasAText(t *testing.T) {
	texts, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`problemOf\([^,]+, "([a-z_]+)"`)
	failed := regexp.MustCompile(`\.Error = "([a-z_]+)"`)
	notice := regexp.MustCompile(`(?:\.Notice = |flash\([a-z.A-Z]+, |homeWith\(v, )"([a-z_]+)"`)
	for name, content := range goSources(t) {
		for prefix, list := range map[string][][]string{
			"error.":  append(made.FindAllStringSubmatch(content, -1), failed.FindAllStringSubmatch(content, -1)...),
			"notice.": notice.FindAllStringSubmatch(content, -1),
		} {
			for _, m := range list {
				if !texts["nb"].has(prefix + m[1]) {
					t.Errorf("%s: there is no text %s%s", name, prefix, m[1])
				}
			}
		}
	}
	for _, a := range answers {
		if !texts["nb"].has("error." + a.id) {
			t.Errorf("there is no text error.%s", a.id)
		}
	}
	for _, id := range statuses {
		if !texts["nb"].has("error." + id) {
			t.Errorf("there is no text error.%s", id)
		}
	}
}

func TestEveryFaultyTemplateIsNamed(t *testing.T) {
	files := fstest.MapFS{
		"templates/layout.html":    {Data: []byte(`{{block "content" .}}{{end}}`)},
		"templates/parts.html":     {Data: []byte(`{{if}}`)},
		"templates/user/good.html": {Data: []byte(`{{define "content"}}{{add 1 2}}{{end}}`)},
		"templates/user/bad.html":  {Data: []byte(`{{define "content"}}{{nothing .}}{{end}}`)},
	}
	said := fmt.Sprint(checkTemplates(files))
	for name := range files {
		if bad := strings.Contains(name, "parts") || strings.Contains(name, "bad"); strings.Contains(said, name) != bad {
			t.Errorf("%s is named: %t, in %s", name, !bad, said)
		}
	}
	delete(files, "templates/parts.html")
	delete(files, "templates/user/bad.html")
	if err := checkTemplates(files); err != nil {
		t.Error(err)
	}
}

func loaded(t *testing.T) map[string]*template.Template {
	t.Helper()
	templates := map[string]*template.Template{}
	for file := range sources(t, assets.FS, "templates") {
		if name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html"); strings.Contains(name, "/") {
			set, err := loadTemplate(assets.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			templates[name] = set
		}
	}
	return templates
}

func collect(into map[string]bool, re *regexp.Regexp, content string) {
	for _, m := range re.FindAllStringSubmatch(content, -1) {
		into[m[1]] = true
	}
}

func sources(t testing.TB, fsys fs.FS, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(fsys, dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fsys, path)
		out[path] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func goSources(t *testing.T) map[string]string {
	t.Helper()
	out := sources(t, os.DirFS("."), ".")
	maps.DeleteFunc(out, func(name, _ string) bool {
		return !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")
	})
	return out
}
