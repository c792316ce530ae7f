package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

// proof is a token as scripts send it.
type proof struct {
	Message   encoded `json:"message"`
	Signature encoded `json:"signature"`
}

// refundOrder asks for the money back; what was fetched needs a refund token.
type refundOrder struct {
	purchaseNumber
	Token *proof `json:"refund_token"`
}

func (s *Server) refund(c *fiber.Ctx, body refundOrder) error {
	return s.known(c, body.Purchase, func(id payment.ID) error {
		var back *payment.RefundToken
		if body.Token != nil {
			back = &payment.RefundToken{Message: body.Token.Message, Signature: body.Token.Signature}
		}
		status, err := s.payment.Refund(c.UserContext(), id, back, s.now())
		if err != nil {
			return err
		}
		return c.JSON(s.statusOf(status))
	})
}

// receiptOrder asks for a receipt by mail.
type receiptOrder struct {
	purchaseNumber
	Email string `json:"email"`
}

func (s *Server) receipt(c *fiber.Ctx, body receiptOrder) error {
	return s.known(c, body.Purchase, func(id payment.ID) error {
		sent, err := s.payment.MailReceipt(c.UserContext(), id, body.Email, s.language(c), s.now())
		if err != nil {
			return err
		}
		return c.JSON(fiber.Map{"sent": sent})
	})
}

// webhook takes a message of the payment provider. What is not of the provider
// is a security event; the provider repeats what was not taken.
func (s *Server) webhook(c *fiber.Ctx) error {
	err := s.payment.Event(c.UserContext(), c.Body(), c.Get("Stripe-Signature"), s.now())
	switch {
	case errors.Is(err, payment.ErrVersion):
		s.log.Error("webhook", "error", err.Error())
		return err
	case errors.Is(err, payment.ErrForged), errors.Is(err, payment.ErrOld):
		s.tallied(forgedMessages)
		s.event(c, netaddr.ForgedEvent)
		return err
	case err != nil:
		return err
	}
	return c.SendStatus(fiber.StatusOK)
}

// redemption brings a token and the code that its buyer has drawn. It says
// nothing of a purchase, and is answered without a cookie.
type redemption struct {
	proof
	Code string `json:"code"`
}

// redeem makes the account that was bought. Nothing of it is logged but, once an
// hour, how many failed.
func (s *Server) redeem(c *fiber.Ctx, body redemption) error {
	code, err := accesscode.Parse(body.Code)
	if err != nil {
		return err
	}
	start := account.Start{Code: code, Language: s.language(c), Policy: s.policyVersion()}
	return s.tokenTaken(c, body.proof, func(tx store.Tx, t token.Token) error {
		return s.vouchers.Redeem(tx, t, start, s.now())
	}, func(token.Token) (fiber.Map, error) { return fiber.Map{"state": "redeemed"}, nil })
}

// surrendering hands in a token that was not used.
type surrendering struct {
	proof
	Blinded encoded `json:"blinded"`
}

// surrender swaps an unused token. The first time is bounded by what was bought;
// the same again, which costs us a signature each time, is limited by address.
func (s *Server) surrender(c *fiber.Ctx, body surrendering) error {
	var again bool
	return s.tokenTaken(c, body.proof, func(tx store.Tx, t token.Token) (err error) {
		again, err = s.vouchers.HandIn(tx, t, body.Blinded)
		return err
	}, func(t token.Token) (fiber.Map, error) {
		if again {
			if over := s.within(c, s.limits.tokens); over != nil {
				return nil, over
			}
		}
		signature, err := s.vouchers.SignRefund(t, body.Blinded)
		return fiber.Map{"signature": encoded(signature)}, err
	})
}

// tokenTaken checks a token, spends it in one transaction and answers. A token
// that is refused counts for its address; only its class is known afterwards.
func (s *Server) tokenTaken(c *fiber.Ctx, p proof, spend func(tx store.Tx, t token.Token) error, answer func(t token.Token) (fiber.Map, error)) error {
	t, err := s.vouchers.Check(p.Message, p.Signature, s.now())
	if err != nil {
		return s.failed(c, s.limits.tokens, explain(err))
	}
	err = s.usage.Update(c.UserContext(), func(tx store.Tx) error { return spend(tx, t) })
	if errors.Is(err, voucher.ErrUsed) {
		s.tallied(usedTokens)
	}
	if err != nil {
		return err
	}
	with, err := answer(t)
	if err != nil {
		return err
	}
	return c.JSON(with)
}
