package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/payment"
	"selvhjelp/store"
)

// purchaseStaffRoutes are what the operator's staff see of purchases: never a
// code, and nothing that leads to one.
func (s *Server) purchaseStaffRoutes(app *fiber.App) {
	app.Get("/staff/purchases", s.operators(s.purchases))
	app.Post("/staff/purchases/find", s.operators(s.findPurchases))
	app.Get("/staff/purchases/:reference/refund", s.operators(s.askRefund))
	app.Post("/staff/purchases/:reference/refund", s.operators(s.refundPurchase))
	app.Post("/staff/accounts", s.operators(s.accounts))
}

// PurchaseRow is a purchase in the staff's list.
type PurchaseRow struct {
	payment.Line
	Name, Price string
}

var (
	purchaseStates = map[payment.State]string{
		payment.Paid: "purchases.paid", payment.Refunded: "purchases.refunded",
	}
	refundReasons = map[string]string{
		"buyer": "purchases.why_buyer", "token": "purchases.why_token", "staff": "purchases.why_staff",
		"price": "purchases.why_price", "key": "purchases.why_key", "unused": "purchases.why_unused", "stray": "purchases.why_stray",
	}
)

// disputes are the provider's words for chargebacks that are decided.
var disputes = map[string]string{"won": "purchases.dispute_won", "lost": "purchases.dispute_lost"}

// StateText is the id of the text for the state.
func (r PurchaseRow) StateText() string { return purchaseStates[r.State] }

// WhyText is the id of the text for the reason of a refund; empty where the
// payment provider was asked for it.
func (r PurchaseRow) WhyText() string { return refundReasons[r.Why] }

// DisputeText is the id of the text for how a chargeback stands.
func (r PurchaseRow) DisputeText() string {
	return cmp.Or(disputes[r.Dispute], "purchases.dispute_open")
}

// Short is the beginning of the reference, for people.
func (r PurchaseRow) Short() string { return r.Reference[:8] }

type purchasesPage struct {
	Page
	Rows                                 []PurchaseRow
	Sought                               bool   // only what fits is shown
	SoughtDay, SoughtAmount, SoughtLast4 string // as they were typed
	From, To                             string // of the accounts
	Differences                          []DifferenceRow
	Through                              deadline.Day // on which purchases were last compared with the provider's lists; 0 for never
}

// purchases lists what was paid, newest first.
func (s *Server) purchases(v *staffVisit) error {
	s.notice(v)
	return s.showPurchases(v, fiber.StatusOK, purchasesPage{Page: v.page}, func(payment.Line) bool { return true })
}

// findPurchases shows what fits a day, an amount and the last digits of a card:
// what somebody knows who has paid and has no code.
func (s *Server) findPurchases(v *staffVisit) error {
	page := purchasesPage{Page: v.page, Sought: true, SoughtDay: field(v.Ctx, "day"),
		SoughtAmount: field(v.Ctx, "amount"), SoughtLast4: field(v.Ctx, "last4")}
	page.Path = "/staff/purchases"
	day, err1 := dayField(page.SoughtDay)
	amount, err2 := minorUnits(page.SoughtAmount)
	if p, ok := errors.AsType[*problem](cmp.Or(err1, err2)); ok {
		page.Error, page.Missing = p.id, p.detail
		return s.showPurchases(v, p.status, page, func(payment.Line) bool { return false })
	}
	return s.showPurchases(v, fiber.StatusOK, page, func(l payment.Line) bool {
		return (day == 0 || l.Day == day) && (amount == 0 || l.Amount == amount) && (page.SoughtLast4 == "" || l.Last4 == page.SoughtLast4)
	})
}

func (s *Server) showPurchases(v *staffVisit, status int, page purchasesPage, fits func(payment.Line) bool) error {
	lines, err := s.payment.Lines(v.UserContext())
	if err != nil {
		return err
	}
	for _, l := range lines {
		if fits(l) {
			page.Rows = append(page.Rows, s.row(l, page.Lang))
		}
	}
	if err := s.compared(v, &page); err != nil {
		return err
	}
	year := s.now().UTC().Year()
	page.From, page.To = fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year)
	return s.render(v.Ctx, status, "operator/purchases", page)
}

func (s *Server) row(l payment.Line, lang string) PurchaseRow {
	return PurchaseRow{l, s.productName(l.Product, lang), priced(l.Amount, l.Currency)}
}

// productName is the name of a product; its id when it is sold no more.
func (s *Server) productName(id, lang string) string {
	i := slices.IndexFunc(s.payment.Products, func(p payment.Product) bool { return p.ID == id })
	if i < 0 {
		return id
	}
	return s.payment.Products[i].Name[lang]
}

// accounts hands out the accounts of a time, for bookkeeping.
func (s *Server) accounts(v *staffVisit) error {
	from, err1 := dayField(field(v.Ctx, "from"))
	to, err2 := dayField(field(v.Ctx, "to"))
	if err1 != nil || err2 != nil || from == 0 || to == 0 {
		return problemOf(fiber.StatusUnprocessableEntity, "purchase_day", "from", "to")
	}
	if err := s.noted(v, s.entry(v, audit.Money), func(store.Tx) error { return nil }); err != nil {
		return err
	}
	rows, err := s.accountRows(v.UserContext(), from, to)
	if err != nil {
		return err
	}
	return attachCSV(v.Ctx, "accounts-"+from.String()+"-"+to.String()+".csv", rows)
}

func (s *Server) accountRows(ctx context.Context, from, to deadline.Day) ([][]string, error) {
	entries, err := s.payment.Accounts(ctx, from, to)
	rows := [][]string{{"date", "kind", "product", "amount", "vat", "currency", "stripe_id"}}
	for _, e := range entries {
		rows = append(rows, []string{e.Day.String(), e.Kind, plain(e.Product), decimal(e.Amount), decimal(e.VAT), strings.ToUpper(e.Currency), plain(e.Provider)})
	}
	return rows, err
}

// dayField reads a day such as 2026-01-31; 0 when none is given.
func dayField(text string) (deadline.Day, error) {
	if text == "" {
		return 0, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || deadline.DayOf(day) <= 0 {
		return 0, problemOf(fiber.StatusUnprocessableEntity, "purchase_day", "day")
	}
	return deadline.DayOf(day), nil
}

// minorUnits reads an amount such as 490 or 490,50; 0 when none is given.
func minorUnits(text string) (int64, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	if text == "" {
		return 0, nil
	}
	whole, part, _ := strings.Cut(strings.Replace(text, ".", ",", 1), ",")
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 40)
	if err != nil || len(part) > 2 {
		return 0, problemOf(fiber.StatusUnprocessableEntity, "purchase_amount", "amount")
	}
	return int64(n), nil
}

// decimal is an amount of minor units as spreadsheets of this country read it:
// 490,00.
func decimal(minor int64) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d,%02d", sign, minor/100, minor%100)
}
