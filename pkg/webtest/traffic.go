package webtest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/network"
)

// traffic is what a page asked for and received.
type traffic struct {
	mu    sync.Mutex
	urls  []string
	sent  []string
	bytes float64
	asked map[network.RequestID]string
	wire  map[network.RequestID]string
}

// Requests returns the URL of everything the page asked for since it was
// made, in order: documents, redirects, styles, scripts, pictures, fetches and
// WebSockets, also those that were refused or came from the cache. data: URLs
// are among them.
func (p *Page) Requests() []string {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	return slices.Clone(p.traffic.urls)
}

// Sent returns what the page's requests carried since it was made: of each the
// URL, the headers that the page can choose, and the body.
func (p *Page) Sent() []string {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	return slices.Clone(p.traffic.sent)
}

// Headers returns, for each request of the page to a path, the headers as they
// went over the wire, with the cookies and all that the browser adds by itself.
func (p *Page) Headers(path string) []string {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	var out []string
	for id, to := range p.traffic.asked {
		if u, err := url.Parse(to); err == nil && u.Path == path && p.traffic.wire[id] != "" {
			out = append(out, p.traffic.wire[id])
		}
	}
	return out
}

// Bytes returns how many bytes the last Open or Click brought over the network,
// headers included and as compressed. What came from the cache counts nothing,
// so measure a page on a visitor's first Open.
func (p *Page) Bytes() int {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	return int(p.traffic.bytes)
}

// hear follows the events of a tab; it must be quick.
func (n *traffic) hear(event any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		n.urls = append(n.urls, event.Request.URL)
		n.sent = append(n.sent, carried(event.Request))
		keep(&n.asked, event.RequestID, event.Request.URL)
		if event.RedirectResponse != nil {
			n.bytes += event.RedirectResponse.EncodedDataLength
		}
	case *network.EventRequestWillBeSentExtraInfo:
		keep(&n.wire, event.RequestID, fmt.Sprint(event.Headers))
	case *network.EventWebSocketCreated:
		n.urls = append(n.urls, event.URL)
	case *network.EventLoadingFinished:
		n.bytes += event.EncodedDataLength
	}
}

// carried is what a request brings to the server.
func carried(r *network.Request) string {
	var out strings.Builder
	fmt.Fprint(&out, r.URL, " ", r.Headers)
	for _, part := range r.PostDataEntries {
		out.WriteString(" " + string(part.Bytes))
	}
	return out.String()
}

func keep(in *map[network.RequestID]string, id network.RequestID, text string) {
	if *in == nil {
		*in = map[network.RequestID]string{}
	}
	(*in)[id] = text
}

func (n *traffic) restart() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bytes = 0
}
