package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
)

func init() {
	for _, name := range []string{"buy", "buy_return", "buy_cancelled", "buy_purchase", "buy_stored", "voucher"} {
		pages["public/"+name] = buyerPage{}
	}
	for _, lang := range assets.Languages {
		pages["info/terms."+lang] = buyerPage{}
	}
	pages["user/fresh"] = freshPage{}
	pages["public/vouchers"] = vouchersPage{}
}

var buyerPaths = []string{"/buy", "/buy/return", "/buy/cancelled", "/buy/purchase", "/buy/stored", "/voucher", "/terms"}

func TestWhereNothingIsSoldNothingIsOffered(t *testing.T) {
	app := infoApp(t, exampleOperator, true)
	for _, path := range buyerPaths {
		response, err := app.Test(httptest.NewRequest("GET", path, nil), -1)
		if err != nil || response.StatusCode != fiber.StatusNotFound {
			t.Errorf("%s: %v, %v", path, response, err)
		}
	}
	for _, name := range append([]string{""}, infoPages...) {
		page := readInfo(t, app, name, "nb")
		if n := page.Find("a[href^='/buy'], a[href='/voucher'], a[href='/terms'], #buy").Length(); n > 0 {
			t.Errorf("/%s: %d words about buying", name, n)
		}
	}
}

func TestTheBuyersPagesAreTheSameInEveryLanguage(t *testing.T) {
	app := shopApp(t)
	for _, path := range buyerPaths {
		sameInEveryLanguage(t, app, path[1:])
	}
	for _, name := range infoPages {
		sameInEveryLanguage(t, app, name)
	}
}

// TestWhoKnowsWhatIsSaidBeforeBuying: five lines, the price with its tax, the
// seller, the age, the ways back.
func TestWhoKnowsWhatIsSaidBeforeBuying(t *testing.T) {
	app := shopApp(t)
	for _, lang := range assets.Languages {
		page := readInfo(t, app, "buy", lang).Find("[data-step=choose]")
		price, tax := page.Find("[data-price]").Text(), page.Find("[data-product]").Text()
		if !strings.Contains(price, "490") || !strings.Contains(tax, "25") || !strings.Contains(tax, "98") {
			t.Errorf("in %s the price is %q, %q", lang, price, tax)
		}
		if n := page.Find("section").First().Find("li").Length(); n != 5 {
			t.Errorf("in %s %d lines say who knows what", lang, n)
		}
		for _, want := range []string{"18", "14", fmt.Sprint(payment.RefundDays), "Selger AS", "974760673"} {
			if !strings.Contains(page.Text(), want) {
				t.Errorf("in %s %q is missing", lang, want)
			}
		}
		for _, to := range []string{"/terms", "/terms#withdraw", "/privacy#buy"} {
			if page.Find("a[href='"+to+"']").Length() != 1 {
				t.Errorf("in %s nothing leads to %s", lang, to)
			}
		}
	}
}

func TestTheLimitsOfAPurchaseAreSaid(t *testing.T) {
	app := shopApp(t)
	for _, lang := range assets.Languages {
		for name, limits := range map[string][]int{
			"privacy": {payment.KeptDays, payment.UnusedDays, 24},
			"terms":   {14, payment.RefundDays, payment.UnusedDays},
		} {
			text := readInfo(t, app, name, lang).Find("#main").Text()
			for _, n := range limits {
				if !strings.Contains(text, fmt.Sprintf(" %d ", n)) {
					t.Errorf("%s in %s: %d is missing", name, lang, n)
				}
			}
		}
	}
}

