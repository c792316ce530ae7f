package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"selvhjelp/assets"
)

// SpareConnections are served beyond the limit of the configuration, for those
// that have ended and are still counted. Whoever hands out connections keeps to
// that limit, and answers others with Crowded.
const SpareConnections = 64

// Crowded is the whole answer to somebody who is one too many: nothing was read
// of what they want, so it is a page in every language, and it needs no second
// connection, neither for style nor script.
func (s *Server) Crowded() ([]byte, error) {
	t, err := template.ParseFS(s.assets, "templates/crowded.html")
	if err != nil {
		return nil, err
	}
	var pages []Page
	for _, lang := range assets.Languages {
		pages = append(pages, s.common[lang])
	}
	var body bytes.Buffer
	if err := t.Execute(&body, pages); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", http.StatusServiceUnavailable, http.StatusText(http.StatusServiceUnavailable))
	for _, h := range s.protections() {
		fmt.Fprintf(&out, "%s: %s\r\n", h.name, h.value)
	}
	fmt.Fprintf(&out, "Content-Type: text/html; charset=utf-8\r\nRetry-After: 30\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", body.Len())
	_, err = body.WriteTo(&out)
	return out.Bytes(), err
}

// TurnedAway counts somebody who was one too many.
func (s *Server) TurnedAway() { s.tallied(turnedAway) }
