package web

import (
	"context"
	"io/fs"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/organization"
)

// Letters are the mails to professionals, in the languages of the service. They
// hold the link and the name of the business, and never an access code.
type Letters struct {
	texts   map[string]*texts
	service string
}

// LoadLetters reads the texts.
func LoadLetters(fsys fs.FS, service string) (Letters, error) {
	texts, err := loadTexts(fsys)
	return Letters{texts, service}, err
}

// Link is the letter that brings an invitation or a reset, in one of the
// languages of the service.
func (l Letters) Link(lang string, link organization.Link, business, address string) mail.Letter {
	t := l.texts[lang]
	args := []any{"Service", l.service, "Business", business, "Link", address}
	if link.Reset() {
		return mail.Letter{To: link.Email, Subject: t.get("mail.reset_subject", args...), Text: t.get("mail.reset_text", args...)}
	}
	return mail.Letter{To: link.Email, Subject: t.get("mail.invite_subject", args...), Text: t.get("mail.invite_text", args...)}
}

// linkDone are the notices of a link that was made: shown, sent, and shown
// because it could not be sent.
type linkDone struct{ shown, sent, refused string }

var (
	invited    = linkDone{"staff_invited", "staff_invited_mailed", "staff_invited_refused"}
	resetReady = linkDone{"staff_reset", "staff_reset_mailed", "staff_reset_refused"}
)

// handLink sends a link to whom it is for. Without a mail server, or when that
// refuses, the link is shown to whoever made it, once.
func (s *Server) handLink(v *staffVisit, link organization.Link, token string, done linkDone) error {
	made := staffDone{done.shown, token}
	if s.mail != nil {
		if s.sendLink(v, link, token) {
			return s.done(v, done.sent, "/pro/staff")
		}
		made.Notice = done.refused
	}
	if err := s.flash(v.Ctx, made); err != nil {
		return err
	}
	return v.Redirect("/pro/staff", fiber.StatusSeeOther)
}

// sendLink tries once, within half of the time that a request has.
func (s *Server) sendLink(v *staffVisit, link organization.Link, token string) bool {
	ctx, cancel := context.WithTimeout(v.UserContext(), s.config.Server.RequestTimeout.Duration/2)
	defer cancel()
	letters := Letters{s.texts, s.config.Service.Name}
	err := s.mail.Send(ctx, letters.Link(v.page.Lang, link, v.business.Name, s.linkAddress(token)))
	if err != nil {
		s.log.Warn("mail", "error", err.Error())
	}
	return err == nil
}

// linkAddress is the address of an invitation or a reset.
func (s *Server) linkAddress(token string) string {
	return s.config.Server.BaseURL + "/pro/link/" + token
}
