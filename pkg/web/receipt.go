package web

import (
	"strings"

	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/payment"
)

// Receipt is the letter that says what was paid. There is no code in it.
func (l Letters) Receipt(r payment.Receipt) mail.Letter {
	t := l.texts[r.Language]
	number := r.Seller.Number
	if r.Seller.VAT {
		number += t.get("receipt.registered")
	}
	text := "receipt.text"
	if r.Refunded {
		text = "receipt.returned"
	}
	currency := " " + strings.ToUpper(r.Currency)
	return mail.Letter{To: r.To, Subject: t.get("receipt.subject", "Service", l.service),
		Text: t.get(text, "Number", r.Number, "Product", r.Product.Name[r.Language], "Amount", decimal(r.Amount)+currency,
			"VAT", decimal(r.VAT)+currency, "Day", r.Day.String(), "Seller", r.Seller.Name, "Organisation", number, "Address", r.Seller.Address, "Email", r.Seller.Email,
			"Terms", r.Terms, "Days", payment.RefundDays)}
}
