package web

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"selvhjelp/assets"
	"selvhjelp/pkg/domaintest"
)

// TestVouchersAreOneFileWithAQRCodeEach: nothing is loaded from elsewhere, and the
// secret part is nowhere but in the picture.
func TestVouchersAreOneFileWithAQRCodeEach(t *testing.T) {
	long := strings.Repeat("aB3_-x7", 81)[:566]
	for _, lang := range assets.Languages {
		v := Vouchers{Service: "Selvhjelp", Language: lang, Place: "https://selvhjelp.example", Through: domaintest.Now,
			Links: []string{"https://selvhjelp.example/voucher#" + long, "https://selvhjelp.example/voucher#A" + long[1:]}}
		raw, err := v.HTML(assets.FS)
		if err != nil {
			t.Fatal(err)
		}
		page, err := goquery.NewDocumentFromReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		drawn := map[string]bool{}
		page.Find(".voucher .qr-ink").Each(func(_ int, ink *goquery.Selection) { drawn[ink.AttrOr("d", "")] = true })
		if want, err := newQR(v.Links[0]); err != nil || len(drawn) != 2 || !drawn[want.Path] {
			t.Errorf("%s: %d pictures, %v", lang, len(drawn), err)
		}
		if page.Find("html").AttrOr("lang", "") != lang || !strings.Contains(page.Find(".voucher").Text(), "18") {
			t.Errorf("%s: the language or the age is missing", lang)
		}
		if found := regexp.MustCompile(`(?i)src=|href=|<script|url\(|@import`).FindString(string(raw)); found != "" || bytes.Contains(raw, []byte(long[1:])) {
			t.Errorf("%s: it loads %q, or the link can be read", lang, found)
		}
	}
}
