package webtest

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

// documents are the bodies of the server's good and bad pages.
var documents = map[string]string{
	"/form": `<h1>Form</h1><form method="post" action="/form"><label for="name">Name</label>` +
		`<input id="name" name="name" value="old"><button>Send</button></form>`,
	"/script":   `<h1 id="who">without script</h1><script src="/page.js"></script>`,
	"/focus":    `<h1>Focus</h1><a href="/form">Log in</a> <input name="code" aria-label="Code">`,
	"/bad":      `<h1>Bad</h1><img src="/none.png"><p><font color="#cccccc">pale</font></p>`,
	"/tall":     `<h1>Tall</h1>` + strings.Repeat("<p>line</p>", 200),
	"/stranger": `<h1>Stranger</h1><img alt="" src="http://stranger.example/pixel.png">`,
	"/large":    `<h1>Large</h1><script src="/large.js"></script>`,
}

// site is a small server with what a browser test meets: forms, a redirect, a
// cookie, a script under a strict policy, and a page that never answers.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	for path, body := range documents {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title></head>`+
				`<body><main>%s</main></body></html>`, path, body)
		})
	}
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "__Host-s", Value: "1", Path: "/", Secure: true, HttpOnly: true})
		http.Redirect(w, r, "/hello?name="+url.QueryEscape(r.FormValue("name")), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		_, err := r.Cookie("__Host-s")
		fmt.Fprintf(w, "<title>Hello</title><p id=hello>hello %s, known: %t</p>", r.FormValue("name"), err == nil)
	})
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, `document.querySelector("#who").textContent = "with script"`)
	})
	mux.HandleFunc("GET /large.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, strings.Repeat(" ", 50_000))
	})
	mux.HandleFunc("GET /silent", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func visit(t testing.TB, address string) *Page {
	t.Helper()
	p := Browser(t).Page(t, 360, 740, true)
	p.Open(address)
	return p
}

func TestFormIsFilledSentAndFollowed(t *testing.T) {
	p := visit(t, site(t)+"/form")
	p.Fill("#name", "Åse")
	p.Click("button")
	if got := p.Text("#hello"); got != "hello Åse, known: true" {
		t.Errorf("after the form: %q", got)
	}
	if p.Title() != "Hello" || p.Status() != 200 || !strings.Contains(p.URL(), "/hello?name=") {
		t.Errorf("landed on %q, %d, %s", p.Title(), p.Status(), p.URL())
	}
	p.Open("/nowhere")
	if p.Status() != 404 {
		t.Errorf("a path on the same host: status %d, want 404", p.Status())
	}
}

func TestEveryPageIsAnotherVisitor(t *testing.T) {
	home := site(t)
	one := visit(t, home+"/form")
	one.Click("button")
	two := visit(t, home+"/hello")
	if got := two.Text("#hello"); !strings.HasSuffix(got, "known: false") {
		t.Errorf("the second visitor has the cookie of the first: %q", got)
	}
}

func TestJavaScriptCanBeOff(t *testing.T) {
	home := site(t)
	p := Browser(t).Page(t, 360, 740, false)
	p.Open(home + "/script")
	if got := p.Text("#who"); got != "without script" {
		t.Errorf("JavaScript off: %q", got)
	}
	p.SetJavaScript(true)
	p.Open("/script")
	if got := p.Text("#who"); got != "with script" || !strings.Contains(p.HTML(), "with script") {
		t.Errorf("JavaScript on again: %q", got)
	}
}

func TestFormsWorkWithJavaScriptOff(t *testing.T) {
	home := site(t)
	p := Browser(t).Page(t, 360, 740, false)
	p.Open(home + "/form")
	p.Fill("#name", "Ola")
	p.Click("button")
	if got := p.Text("#hello"); got != "hello Ola, known: true" {
		t.Errorf("after the form: %q", got)
	}
}

func TestRequestsToOtherHostsAreSeen(t *testing.T) {
	home := site(t)
	p := visit(t, home+"/script")
	if want := []string{home + "/script", home + "/page.js"}; !slices.Equal(p.Requests(), want) {
		t.Errorf("asked for %q, want %q", p.Requests(), want)
	}
	p.Open("/stranger")
	if !slices.Contains(p.Requests(), "http://stranger.example/pixel.png") {
		t.Errorf("the planted stranger is not among %q", p.Requests())
	}
}

func TestBytesAreThoseOfTheLastNavigation(t *testing.T) {
	p := visit(t, site(t)+"/large")
	if n := p.Bytes(); n < 50_000 || n > 52_000 {
		t.Errorf("a page with a script of 50,000 bytes: %d", n)
	}
	p.Open("/form")
	if n := p.Bytes(); n < 200 || n > 2_000 {
		t.Errorf("a small page after it: %d", n)
	}
}

func TestAxeFindsWhatWasPlanted(t *testing.T) {
	home := site(t)
	for _, javascript := range []bool{true, false} {
		p := Browser(t).Page(t, 360, 740, javascript)
		p.Open(home + "/bad")
		var ids []string
		for _, v := range p.Axe(t) {
			ids = append(ids, v.ID)
			if v.Help == "" || v.Impact == "" || len(v.Targets) != 1 {
				t.Errorf("incomplete: %+v", v)
			}
		}
		if want := []string{"color-contrast", "image-alt"}; !slices.Equal(slices.Sorted(slices.Values(ids)), want) {
			t.Errorf("JavaScript %t: found %q, want %q", javascript, ids, want)
		}
		p.Open("/form")
		if found := p.Axe(t); len(found) != 0 {
			t.Errorf("JavaScript %t: in a good page: %+v", javascript, found)
		}
	}
}

func TestKeyboardReachesEverything(t *testing.T) {
	p := visit(t, site(t)+"/focus")
	var seen []string
	for range 2 {
		p.Tab()
		seen = append(seen, p.Focused())
	}
	p.Press("x")
	p.Press("Shift+Tab")
	seen = append(seen, p.Focused())
	if want := []string{"a Log in", "input[name=code]", "a Log in"}; !slices.Equal(seen, want) {
		t.Errorf("focus went %q, want %q", seen, want)
	}
	var typed string
	p.Eval(`document.querySelector("input").value`, &typed)
	if typed != "x" {
		t.Errorf("typed %q", typed)
	}
	p.PressAndLoad("Enter")
	if p.Title() != "/form" {
		t.Errorf("Enter on the link led to %q", p.Title())
	}
}

func TestScreenshotShowsTheWholePage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.png")
	p := visit(t, site(t)+"/tall")
	p.Screenshot(file)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 360 || size.Y < 2000 {
		t.Errorf("size %v", size)
	}
}
