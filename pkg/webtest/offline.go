package webtest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Offline takes the network from the tab, or gives it back. The page notices:
// what it asks for fails, and it hears "offline" or "online".
func (p *Page) Offline(off bool) {
	p.t.Helper()
	everything := &network.Conditions{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}
	run(p, "switch the network", func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule,
			network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{everything}})
		if err != nil {
			return cdp.Empty{}, err
		}
		return chromedp.Call(ctx, network.OverrideNetworkState,
			network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
	})
}
