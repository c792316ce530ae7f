package webtest

import (
	"bytes"
	"context"
	"os"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Print writes the page to file as a printer would get it, as PDF on A4 (or the
// size that its style asks for), and returns how many sheets of paper it takes.
func (p *Page) Print(file string) (sheets int) {
	p.t.Helper()
	printed := run(p, "print", func(ctx context.Context, _ *chromedp.Target) (page.PrintToPDFResult, error) {
		return chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69, PreferCSSPageSize: new(true)})
	})
	if err := os.WriteFile(file, printed.Data, 0o644); err != nil {
		p.t.Fatalf("webtest: print: %v", err)
	}
	return bytes.Count(printed.Data, []byte("/Type /Page\n"))
}
