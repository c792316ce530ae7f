package web

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

// problem is an error for a person: a status, and the id of the text that says
// what to do ("error.<id>"). Detail names a field, never content.
type problem struct {
	status int
	id     string
	detail []string
}

func (p *problem) Error() string { return "web: " + p.id }

func problemOf(status int, id string, detail ...string) *problem {
	return &problem{status, id, detail}
}

var errCrossSite = problemOf(fiber.StatusForbidden, "cross_site")

// answers maps the errors of the domain to what a person is told.
var answers = []struct {
	err    error
	status int
	id     string
}{
	{store.ErrFull, fiber.StatusInsufficientStorage, "full"},
	{account.ErrUnknown, fiber.StatusUnauthorized, "unknown_code"},
	{account.ErrEnded, fiber.StatusUnauthorized, "unknown_code"},
	{account.ErrPaused, fiber.StatusConflict, "paused"},
	{consent.ErrOldConnection, fiber.StatusConflict, "reference_fixed"},
	{account.ErrUnsettled, fiber.StatusConflict, "unsettled"},
	{registration.ErrNotFound, fiber.StatusNotFound, "not_found"},
	{organization.ErrNotFound, fiber.StatusNotFound, "not_found"},
	{overview.ErrNotShared, fiber.StatusNotFound, "not_shared"},
	{consent.ErrNothing, fiber.StatusConflict, "nothing_shared"},
	{instrument.ErrUnknownItem, fiber.StatusUnprocessableEntity, "unknown_item"},
	{instrument.ErrUnknownValue, fiber.StatusUnprocessableEntity, "unknown_value"},
	{organization.ErrLink, fiber.StatusGone, "link"},
	{organization.ErrLogin, fiber.StatusUnauthorized, "staff_login"},
	{organization.ErrLastSuper, fiber.StatusConflict, "last_super"},
	{organization.ErrEmailTaken, fiber.StatusConflict, "email_taken"},
	{organization.ErrRecovery, fiber.StatusUnprocessableEntity, "recovery_key"},
	{organization.ErrClosed, fiber.StatusConflict, "business_closed"},
	{organization.ErrForbidden, fiber.StatusForbidden, "forbidden"},
	{request.ErrNotFound, fiber.StatusNotFound, "not_found"},
	{request.ErrNobody, fiber.StatusConflict, "message_nobody"},
	{request.ErrTooMany, fiber.StatusConflict, "message_many"},
	{request.ErrDone, fiber.StatusConflict, "message_done"},
	{request.ErrEmpty, fiber.StatusUnprocessableEntity, "message_empty"},
	{request.ErrLong, fiber.StatusUnprocessableEntity, "message_long"},
	{request.ErrCode, fiber.StatusUnprocessableEntity, "message_code"},
	{request.ErrKind, fiber.StatusUnprocessableEntity, "message_kind"},
	{consent.ErrNotSent, fiber.StatusNotFound, "not_sent"},
	{session.ErrNone, fiber.StatusUnauthorized, "session_ended"},
	{accesscode.ErrMistyped, fiber.StatusUnprocessableEntity, "mistyped"},
	{account.ErrTaken, fiber.StatusConflict, "code_taken"},
	{voucher.ErrUsed, fiber.StatusConflict, "token_used"},
	{token.ErrForm, fiber.StatusUnprocessableEntity, "token"},
	{token.ErrKey, fiber.StatusUnprocessableEntity, "token"},
	{token.ErrSignature, fiber.StatusUnprocessableEntity, "token"},
	{token.ErrLapsed, fiber.StatusGone, "token_lapsed"},
	{token.ErrBlinded, fiber.StatusUnprocessableEntity, "blinded"},
	{payment.ErrProduct, fiber.StatusNotFound, "product"},
	{payment.ErrPrice, fiber.StatusConflict, "price_changed"},
	{payment.ErrKey, fiber.StatusConflict, "issuer_key"},
	{payment.ErrOther, fiber.StatusConflict, "purchase_other"},
	{payment.ErrUnknown, fiber.StatusNotFound, "purchase_unknown"},
	{payment.ErrExpired, fiber.StatusGone, "purchase_expired"},
	{payment.ErrNothing, fiber.StatusConflict, "purchase_unpaid"},
	{payment.ErrLate, fiber.StatusConflict, "refund_late"},
	{payment.ErrFetched, fiber.StatusConflict, "refund_fetched"},
	{payment.ErrTomorrow, fiber.StatusConflict, "refund_tomorrow"},
	{payment.ErrTokenUsed, fiber.StatusConflict, "token_used"},
	{payment.ErrDisputed, fiber.StatusConflict, "refund_disputed"},
	{payment.ErrNoMail, fiber.StatusConflict, "receipt_none"},
	{payment.ErrReceipts, fiber.StatusConflict, "receipt_enough"},
	{payment.ErrEmail, fiber.StatusUnprocessableEntity, "receipt_email"},
	{payment.ErrUnreachable, fiber.StatusServiceUnavailable, "provider"},
	{payment.ErrRefused, fiber.StatusServiceUnavailable, "provider"},
	{payment.ErrForged, fiber.StatusBadRequest, "webhook"},
	{payment.ErrOld, fiber.StatusBadRequest, "webhook"},
	{payment.ErrVersion, fiber.StatusBadRequest, "webhook"},
	{store.ErrUnknown, fiber.StatusServiceUnavailable, "unavailable"},
	{store.ErrClosed, fiber.StatusServiceUnavailable, "unavailable"},
	{context.DeadlineExceeded, fiber.StatusServiceUnavailable, "unavailable"},
}

// statuses are the texts for errors that fiber makes itself.
var statuses = map[int]string{
	fiber.StatusNotFound:                    "not_found",
	fiber.StatusMethodNotAllowed:            "method",
	fiber.StatusRequestEntityTooLarge:       "too_large",
	fiber.StatusRequestHeaderFieldsTooLarge: "too_large",
	fiber.StatusRequestTimeout:              "timeout",
	fiber.StatusBadRequest:                  "malformed",
}

// explain finds what a person is told about an error.
func explain(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return problemOf(a.status, a.id)
		}
	}
	if f, ok := errors.AsType[*fiber.Error](err); ok {
		if id := statuses[f.Code]; id != "" {
			return problemOf(f.Code, id)
		}
	}
	return problemOf(fiber.StatusInternalServerError, "internal")
}

// class is what a log may say about an error.
func class(err error) string {
	if err == nil {
		return ""
	}
	p := explain(err)
	if p.status != fiber.StatusInternalServerError {
		return p.id
	}
	// Errors from within name kinds of records and operations, never content.
	return fmt.Sprintf("%T: %v", err, err)
}

// errorPage says what went wrong and what to do.
type errorPage struct {
	Page
	Status int
}

// fail renders an error.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	p := explain(err)
	if s.speaksJSON(c) {
		return s.failJSON(c, p)
	}
	page := errorPage{Page: s.page(c), Status: p.status}
	page.Error, page.Missing = p.id, p.detail
	if err := s.render(c, p.status, "public/error", page); err != nil {
		return c.Status(p.status).SendString(page.T("error." + p.id))
	}
	return nil
}
