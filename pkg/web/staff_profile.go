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
}

// profile shows what is stored about the professional.
func (s *Server) profile(v *staffVisit) error {
	s.notice(v)
	return s.showProfile(v, v.professional, fiber.StatusOK)
}

func (s *Server) showProfile(v *staffVisit, p organization.Professional, status int) error {
	return s.render(v.Ctx, status, "staff/profile", profilePage{v.page, p.Name, p.Email, p.Workplace, p.Position,
		v.business.Name, len(p.Spare), v.keys == nil})
}

// saveProfile changes name, workplace and position.
func (s *Server) saveProfile(v *staffVisit) error {
	typed := v.professional
	typed.Name, typed.Workplace = strings.TrimSpace(field(v.Ctx, "name")), strings.TrimSpace(field(v.Ctx, "workplace"))
	typed.Position = strings.TrimSpace(field(v.Ctx, "position"))
	if _, id := checkWho(typed.Name, typed.Email, typed.Workplace, typed.Position); id != "" {
		v.page.Error = id
		return s.showProfile(v, typed, fiber.StatusUnprocessableEntity)
	}
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		p, err := organization.ProfessionalByID(tx, v.professional.ID)
		if err != nil {
			return err
		}
		p.Name, p.Workplace, p.Position = typed.Name, typed.Workplace, typed.Position
		return organization.SaveProfessional(tx, p)
	})
	if err != nil {
		return err
	}
	return s.done(v, "profile_saved", "/pro/profile")
}

// ProfileFacts is all that is stored about a professional, without keys and
// secrets.
type ProfileFacts struct {
	Format        string     `json:"format"`
	Exported      string     `json:"exported"` // date
	Business      string     `json:"business"`
	Name          string     `json:"name"`
	Email         string     `json:"email"`
	Workplace     string     `json:"workplace"`
	Position      string     `json:"position"`
	Super         bool       `json:"super_user"`
	LetIn         bool       `json:"let_in"`
	RecoveryCodes int        `json:"recovery_codes_left"`
	Looked        string     `json:"overview_last_opened,omitempty"`
	LookedBefore  string     `json:"overview_opened_before,omitempty"`
	Log           []LogFacts `json:"log"` // what the professional did
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
		RecoveryCodes: len(p.Spare), Looked: dayText(p.Looked), LookedBefore: dayText(p.LookedBefore)}
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		out.Log = nil
		for e, err := range audit.For(s.ring, v.business.ID[:]).Entries(r, 0) {
			if err != nil {
				return err
			}
			if bytes.Equal(e.Who, p.ID[:]) {
				out.Log = append(out.Log, LogFacts{e.Day.String(), e.Role, e.What, e.Count})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	v.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	v.Set(fiber.HeaderContentDisposition, `attachment; filename="profile.json"`)
	return v.Send(raw)
}

// dayText is a date; empty for none.
func dayText(d deadline.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
