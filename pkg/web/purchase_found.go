package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/payment"
	"selvhjelp/store"
)

// DifferenceRow is something that the night found when it compared purchases
// with the payment provider's lists.
type DifferenceRow struct {
	payment.Difference
	Price string // empty where it is about no amount
}

var differenceTexts = map[string]string{
	payment.FoundLost: "returned.found_lost", payment.FoundUnheard: "returned.found_unheard", payment.FoundReturned: "returned.found_returned",
	payment.FoundDisputed: "returned.found_disputed", payment.FoundFailed: "returned.found_failed",
}

// Text is the id of the text for it.
func (r DifferenceRow) Text() string { return differenceTexts[r.Kind] }

// Short is the beginning of the purchase's reference, for people; empty where it
// is about none.
func (r DifferenceRow) Short() string { return r.Reference[:min(8, len(r.Reference))] }

// compared adds what the nights have found, and when they last could look.
func (s *Server) compared(v *staffVisit, page *purchasesPage) error {
	all, through, err := s.payment.Differences(v.UserContext())
	page.Through = through
	for _, d := range all {
		row := DifferenceRow{Difference: d}
		if d.Amount > 0 {
			row.Price = priced(d.Amount, d.Currency)
		}
		page.Differences = append(page.Differences, row)
	}
	return err
}

// priced is an amount with its currency, as staff read it.
func priced(minor int64, currency string) string {
	return decimal(minor) + " " + strings.ToUpper(currency)
}

// refundPage asks before money is given back, which cannot be undone.
type refundPage struct {
	Page
	Row PurchaseRow
}

func (s *Server) askRefund(v *staffVisit) error {
	l, err := s.payment.Line(v.UserContext(), v.Params("reference"))
	if err != nil {
		return err
	}
	switch {
	case l.Fetched:
		return payment.ErrFetched
	case !l.Refundable: // refunded meanwhile, or with the bank: the list says which
		return v.Redirect("/staff/purchases", fiber.StatusSeeOther)
	}
	return s.render(v.Ctx, fiber.StatusOK, "operator/refund", refundPage{v.page, s.row(l, v.page.Lang)})
}

// refundPurchase gives back what nobody has fetched, once it was asked whether
// that is meant. The entry in the log stands before it is done.
func (s *Server) refundPurchase(v *staffVisit) error {
	if field(v.Ctx, "confirm") != "yes" {
		return s.askRefund(v)
	}
	if err := s.noted(v, s.entry(v, audit.Money), func(store.Tx) error { return nil }); err != nil {
		return err
	}
	if err := s.payment.RefundUnfetched(v.UserContext(), v.Params("reference"), s.now()); err != nil {
		return err
	}
	return s.done(v, "purchase_refunded", "/staff/purchases")
}
