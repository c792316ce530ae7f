//go:build long

package campaign

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/web"
)

// client is somebody with an account, and the ledger of what was recorded.
type client struct {
	in    *installation
	code  accesscode.Code
	http  *http.Client
	saved map[string]form // acknowledged, by the id that was given
	open  *form           // sent, and not acknowledged
}

// form is a registration as it is sent.
type form struct {
	attempt string
	answers map[string]int
}

// answer is what the server said.
type answer struct {
	status   int
	location string
	body     string
}

func (in *installation) client(code accesscode.Code) *client {
	return &client{in: in, code: code, saved: map[string]form{}, http: newHTTP()}
}

// newHTTP is a browser without a history: it keeps cookies and one connection,
// and follows nothing.
func newHTTP() *http.Client {
	jar, _ := cookiejar.New(nil) // has no error without options
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get asks for a page. The error is that of the connection.
func (c *client) get(path string) (answer, error) { return read(c.http.Get(c.in.url + path)) }

// post sends a form. The error is that of the connection.
func (c *client) post(path string, fields url.Values) (answer, error) {
	return read(c.http.PostForm(c.in.url+path, fields))
}

func read(resp *http.Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Location"), string(body)}, err
}

func (c *client) login() (answer, error) {
	return c.post("/login", url.Values{"code": {c.code.Grouped()}})
}

// save sends a registration: the one that was not acknowledged, or a new one.
// It enters the ledger when it has been acknowledged.
func (c *client) save() (answer, error) {
	if c.open == nil {
		f := newForm()
		c.open = &f
	}
	a, err := c.post("/me/mapping/phq9", c.open.fields())
	if id, ok := savedAs(a.location); err == nil && a.status == http.StatusSeeOther && ok {
		c.saved[id], c.open = *c.open, nil
	}
	return a, err
}

// savedAs is the id in the address that follows on a registration.
func savedAs(location string) (string, bool) {
	id, ok := strings.CutPrefix(location, "/me/registrations/")
	return strings.TrimSuffix(id, "/care"), ok
}

func newForm() form {
	f := form{rand.Text(), map[string]int{}}
	for n := range 9 {
		f.answers["q"+strconv.Itoa(n+1)] = mathrand.IntN(4)
	}
	return f
}

func (f form) fields() url.Values {
	v := url.Values{"attempt": {f.attempt}}
	for item, value := range f.answers {
		v.Set(item, strconv.Itoa(value))
	}
	return v
}

// export is everything that is stored, as its user gets it.
func (c *client) export() (e web.Everything, err error) {
	a, err := c.get("/me/export")
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("the export answered %d", a.status)
	}
	if err == nil {
		err = json.Unmarshal([]byte(a.body), &e)
	}
	return e, err
}

// enter logs in, over a new connection.
func (c *client) enter() error {
	c.http.CloseIdleConnections()
	a, err := c.login()
	if err == nil && a.location != "/me" {
		err = fmt.Errorf("a login answered %d", a.status)
	}
	return err
}

// untilGone saves, at most so many times, until the server does not answer any
// more. Every acknowledgement is told; any other answer than that is an error.
func (c *client) untilGone(most int, acknowledged func()) error {
	for range most {
		a, err := c.save()
		if err != nil {
			return nil
		}
		if c.open != nil {
			return fmt.Errorf("a registration answered %d", a.status)
		}
		acknowledged()
	}
	return nil
}
