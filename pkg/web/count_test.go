package web

import (
	"net/http/httptest"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/statistics"
	"selvhjelp/pkg/useragent"
)

const someFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"

// countedServer counts requests; it has no store.
func countedServer() (*Server, *fiber.App) {
	s := &Server{now: func() time.Time { return domaintest.Now }}
	app := fiber.New()
	app.Use(s.counted)
	ok := func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusOK) }
	for _, pattern := range []string{"/", "/static/:file", "/healthz", "/readyz", "/me/registrations/:id", "/me/registrations/:id/care"} {
		app.Get(pattern, ok)
	}
	app.Post("/login", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusUnauthorized) })
	s.counters = newCounters(app)
	return s, app
}

func TestRequestsAreCountedByPatternAndNeverById(t *testing.T) {
	s, app := countedServer()
	for _, r := range []struct{ method, path string }{
		{"GET", "/"}, {"GET", "/me/registrations/17f0?from=x"}, {"GET", "/me/registrations/17f0/care"}, {"POST", "/login"},
		{"GET", "/nowhere"}, {"HEAD", "/"}, {"GET", "/healthz"}, {"GET", "/readyz"}, {"GET", "/static/app.css"},
	} {
		request := httptest.NewRequest(r.method, r.path, nil)
		request.Header.Set("User-Agent", someFirefox)
		response, err := app.Test(request, -1)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	want := []statistics.Cell{
		{Route: "GET /", Class: 2, System: "linux", Browser: "firefox", Count: 1},
		{Route: "GET /me/registrations/:id", Class: 2, System: "linux", Browser: "firefox", Count: 2},
		{Route: "POST /login", Class: 4, System: "linux", Browser: "firefox", Count: 1},
	}
	days := s.counters.Days(s.counters.Take(domaintest.Now))
	if len(days) != 1 || len(days[0].Cells) != len(want) {
		t.Fatalf("got %+v", days)
	}
	for _, c := range want {
		if !slices.Contains(days[0].Cells, c) {
			t.Errorf("%+v is missing in %+v", c, days[0].Cells)
		}
	}
}

func TestEveryRouteForPeopleIsCountedOnce(t *testing.T) {
	app := infoApp(t, config.Operator{}, true)
	counters := newCounters(app)
	for _, r := range app.GetRoutes(true) {
		counters.Count(statistics.Route{Method: r.Method, Pattern: r.Path}, 200, useragent.Device{}, domaintest.Now)
	}
	named := map[string]int{}
	for _, c := range counters.Days(counters.Take(domaintest.Now))[0].Cells {
		named[c.Route] = c.Count
	}
	for _, name := range []string{"GET /", "GET /me", "POST /me/sharing", "GET /pro/users/:reference"} {
		if named[name] != 1 {
			t.Errorf("%s is counted %d times", name, named[name])
		}
	}
	if named["GET /me/registrations/:id"] != 2 || named["GET /me/registrations/:id/care"] != 0 {
		t.Error("the page that follows a risk answer is counted apart")
	}
}

// BenchmarkCounted is what counting adds to a request. The processor's time is
// what counts: it stays the same on a machine that is busy.
func BenchmarkCounted(b *testing.B) {
	s, app := countedServer()
	ctx := &fasthttp.RequestCtx{}
	ctx.Request.Header.SetUserAgent(someFirefox)
	ctx.Request.SetRequestURI("/")
	app.Handler()(ctx)
	c := app.AcquireCtx(ctx)
	c.Route().Method, c.Route().Path = "GET", "/"
	b.ReportAllocs()
	begun := cpuTime(b)
	for b.Loop() {
		s.count(c)
	}
	b.ReportMetric(float64((cpuTime(b)-begun).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// cpuTime is what this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