// TestTheFingerprintOnTheSecurityPageIsThatOfTheScript: whoever compares it with
// others' compares the key that the browser takes.
func TestTheFingerprintOnTheSecurityPageIsThatOfTheScript(t *testing.T) {
	app := shopApp(t)
	var shown []string
	readInfo(t, app, "security", "en").Find("#issuers code").Each(func(_ int, code *goquery.Selection) { shown = append(shown, code.Text()) })
	script := readInfo(t, app, "buy", "en").Find("script[src*='/buy.']").AttrOr("src", "")
	seen := ""
	for range 3 { // buy.js, purchase.js, issuers.js
		response, err := app.Test(httptest.NewRequest("GET", script, nil), -1)
		if err != nil || response.StatusCode != fiber.StatusOK {
			t.Fatalf("%s: %v, %v", script, response, err)
		}
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		seen = string(raw)
		for _, name := range []string{"purchase", "issuers"} {
			if _, rest, ok := strings.Cut(seen, "'/static/"+name+"."); ok {
				script, _, _ = strings.Cut("/static/"+name+"."+rest, "'")
				break
			}
		}
	}
	if len(shown) != 2 || strings.Count(seen, "'") != 2*len(shown) {
		t.Errorf("the page shows %d keys, the script is %s", len(shown), seen)
	}
	for _, fingerprint := range shown {
		if len(fingerprint) != 64 || !strings.Contains(seen, "'"+fingerprint+"'") {
			t.Errorf("the page says %q, the script does not", fingerprint)
		}
	}
}

func TestMoneyIsWrittenAsPeopleWriteIt(t *testing.T) {
	texts, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, currency string
		minor          int64
		want           string
	}{
		{"nb", "nok", 49000, "490 kr"}, {"nb", "nok", 49050, "490,50 kr"}, {"en", "nok", 49005, "NOK 490.05"}, {"nn", "eur", 4900, "EUR 49"},
	} {
		if got := (Page{texts: texts[c.lang]}).money(c.minor, c.currency); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	taxed := Page{Lang: "nb", texts: texts["nb"]}
	of := payment.Product{ID: "access", Price: 11500, VAT: 155, Currency: "nok"}
	if o := taxed.offer(of, true); o.Percent != "15,5" || o.VAT != "15,43 kr" {
		t.Errorf("%s %% are %s", o.Percent, o.VAT)
	}
	if o := taxed.offer(of, false); o.VAT != "" {
		t.Error("somebody who is not registered takes tax")
	}
}

func TestMoreThanOneProductIsAChoice(t *testing.T) {
	for n, kind := range map[int]string{1: "hidden", 2: "radio"} {
		var sold []payment.Product
		for i := range n {
			p := soldHere
			p.ID = fmt.Sprint("p", i)
			sold = append(sold, p)
		}
		fields := readInfo(t, shopApp(t, sold...), "buy", "en").Find("[name=product]")
		if fields.Length() != n || fields.AttrOr("type", "") != kind || fields.Filter("[checked]").Length() > 0 {
			t.Errorf("%d products: %d fields, %s", n, fields.Length(), fields.AttrOr("type", ""))
		}
	}
}

// soldHere is what a shop sells unless it is said.
var soldHere = payment.Product{ID: "access", Price: 49000, VAT: 250, Currency: "nok",
	Name:  map[string]string{"nb": "Tilgang", "nn": "Tilgang", "en": "Access"},
	About: map[string]string{"nb": "En kode.", "nn": "Ein kode.", "en": "One code."}}

// shopApp serves the pages of a shop; they need no store.
func shopApp(t *testing.T, sold ...payment.Product) *fiber.App {
	t.Helper()
	if sold == nil {
		sold = []payment.Product{soldHere}
	}
	issuer, refunds := domaintest.Tokens(t, domaintest.Now)
	desk := &payment.Desk{Options: payment.Options{Products: sold, Terms: "2026-01-01", Issuer: issuer, Refunds: refunds.Keys,
		Seller: payment.Seller{Name: "Selger AS", Number: "974760673", VAT: true}}}
	now := func() time.Time { return domaintest.Now }
	s, err := New(Options{Config: config.Default(), Ring: domaintest.Open(t).Ring, Assets: assets.FS, Now: now, Log: slog.New(slog.DiscardHandler), Payment: desk})
	if err != nil {
		t.Fatal(err)
	}
	return s.App()
}
