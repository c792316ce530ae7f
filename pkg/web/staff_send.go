package web

import (
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/overview"
	"selvhjelp/store"
)

// send puts something to do or to read on a user's start page, with one of the
// standard messages, while the user shares.
func (s *Server) send(v *staffVisit) error {
	to, message := field(v.Ctx, "to"), field(v.Ctx, "message")
	what, ok := s.sendable(to, v.page)
	if !ok {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "to")
	}
	if !slices.Contains(sentMessages, message) {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "message")
	}
	if err := s.adoptMoved(v); err != nil {
		return err
	}
	w, reference := s.viewer(v), normalReference(v.Params("reference"))
	var o consent.Opened
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		_, o, err = w.Find(r, reference, s.now())
		return err
	})
	if err != nil {
		return unshared(err)
	}
	e := s.entry(v, audit.Send)
	e.Grant = o.ID
	sent := consent.Sent{ID: sentID(field(v.Ctx, "attempt")), To: to, Message: message, By: v.professional.ID[:], Day: deadline.DayOf(s.now()), Stands: what.Lifts}
	err = s.noted(v, e, func(tx store.Tx) error { return consent.Send(tx, s.ring, v.keys, o.ID, sent, s.now()) })
	if errors.Is(err, consent.ErrNothing) {
		return overview.ErrNotShared
	} else if err != nil {
		return err
	}
	return s.done(v, "sent", "/pro/users/"+reference)
}

// sentID is the id of what an attempt sends: the same attempt sends it once.
func sentID(attempt string) []byte {
	if attempt == "" {
		attempt = newFormKey()
	}
	sum := sha256.Sum256([]byte("sent\x00" + attempt))
	return sum[:8]
}
