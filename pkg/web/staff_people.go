package web

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// Colleague is a professional as the list shows them.
type Colleague struct {
	ID                               string // hexadecimal
	Name, Email, Position, Workplace string
	Super, Inactive, Self            bool
	Pending                          bool // has not used the link of a reset
	Waiting                          bool // to be let in
}

// stateTexts name the texts for what a colleague can do.
var stateTexts = map[string]string{
	"active":   "staff_people.active",
	"waiting":  "staff_people.waiting",
	"pending":  "staff_people.pending",
	"inactive": "staff_people.inactive",
}

// StateText is the id of the text for State.
func (c Colleague) StateText() string { return stateTexts[c.State()] }

// State is active, waiting, pending or inactive.
func (c Colleague) State() string {
	switch {
	case c.Inactive:
		return "inactive"
	case c.Pending:
		return "pending"
	case c.Waiting:
		return "waiting"
	}
	return "active"
}

type staffPage struct {
	Page
	Colleagues []Colleague
	Link       string // an invitation or a reset, shown once
	Mails      bool   // links are sent by mail
	Name       string // as typed
	Email      string
	SuperUser  bool
}

// staffDone is handed over to the list after a link was made.
type staffDone struct {
	Notice string `json:"n"`
	Token  string `json:"t"`
}

// staffList lists the colleagues; super users manage them here.
func (s *Server) staffList(v *staffVisit) error {
	s.notice(v)
	page := typedStaff(v.Ctx)
	if made, err := flashed[staffDone](s, v.Ctx); err == nil && made.Token != "" {
		v.page.Notice = made.Notice
		page.Link = s.linkAddress(made.Token)
	}
	return s.showStaff(v, page, fiber.StatusOK)
}

func (s *Server) showStaff(v *staffVisit, page staffPage, status int) error {
	page.Page = v.page
	page.Path, page.Mails = "/pro/staff", s.mail != nil
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		page.Colleagues, err = s.colleagues(r, v)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "staff/staff", page)
}

// typedStaff is the form for an invitation as it was typed.
func typedStaff(c *fiber.Ctx) staffPage {
	return staffPage{Name: field(c, "name"), Email: field(c, "email"), SuperUser: field(c, "super") == "yes"}
}

// colleagues are the professionals of the business, sorted by name, without
// those who have left.
func (s *Server) colleagues(r store.Reader, v *staffVisit) ([]Colleague, error) {
	list, err := organization.Professionals(r, s.ring, v.business.ID)
	if err != nil {
		return nil, err
	}
	var out []Colleague
	for _, p := range list {
		if p.Left() {
			continue
		}
		waits, err := organization.Waiting(r, s.ring, p)
		if err != nil {
			return nil, err
		}
		pending := p.Secrets == nil && !p.Inactive
		out = append(out, Colleague{ID: hexID(p.ID), Name: p.Name, Email: p.Email, Position: p.Position, Workplace: p.Workplace,
			Super: p.Super, Inactive: p.Inactive, Self: p.ID == v.professional.ID,
			Pending: pending, Waiting: waits && !pending && !p.Inactive})
	}
	slices.SortFunc(out, func(a, b Colleague) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// people are the professionals of the business by id.
func (s *Server) people(r store.Reader, v *staffVisit) (map[organization.ID]organization.Professional, error) {
	list, err := organization.Professionals(r, s.ring, v.business.ID)
	out := map[organization.ID]organization.Professional{}
	for _, p := range list {
		out[p.ID] = p
	}
	return out, err
}

// colleagueOf finds the professional that a form names; one of another business
// is not found.
func (s *Server) colleagueOf(r store.Reader, v *staffVisit) (organization.Professional, error) {
	raw, err := hex.DecodeString(field(v.Ctx, "professional"))
	if err != nil || len(raw) != len(organization.ID{}) {
		return organization.Professional{}, organization.ErrNotFound
	}
	p, err := organization.ProfessionalByID(r, organization.ID(raw))
	if err == nil && (p.Business != v.business.ID || p.Left()) {
		return organization.Professional{}, organization.ErrNotFound
	}
	return p, err
}

// invite makes a link for a new colleague. It is shown once.
func (s *Server) invite(v *staffVisit) error {
	link := organization.Link{Business: v.business.ID, Name: strings.TrimSpace(field(v.Ctx, "name")),
		Email: strings.TrimSpace(field(v.Ctx, "email")), Super: field(v.Ctx, "super") == "yes"}
	var token string
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) (err error) {
		if _, id := checkWho(link.Name, link.Email, "", ""); id != "" {
			return problemOf(fiber.StatusUnprocessableEntity, id)
		}
		token, err = organization.Invite(tx, s.ring, link, s.now())
		return err
	})
	if err != nil {
		p := explain(err)
		if p.status >= fiber.StatusInternalServerError {
			return err
		}
		v.page.Error = p.id
		return s.showStaff(v, typedStaff(v.Ctx), p.status)
	}
	return s.handLink(v, link, token, invited)
}

// letIn gives a colleague who waits a copy of the business's identity.
func (s *Server) letIn(v *staffVisit) error {
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		p, err := s.colleagueOf(tx, v)
		if err != nil {
			return err
		}
		if p.Secrets == nil {
			return problemOf(fiber.StatusConflict, "colleague_pending")
		}
		return organization.LetIn(tx, s.ring, v.keys, p.ID)
	})
	if err != nil {
		return err
	}
	return s.done(v, "staff_let_in", "/pro/staff")
}

// reset takes away a colleague's access and makes the link that gives it back.
func (s *Server) reset(v *staffVisit) error {
	var token string
	var link organization.Link
	var keys *organization.Keys
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		p, err := s.colleagueOf(tx, v)
		if err != nil {
			return err
		}
		if p.ID == v.professional.ID {
			return problemOf(fiber.StatusConflict, "own_reset")
		}
		if keys, err = organization.PrepareReset(tx, s.ring, v.keys, p.ID); err != nil {
			return err
		}
		link = organization.Link{Business: v.business.ID, Professional: p.ID, Name: p.Name, Email: p.Email, Super: p.Super}
		token, err = organization.Invite(tx, s.ring, link, s.now())
		return err
	})
	if err != nil {
		return err
	}
	if err := s.renewedKeys(v, keys); err != nil {
		return err
	}
	return s.handLink(v, link, token, resetReady)
}

// deactivate takes a colleague out.
func (s *Server) deactivate(v *staffVisit) error {
	var keys *organization.Keys
	var own bool
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		p, err := s.colleagueOf(tx, v)
		if err != nil {
			return err
		}
		own = p.ID == v.professional.ID
		keys, err = organization.Deactivate(tx, s.ring, v.keys, p.ID)
		return err
	})
	switch {
	case err != nil:
		return err
	case own: // who is out keeps no keys
		err = s.resealIssued(v.Ctx, keys)
	default:
		err = s.renewedKeys(v, keys)
	}
	if err != nil {
		return err
	}
	return s.done(v, "staff_deactivated", "/pro/staff")
}

// setSuper makes a colleague a super user, or no longer one.
func (s *Server) setSuper(v *staffVisit) error {
	super := field(v.Ctx, "super") == "yes"
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		p, err := s.colleagueOf(tx, v)
		if err != nil {
			return err
		}
		return organization.SetSuper(tx, s.ring, v.business.ID, p.ID, super)
	})
	if err != nil {
		return err
	}
	return s.done(v, "staff_changed", "/pro/staff")
}
