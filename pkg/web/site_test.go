package web_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"selvhjelp/assets"
	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/web"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

// site is a running service with a clock that stands still until it is moved.
type site struct {
	*domaintest.World
	URL       string
	listening string // host and port
	Dir       string
	app       *fiber.App
	server    *web.Server
	business  organization.Business
	keys      *organization.Keys
	staff     map[string]*login // by name

	mu  sync.Mutex
	now time.Time
	log bytes.Buffer
}

// login is what a professional logs in with.
type login struct {
	email, password, totp string
	id                    organization.ID
}

func (s *site) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// Write collects the log.
func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// newSite starts a service on a free port of this machine.
func newSite(t testing.TB, change func(*config.Config)) *site {
	t.Helper()
	return newSiteOn(t, domaintest.Open(t), change)
}

// newSiteOn starts a service on a world that there is.
func newSiteOn(t testing.TB, w *domaintest.World, change func(*config.Config), more ...func(*web.Options)) *site {
	t.Helper()
	return newSiteOf(t, w, assets.FS, change, more...)
}

// newSiteOf starts a service with other assets.
func newSiteOf(t testing.TB, w *domaintest.World, files fs.FS, change func(*config.Config), more ...func(*web.Options)) *site {
	t.Helper()
	s := &site{World: w, Dir: t.TempDir(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), staff: map[string]*login{}}
	key, _, err := session.LoadRuntimeKey(s.Dir)
	check(t, err)
	db, err := bolt.Open(filepath.Join(s.Dir, "sessions.db"), bolt.Options{NoSync: true})
	check(t, err)
	instruments, err := instrument.Load(assets.FS, "instruments")
	check(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	c := config.Default()
	c.Server.BaseURL = "http://" + l.Addr().String()
	c.Service.StartWithoutService = true
	if change != nil {
		change(&c)
	}
	sessions := sealed.New(db, key)
	journal, err := netaddr.OpenJournal(netaddr.Dir(s.Dir), s.Ring, c.Addresses.Officers)
	check(t, err)
	options := web.Options{Config: c, Usage: s.Store, Sessions: sessions, Ring: s.Ring, Instruments: instruments,
		Assets: files, Now: s.Now, Log: slog.New(slog.NewTextHandler(s, nil)), Ready: func() bool { return true }, Journal: journal, Passwords: passwords}
	for _, add := range more {
		add(&options)
	}
	server, err := web.New(options)
	check(t, err)
	s.URL, s.listening = c.Server.BaseURL, l.Addr().String()
	app := server.App()
	s.app, s.server = app, server
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		check(t, app.ShutdownWithContext(ctx))
		_ = l.Close() // which the shutdown does not know of before it is listened on
		check(t, <-done)
		check(t, sessions.Close())
		check(t, journal.Close())
	})
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// service makes a business with a super user and a professional.
func (s *site) service(t testing.TB) {
	t.Helper()
	var id organization.ID
	s.Update(t, func(tx store.Tx) (err error) {
		id, err = organization.Create(tx, organization.Business{Name: "Fjordklinikken", Number: "974760673"})
		return err
	})
	super := s.join(t, "super", organization.Link{Business: id, Super: true})
	s.keys = super.Keys
	s.Update(t, func(tx store.Tx) error { return organization.ConfirmRecovery(tx, id, super.RecoveryKey) })
	for _, name := range []string{"pro", "other"} {
		joined := s.join(t, name, organization.Link{Business: id})
		s.Update(t, func(tx store.Tx) error { return organization.LetIn(tx, s.Ring, s.keys, joined.Professional.ID) })
	}
	s.View(t, func(r store.Reader) (err error) {
		s.business, err = organization.BusinessByID(r, id)
		return err
	})
}

// operator makes the operator's organisation with one of its staff, "staff".
func (s *site) operator(t testing.TB) {
	t.Helper()
	var b organization.Business
	s.Update(t, func(tx store.Tx) (err error) {
		b, err = organization.FoundOperator(tx, "Drift AS")
		return err
	})
	s.join(t, "staff", organization.Link{Business: b.ID, Super: true})
}

// passwords are cheap: no story is about what a guess costs.
var passwords = organization.PasswordsAt(organization.Cost{Memory: 64, Passes: 1})

// join invites somebody and accepts in their place.
func (s *site) join(t testing.TB, name string, link organization.Link) organization.Accepted {
	t.Helper()
	who := &login{name + "@klinikk.example", "vinter regn hav " + name + " 48", organization.NewTOTP(), organization.NewID()}
	ap := organization.Applicant{ID: who.id, Name: "Fagperson " + name, Email: who.email, Salt: organization.NewSalt(), TOTP: who.totp}
	var err error
	ap.Key, err = passwords.Key(t.Context(), s.Ring, ap.ID, who.password, ap.Salt)
	check(t, err)
	var accepted organization.Accepted
	s.Update(t, func(tx store.Tx) error {
		token, err := organization.Invite(tx, s.Ring, link, s.Now())
		if err != nil {
			return err
		}
		accepted, err = organization.Accept(tx, s.Ring, token, ap, s.Now())
		return err
	})
	s.staff[name] = who
	return accepted
}

// issue makes a code for the caseload of a professional.
func (s *site) issue(t testing.TB, by string) (code, reference string) {
	t.Helper()
	c := accesscode.New()
	s.Update(t, func(tx store.Tx) (err error) {
		if reference, err = organization.NewReference(tx, s.Ring, s.keys); err != nil {
			return err
		}
		day := deadline.DayOf(s.Now())
		open, err := account.Issue(tx, s.Ring, c, s.business.ID, reference, day+365)
		if err != nil {
			return err
		}
		return organization.SaveIssued(tx, s.Ring, s.keys, organization.Issued{Reference: reference, By: s.staff[by].id, Day: day, Open: open})
	})
	return c.Grouped(), reference
}

// code is a fresh one-time code; the clock moves on, since each is good once.
func (s *site) code(t testing.TB, name string) string {
	t.Helper()
	s.wait(time.Minute)
	code, err := totp.GenerateCode(s.staff[name].totp, s.Now())
	check(t, err)
	return code
}

// browser is an HTTP client that keeps cookies and follows nothing.
type browser struct {
	client   *http.Client
	base     string
	status   int
	location string
	body     string
	header   http.Header
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	client := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &browser{client: client, base: s.URL}
}

func (b *browser) do(t testing.TB, method, path string, form url.Values, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	check(t, err)
	maps.Copy(req.Header, header)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.client.Do(req)
	check(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	check(t, err)
	b.status, b.location, b.body, b.header = resp.StatusCode, strings.TrimPrefix(resp.Header.Get("Location"), b.base), string(raw), resp.Header
}

func (b *browser) get(t testing.TB, path string) {
	t.Helper()
	b.do(t, http.MethodGet, path, nil, nil)
}

func (b *browser) post(t testing.TB, path string, pairs ...string) {
	t.Helper()
	form := url.Values{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		form.Add(name, value)
	}
	b.do(t, http.MethodPost, path, form, nil)
}
