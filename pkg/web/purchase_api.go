package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/payment"
)

// webhookPath is where the payment provider sends its messages.
const webhookPath = "/stripe/webhook"

// jsonPaths take and give JSON, where something is sold.
var jsonPaths = map[string]bool{
	"/buy": true, "/buy/issuer.json": true, "/buy/signature": true, "/buy/status": true, "/buy/refund": true, "/buy/receipt": true,
	"/redeem": true, "/redeem/surrender": true, webhookPath: true,
}

// speaksJSON reports whether a request is for one of them. The page at /buy is
// for people.
func (s *Server) speaksJSON(c *fiber.Ctx) bool {
	path := c.Path()
	return s.payment != nil && jsonPaths[path] && (c.Method() == fiber.MethodPost || path != "/buy")
}

// purchaseAPIRoutes are the payment side, and beside it the usage side, of which
// neither knows the other.
func (s *Server) purchaseAPIRoutes(app *fiber.App) {
	if s.payment == nil {
		return
	}
	app.Post("/buy", takesJSON(s.buy))
	app.Get("/buy/issuer.json", s.issuerJSON)
	app.Post("/buy/signature", takesJSON(s.signature))
	app.Post("/buy/status", takesJSON(s.purchaseStatus))
	app.Post("/buy/refund", takesJSON(s.refund))
	app.Post("/buy/receipt", takesJSON(s.receipt))
	app.Post("/redeem", takesJSON(s.redeem))
	app.Post("/redeem/surrender", takesJSON(s.surrender))
	app.Post(webhookPath, s.webhook)
	s.purchaseStaffRoutes(app)
}

// takesJSON decodes the body of a request for a handler.
func takesJSON[T any](h func(c *fiber.Ctx, body T) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !strings.HasPrefix(string(c.Request().Header.ContentType()), fiber.MIMEApplicationJSON) {
			return problemOf(fiber.StatusUnsupportedMediaType, "json_kind")
		}
		var body T
		if json.NewDecoder(bytes.NewReader(c.Body())).Decode(&body) != nil {
			return problemOf(fiber.StatusBadRequest, "malformed")
		}
		return h(c, body)
	}
}

// failJSON says what went wrong to a script: an id that stays, and a text for the
// person before it.
func (s *Server) failJSON(c *fiber.Ctx, p *problem) error {
	page := s.page(c)
	page.Error, page.Missing = p.id, p.detail
	return c.Status(p.status).JSON(fiber.Map{"error": p.id, "text": page.ErrorText()})
}

// encoded are bytes as scripts write them.
type encoded []byte

// UnmarshalText reads base64url without padding.
func (e *encoded) UnmarshalText(text []byte) (err error) {
	*e, err = base64.RawURLEncoding.DecodeString(string(text))
	return err
}

// MarshalText writes it.
func (e encoded) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(e)), nil
}

// issuer is a key as JWK (RFC 7517), with what it is for.
type issuer struct {
	Kind     string  `json:"kty"`
	N        encoded `json:"n"`
	E        encoded `json:"e"`
	ID       string  `json:"kid"`
	Product  string  `json:"product"`
	Year     int     `json:"year"`
	Signs    bool    `json:"signs"`  // purchases that begin now
	Refund   bool    `json:"refund"` // that a token was not used
	LastDay  string  `json:"valid_through"`
	Finger   string  `json:"fingerprint"`
	Encoding string  `json:"alg"`
}

func (s *Server) issuerJSON(c *fiber.Ctx) error {
	refunds := map[string]bool{}
	for _, k := range s.payment.Refunds() {
		refunds[k.ID] = true
	}
	var keys []issuer
	for _, k := range s.payment.IssuerKeys(s.now()) {
		keys = append(keys, issuer{"RSA", k.Public.N.Bytes(), big.NewInt(int64(k.Public.E)).Bytes(), k.ID, k.Product, k.Year,
			s.payment.Signs(k, s.now()), refunds[k.ID], k.LastDay().Format("2006-01-02"), k.Fingerprint(), "PS384"})
	}
	return c.JSON(fiber.Map{"keys": keys})
}

// order begins a purchase.
type order struct {
	Product  string  `json:"product"`
	Key      string  `json:"key_id"`
	Purchase string  `json:"purchase_id"`
	Blinded  encoded `json:"blinded"`
	Amount   int64   `json:"amount"` // that was shown; 0 when it is not said
}

func (s *Server) buy(c *fiber.Ctx, o order) error {
	id, err := payment.ParseID(o.Purchase)
	if err != nil {
		return problemOf(fiber.StatusUnprocessableEntity, "purchase_number")
	}
	if p := s.within(c, s.limits.buys); p != nil {
		return p
	}
	address, err := s.payment.Start(c.UserContext(), payment.Order{ID: id, Product: o.Product, Key: o.Key, Blinded: o.Blinded, Price: o.Amount}, s.now())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"checkout_url": address})
}

// purchaseNumber is a request about a purchase.
type purchaseNumber struct {
	Purchase string `json:"purchase_id"`
}

// known is the purchase of a request. Guessing numbers is limited by address.
func (s *Server) known(c *fiber.Ctx, number string, do func(id payment.ID) error) error {
	id, err := payment.ParseID(number)
	if err == nil {
		err = do(id)
	}
	if p := explain(err); err != nil && p.id == "purchase_unknown" {
		return s.failed(c, s.limits.tokens, p)
	}
	return err
}

func (s *Server) signature(c *fiber.Ctx, body purchaseNumber) error {
	return s.known(c, body.Purchase, func(id payment.ID) error {
		state, signature, err := s.payment.Signature(c.UserContext(), id, s.now())
		if err != nil {
			return err
		}
		answer := fiber.Map{"state": state}
		if len(signature) > 0 {
			answer["signature"] = encoded(signature)
		}
		return c.JSON(answer)
	})
}

func (s *Server) purchaseStatus(c *fiber.Ctx, body purchaseNumber) error {
	return s.known(c, body.Purchase, func(id payment.ID) error {
		status, err := s.payment.Status(c.UserContext(), id, s.now())
		if err != nil {
			return err
		}
		return c.JSON(s.statusOf(status))
	})
}

func (s *Server) statusOf(p payment.Status) fiber.Map {
	until := ""
	if p.RefundUntil > 0 {
		until = p.RefundUntil.String()
	}
	day := deadline.DayOf(s.now())
	return fiber.Map{"state": p.State, "product": p.Product, "amount": p.Amount, "vat": p.VAT, "currency": p.Currency, "terms": p.Terms,
		"day": p.Day.String(), "refund_until": until, "today": day.String(), "late": until != "" && day > p.RefundUntil,
		"fetched": p.Fetched, "doubt": p.Doubt, "kept": p.Kept, "receipt": p.Receipt, "why": p.Why}
}
