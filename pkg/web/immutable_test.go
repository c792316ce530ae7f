package web_test

import (
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/web"
)

// A value that a handler keeps must not change when the connection's next
// request is read into the same memory: it would be another person's.
func TestWhatAHandlerKeepsStaysAsItWas(t *testing.T) {
	server, err := web.New(web.Options{Config: config.Default(), Assets: assets.FS, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Ready: func() bool { return true }})
	check(t, err)
	app := server.App()
	var kept []string
	app.Get("/keep/:value", func(c *fiber.Ctx) error {
		kept = append(kept, c.Params("value"), c.Query("q"), c.Get("X-Value"), c.Cookies("v"))
		return nil
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	client := &http.Client{Timeout: time.Minute}
	for _, value := range []string{"anna", "bo42", "cecy"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/keep/"+value+"?q="+value, nil)
		check(t, err)
		req.Header.Set("X-Value", value)
		req.Header.Set("Cookie", "v="+value)
		resp, err := client.Do(req)
		check(t, err)
		check(t, resp.Body.Close())
	}
	client.CloseIdleConnections()
	check(t, app.ShutdownWithTimeout(time.Minute))
	check(t, <-done)
	for i, value := range kept {
		if want := []string{"anna", "bo42", "cecy"}[i/4]; value != want {
			t.Errorf("value %d has become another request's", i)
		}
	}
}
