package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/payment"
)

// buyerPage is a page on which an access code is bought or started. What
// happens there happens in the browser: purchase keys, codes and tokens are on
// no page that the server makes.
type buyerPage struct {
	Page
	Script     string // address of the page's module
	Offers     []offer
	Seller     payment.Seller
	Terms      string // their version
	RefundDays int
	UnusedDays int
	KeptDays   int
	Mail       bool   // receipts are sent by mail
	Address    string // of the site, for paper
}

// offer is a product in the page's language.
type offer struct {
	ID, Name, About string
	Minor           int64  // the price in minor units, for the script
	Price           string // in words: 490 kr
	VAT             string // the part of it that is tax; empty for none
	Percent         string // of VAT
}

// buyerRoutes are there only when something is sold.
func (s *Server) buyerRoutes(app *fiber.App) {
	if s.payment == nil {
		return
	}
	for path, page := range map[string]struct{ template, script string }{
		"/buy":           {"public/buy", "buy.js"},
		"/buy/return":    {"public/buy_return", "buy.js"},
		"/buy/cancelled": {"public/buy_cancelled", ""},
		"/buy/purchase":  {"public/buy_purchase", "mypurchase.js"},
		"/buy/stored":    {"public/buy_stored", "mypurchase.js"},
		"/voucher":       {"public/voucher", "buy.js"},
	} {
		app.Get(path, func(c *fiber.Ctx) error { return s.buyer(c, page.template, page.script) })
	}
	app.Get("/terms", func(c *fiber.Ctx) error { return s.buyer(c, "info/terms."+s.language(c), "") })
	app.Get("/me/fresh", s.user(s.fresh))
}

// buyer shows one of the buyer's pages.
func (s *Server) buyer(c *fiber.Ctx, template, script string) error {
	page := buyerPage{Page: s.page(c), Script: s.pinned().url(script), Seller: s.payment.Seller, Terms: s.payment.Terms,
		RefundDays: payment.RefundDays, UnusedDays: payment.UnusedDays, KeptDays: payment.KeptDays,
		Mail: s.payment.Send != nil, Address: s.config.Server.BaseURL}
	for _, p := range s.payment.Products {
		page.Offers = append(page.Offers, page.offer(p, page.Seller.VAT))
	}
	return s.render(c, fiber.StatusOK, template, page)
}

func (p Page) offer(of payment.Product, taxed bool) offer {
	o := offer{ID: of.ID, Name: of.Name[p.Lang], About: of.About[p.Lang], Minor: of.Price, Price: p.money(of.Price, of.Currency)}
	if taxed && of.VAT > 0 {
		o.VAT = p.money(payment.VATIn(of.Price, of.VAT), of.Currency)
		o.Percent = strings.Replace(fmt.Sprintf("%g", float64(of.VAT)/10), ".", p.T("buy.decimal"), 1)
	}
	return o
}

// money is an amount of minor units in words: 490 kr, NOK 490, EUR 49.50.
func (p Page) money(minor int64, currency string) string {
	amount := fmt.Sprint(minor / 100)
	if minor%100 != 0 {
		amount += fmt.Sprintf("%s%02d", p.T("buy.decimal"), minor%100)
	}
	if currency == "nok" {
		return p.T("buy.kroner", "Amount", amount)
	}
	return strings.ToUpper(currency) + " " + amount
}

// freshPage offers a new code after the first login with one that was bought.
type freshPage struct{ Page }

func (s *Server) fresh(v *visit) error {
	return s.render(v.Ctx, fiber.StatusOK, "user/fresh", freshPage{v.page})
}
