package journey

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// closeMarket ends the demo that all buyers share, if one of them came.
var closeMarket = func() {}

// marketPlace is that demo. A buyer is a browser of their own, with a key of their
// own, so they are strangers to one another there as anywhere.
var marketPlace = sync.OnceValues(func() (*demo, error) {
	dir, err := os.MkdirTemp("", "selvhjelp-market-")
	if err != nil {
		return nil, err
	}
	d, stop, err := launch(dir)
	closeMarket = func() {
		stop()
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "market:", err)
		}
	}
	return d, err
})

// market is the demo for a test that buys and leaves the demo's own people alone.
func market(t *testing.T) *demo {
	t.Helper()
	d, err := marketPlace()
	must(t, err)
	return d
}
