package web

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/session"
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
	{request.ErrKind, fiber.StatusUnprocessableEntity, "message_kind"},
	{consent.ErrNotSent, fiber.StatusNotFound, "not_sent"},
	{session.ErrNone, fiber.StatusUnauthorized, "session_ended"},
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
	page := errorPage{Page: s.page(c), Status: p.status}
	page.Error, page.Missing = p.id, p.detail
	if err := s.render(c, p.status, "public/error", page); err != nil {
		return c.Status(p.status).SendString(page.T("error." + p.id))
	}
	return nil
}
