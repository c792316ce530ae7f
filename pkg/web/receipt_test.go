package web

import (
	"strings"
	"testing"

	"selvhjelp/assets"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"

	"selvhjelp/pkg/deadline"
)

// TestAReceiptConfirmsTheContract: who sold what for how much with how much tax,
// under which terms, and what was said about withdrawing.
func TestAReceiptConfirmsTheContract(t *testing.T) {
	letters, err := LoadLetters(assets.FS, "Selvhjelp")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range assets.Languages {
		for _, refunded := range []bool{false, true} {
			l := letters.Receipt(payment.Receipt{To: "kari@example.org", Language: lang, Number: "0123456789", Product: soldHere,
				Seller: payment.Seller{Name: "Selger AS", Number: "974760673", Address: "Storgata 1", Email: "post@selger.example", VAT: true},
				Day:    deadline.DayOf(domaintest.Now), Amount: 49000, VAT: 9800, Currency: "nok", Terms: "2026-11-21", Refunded: refunded})
			want := []string{"0123456789", soldHere.Name[lang], "490,00 NOK", "98,00 NOK", "Selger AS", "974760673", "Storgata 1", "post@selger.example"}
			if !refunded {
				want = append(want, "2026-11-21", " 14 ", " 30 ")
			}
			for _, part := range want {
				if !strings.Contains(l.Text, part) {
					t.Errorf("%s, refunded %t: %q is missing", lang, refunded, part)
				}
			}
			if strings.Contains(l.Text, "{{") || strings.Contains(l.Text, "<no value>") {
				t.Errorf("%s: the letter has a hole", lang)
			}
		}
	}
}
