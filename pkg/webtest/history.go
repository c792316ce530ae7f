package webtest

import (
	"context"
	"sync/atomic"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Visited is one line of a tab's history.
type Visited struct{ URL, Title string }

// Back does what the browser's own button does, and waits until the page has
// loaded. It reports whether the browser had kept the page in memory, and shows
// it as it was left, without asking the server.
func (p *Page) Back() (kept bool) {
	p.t.Helper()
	var restored atomic.Bool
	p.load("go back", func(ctx context.Context, _ *chromedp.Target) (*network.Response, error) {
		ctx, shown := context.WithCancel(ctx)
		defer shown()
		err := chromedp.Listen(ctx, func(event any) {
			e, ok := event.(*page.EventFrameNavigated)
			if ok && e.Frame.ParentID == "" && e.Type == page.NavigationTypeBackForwardCacheRestore {
				restored.Store(true)
				shown() // nothing loads
			}
		})
		if err != nil {
			return nil, err
		}
		answer, err := chromedp.RunResponse(ctx, chromedp.NavigateBack())
		if restored.Load() {
			return nil, nil
		}
		return answer, err
	})
	return restored.Load()
}

// History returns what the tab remembers, oldest first: the page now shown is
// among it, and so is the empty tab that it began as.
func (p *Page) History() []Visited {
	p.t.Helper()
	var list []Visited
	for _, e := range run(p, "read the history", chromedp.NavigationEntries()).Entries {
		list = append(list, Visited{e.URL, e.Title})
	}
	return list
}
