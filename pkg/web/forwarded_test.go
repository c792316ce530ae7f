package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/web"
)

// TestAStrangerIsNotBelievedAboutHostAndScheme, whoever asks fiber for them: the
// proxy that is trusted is another.
func TestAStrangerIsNotBelievedAboutHostAndScheme(t *testing.T) {
	c := config.Default()
	c.Server.TrustedProxies = []string{"192.0.2.1"}
	server, err := web.New(web.Options{Config: c, Assets: assets.FS, Now: time.Now, Log: slog.New(slog.DiscardHandler), Ready: func() bool { return true }})
	check(t, err)
	app := server.App()
	app.Get("/asked", func(c *fiber.Ctx) error { return c.SendString(c.Protocol() + "://" + c.Hostname()) })
	req := httptest.NewRequest(http.MethodGet, "/asked", nil)
	req.Host = "selvhjelp.example"
	for name, claim := range map[string]string{"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https", "X-Forwarded-Protocol": "https",
		"X-Forwarded-Ssl": "on", "X-Url-Scheme": "https"} {
		req.Header.Set(name, claim)
	}
	resp, err := app.Test(req, -1)
	check(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	check(t, err)
	if string(body) != "http://selvhjelp.example" {
		t.Errorf("a stranger's word gives %q", body)
	}
}
