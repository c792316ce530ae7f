package web

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

type profilePage struct {
	Page
	Name, Email, Workplace, Position string
	Business                         string
	SpareLeft                        int
	Waiting                          bool
	Marks                            []MarkField
}

// profile shows what is stored about the professional.
func (s *Server) profile(v *staffVisit) error {
	s.notice(v)
	return s.showProfile(v, fiber.StatusOK)
}

// showProfile shows the form as it was typed, or as it is stored.
func (s *Server) showProfile(v *staffVisit, status int) error {
	p := v.professional
	return s.render(v.Ctx, status, "staff/profile", profilePage{v.page, typed(v.Ctx, "name", p.Name), p.Email,
		typed(v.Ctx, "workplace", p.Workplace), typed(v.Ctx, "position", p.Position),
		v.business.Name, len(p.Spare), v.keys == nil, s.markFields(v.Ctx, p.Marks, v.page.Lang)})
}

// saveProfile changes name, workplace, position and the limits for marks.
func (s *Server) saveProfile(v *staffVisit) error {
	p := v.professional
	p.Name, p.Workplace = strings.TrimSpace(field(v.Ctx, "name")), strings.TrimSpace(field(v.Ctx, "workplace"))
	p.Position = strings.TrimSpace(field(v.Ctx, "position"))
	if _, v.page.Error = checkWho(p.Name, p.Email, p.Workplace, p.Position); v.page.Error != "" {
		return s.showProfile(v, fiber.StatusUnprocessableEntity)
	}
	marks, ok := s.readMarks(v.Ctx, p.Marks)
	if !ok {
		v.page.Error = "mark_range"
		return s.showProfile(v, fiber.StatusUnprocessableEntity)
	}
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		stored, err := organization.ProfessionalByID(tx, p.ID)
		if err != nil {
			return err
		}
		stored.Name, stored.Workplace, stored.Position, stored.Marks = p.Name, p.Workplace, p.Position, marks
		return organization.SaveProfessional(tx, stored)
	})
	if err != nil {
		return err
	}
	return s.done(v, "profile_saved", "/pro/profile")
}

// ProfileFacts is all that is stored about a professional, without keys and
// secrets.
type ProfileFacts struct {
	Format        string         `json:"format"`
	Exported      string         `json:"exported"` // date
	Business      string         `json:"business"`
	Name          string         `json:"name"`
	Email         string         `json:"email"`
	Workplace     string         `json:"workplace"`
	Position      string         `json:"position"`
	Super         bool           `json:"super_user"`
	LetIn         bool           `json:"let_in"`
	RecoveryCodes int            `json:"recovery_codes_left"`
	Looked        string         `json:"overview_last_opened,omitempty"`
	LookedBefore  string         `json:"overview_opened_before,omitempty"`
	Marks         map[string]int `json:"marks,omitempty"`                  // limits by instrument
	Policy        string         `json:"privacy_statement_seen,omitempty"` // its date
	Log           []LogFacts     `json:"log"`                              // what the professional did
	Messages      []MessageFacts `json:"messages"`                         // to the operator
}

// LogFacts are the facts about one entry of the audit log.
type LogFacts struct {
	Day   string `json:"day"`
	Role  string `json:"role"`
	What  string `json:"what"`
	Count int    `json:"count,omitempty"`
}

// exportProfile hands the professional all that is stored about them as JSON.
func (s *Server) exportProfile(v *staffVisit) error {
	p := v.professional
	out := ProfileFacts{Format: "selvhjelp-professional-v1", Exported: deadline.DayOf(s.now()).String(), Business: v.business.Name,
		Name: p.Name, Email: p.Email, Workplace: p.Workplace, Position: p.Position, Super: p.Super, LetIn: v.keys != nil,
		RecoveryCodes: len(p.Spare), Looked: dayText(p.Looked), LookedBefore: dayText(p.LookedBefore),
		Marks: p.Marks, Policy: p.Policy}
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		out.Log = nil
		for e, err := range audit.For(s.ring, v.business.ID[:]).Entries(r, audit.Kept(s.now())) {
			if err != nil {
				return err
			}
			if bytes.Equal(e.Who, p.ID[:]) {
				out.Log = append(out.Log, LogFacts{e.Day.String(), e.Role, e.What, e.Count})
			}
		}
		var err error
		out.Messages, err = s.allMessageFacts(r, p.Tickets)
		return err
	})
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return attach(v.Ctx, fiber.MIMEApplicationJSONCharsetUTF8, "profile.json", raw)
}

// dayText is a date; empty for none.
func dayText(d deadline.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
