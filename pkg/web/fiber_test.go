package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/web"
)

// probed is the answer to a request that a handler of the test's own gets, behind
// everything that stands before ours.
func probed(t *testing.T, c config.Config, log io.Writer, probe fiber.Handler, claims map[string]string) (int, string) {
	t.Helper()
	server, err := web.New(web.Options{Config: c, Assets: assets.FS, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)), Ready: func() bool { return true }})
	check(t, err)
	app := server.App()
	app.Get("/probe", probe)
	req := httptest.NewRequest(http.MethodGet, "/probe", nil)
	req.Host = "selvhjelp.example"
	for name, claim := range claims {
		req.Header.Set(name, claim)
	}
	resp, err := app.Test(req, -1)
	check(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	check(t, err)
	return resp.StatusCode, string(body)
}

// TestAStrangerIsNotBelievedAboutHostAndScheme, whoever asks fiber for them: the
// proxy that is trusted is another.
func TestAStrangerIsNotBelievedAboutHostAndScheme(t *testing.T) {
	c := config.Default()
	c.Server.TrustedProxies = []string{"192.0.2.1"}
	_, body := probed(t, c, io.Discard, func(c *fiber.Ctx) error { return c.SendString(c.Protocol() + "://" + c.Hostname()) }, map[string]string{
		"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "https", "X-Forwarded-Ssl": "on", "X-Url-Scheme": "https"})
	if body != "http://selvhjelp.example" {
		t.Errorf("a stranger's word gives %q", body)
	}
}

// TestAPanicIsAnAnswerAndKeepsToItself: the process goes on, and neither the page
// nor the log has what the panic said.
func TestAPanicIsAnAnswerAndKeepsToItself(t *testing.T) {
	var log bytes.Buffer
	status, body := probed(t, config.Default(), &log, func(*fiber.Ctx) error { panic("zqecho7") }, nil)
	if status != http.StatusInternalServerError || !strings.Contains(body, "<!doctype html>") {
		t.Errorf("answered %d", status)
	}
	if !strings.Contains(log.String(), "panic") || strings.Contains(body+log.String(), "zqecho7") {
		t.Error("the log does not have the panic, or somebody reads what it said")
	}
}

// TestARequestIsGivenUpInTime, also when nobody waits for it any more.
func TestARequestIsGivenUpInTime(t *testing.T) {
	c := config.Default()
	probed(t, c, io.Discard, func(ctx *fiber.Ctx) error {
		end, bound := ctx.UserContext().Deadline()
		if !bound || time.Until(end) > c.Server.RequestTimeout.Duration {
			t.Errorf("it ends on %v", end)
		}
		return nil
	}, nil)
}
