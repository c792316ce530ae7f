package web

import (
	"cmp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/orgnumber"
	"selvhjelp/store"
)

const contactMax = 5

type businessPage struct {
	Page
	Name, Number string
	Contacts     []organization.Contact // with an empty one to fill in
	Team         bool
	Own          organization.Help // what its users see when they cannot wait
	TextMax      int
}

// businessPage shows the business's own record.
func (s *Server) businessPage(v *staffVisit) error {
	s.notice(v)
	b := v.business
	if reopened(v.Ctx) {
		b, _ = readBusiness(v)
	}
	return s.showBusiness(v, b, fiber.StatusOK)
}

func (s *Server) showBusiness(v *staffVisit, b organization.Business, status int) error {
	page := businessPage{v.page, b.Name, b.Number, b.Contacts, b.Team, b.Help, organization.HelpTextMax}
	if len(page.Contacts) < contactMax {
		page.Contacts = append(page.Contacts, organization.Contact{})
	}
	return s.render(v.Ctx, status, "staff/business", page)
}

// saveBusiness changes the record. Who may see what is part of it, so there is
// an audit entry.
func (s *Server) saveBusiness(v *staffVisit) error {
	typed, id := readBusiness(v)
	if id != "" {
		v.page.Error = id
		return s.showBusiness(v, typed, fiber.StatusUnprocessableEntity)
	}
	err := s.noted(v, s.entry(v, audit.Staff), func(tx store.Tx) error {
		b, err := organization.BusinessByID(tx, v.business.ID)
		if err != nil {
			return err
		}
		if err := numberFree(tx, b, typed.Number); err != nil {
			return err
		}
		b.Name, b.Number, b.Contacts, b.Team = typed.Name, typed.Number, typed.Contacts, typed.Team
		b.Help = typed.Help
		return organization.SaveBusiness(tx, b)
	})
	if p := explain(err); err != nil && p.id == "number_taken" {
		v.page.Error = p.id
		return s.showBusiness(v, typed, p.status)
	} else if err != nil {
		return err
	}
	return s.done(v, "business_saved", "/pro/business")
}

// numberFree refuses the organisation number of another business: by it the
// operator's commands tell them apart.
func numberFree(r store.Reader, b organization.Business, number string) error {
	list, err := organization.Businesses(r)
	for _, other := range list {
		if other.Number == number && other.ID != b.ID {
			err = problemOf(fiber.StatusConflict, "number_taken", "number")
		}
	}
	return err
}

// readBusiness reads the form; id is the text that says what is wrong with it.
func readBusiness(v *staffVisit) (b organization.Business, id string) {
	b.Name, b.Number = strings.TrimSpace(field(v.Ctx, "name")), field(v.Ctx, "number")
	b.Team, b.Help = field(v.Ctx, "team") == "yes", readHelp(v)
	emails := values(v.Ctx, "contact_email")
	for i, name := range values(v.Ctx, "contact_name") {
		c := organization.Contact{Name: strings.TrimSpace(name)}
		if i < len(emails) {
			c.Email = strings.TrimSpace(emails[i])
		}
		if c == (organization.Contact{}) || i >= contactMax {
			continue
		}
		b.Contacts = append(b.Contacts, c)
		if field, _ := checkWho(c.Name, c.Email, "", ""); field != "" {
			id = "contact"
		}
	}
	number, err := orgnumber.Check(b.Number)
	switch {
	case b.Name == "" || len(b.Name) > 200:
		id = "name"
	case err != nil:
		id = "organisation_number"
	default:
		b.Number = number
	}
	return b, cmp.Or(id, helpProblems[b.Help.Check()])
}
