package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// coverMax is how many days a colleague can cover at a time.
const coverMax = 366

// referencePage is what can be done with one reference. It says nothing about
// whether the code is in use or shared.
type referencePage struct {
	Page
	Issued     organization.Issued
	Owner      string // name; empty when nobody has it any more
	CoveredBy  string // name; empty when nobody covers today
	Colleagues []Colleague
	MayMove    bool // hand over and cover
	Today, Max string
	Cover      string // as chosen: who covers, and through which day
	Until      string
}

// reference shows one reference of the caseload.
func (s *Server) reference(v *staffVisit) error {
	if err := s.adoptMoved(v); err != nil {
		return err
	}
	return s.showReference(v, fiber.StatusOK)
}

func (s *Server) showReference(v *staffVisit, status int) error {
	today := deadline.DayOf(s.now())
	page := referencePage{Today: today.String(), Max: (today + coverMax).String(),
		Cover: field(v.Ctx, "professional"), Until: field(v.Ctx, "until")}
	var people map[organization.ID]organization.Professional
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		if page.Issued, err = s.issued(r, v); err != nil {
			return err
		}
		if people, err = s.people(r, v); err != nil {
			return err
		}
		page.Colleagues, err = s.colleagues(r, v)
		return err
	})
	if err != nil {
		return unshared(err)
	}
	s.notice(v)
	page.Page = v.page
	page.Path = "/pro/codes/" + page.Issued.Reference
	page.MayMove = mayMove(page.Issued, v)
	if by := people[page.Issued.By]; !by.Left() {
		page.Owner = by.Name
	}
	if today <= page.Issued.CoverTo {
		page.CoveredBy = people[page.Issued.Cover].Name
	}
	return s.render(v.Ctx, status, "staff/reference", page)
}

// mayMove reports whether the professional may hand a reference over and choose
// who covers it.
func mayMove(i organization.Issued, v *staffVisit) bool {
	return v.professional.Super || i.By == v.professional.ID
}

// issued finds the reference of the path or the form in the caseload; a super
// user's caseload is everybody's.
func (s *Server) issued(r store.Reader, v *staffVisit) (organization.Issued, error) {
	reference := v.Params("reference")
	if reference == "" {
		reference = field(v.Ctx, "reference")
	}
	i, err := organization.IssuedByReference(r, s.ring, v.keys, normalReference(reference))
	if err == nil && !v.professional.Super && !i.Sees(v.professional, v.business.Team, deadline.DayOf(s.now())) {
		return organization.Issued{}, organization.ErrNotFound
	}
	return i, err
}

// handOver puts a reference into a colleague's caseload.
func (s *Server) handOver(v *staffVisit) error {
	return s.move(v, audit.HandOver, "reference_handed_over", func(tx store.Tx, i *organization.Issued) error {
		p, err := s.colleagueOf(tx, v)
		if err == nil && p.Inactive {
			err = problemOf(fiber.StatusUnprocessableEntity, "colleague_inactive")
		}
		i.By = p.ID
		i.Cover, i.CoverTo = organization.ID{}, 0
		return err
	})
}

// cover lets a colleague see a reference through a day; nobody, when none is
// named.
func (s *Server) cover(v *staffVisit) error {
	if field(v.Ctx, "professional") == "" {
		return s.move(v, audit.Cover, "reference_cover_ended", func(_ store.Tx, i *organization.Issued) error {
			i.Cover, i.CoverTo = organization.ID{}, 0
			return nil
		})
	}
	until, err := time.Parse(time.DateOnly, field(v.Ctx, "until"))
	today, day := deadline.DayOf(s.now()), deadline.DayOf(until)
	if err != nil || day < today || day > today+coverMax {
		v.page.Error = "cover_until"
		return s.showReference(v, fiber.StatusUnprocessableEntity)
	}
	return s.move(v, audit.Cover, "reference_covered", func(tx store.Tx, i *organization.Issued) error {
		p, err := s.colleagueOf(tx, v)
		if err == nil && p.Inactive {
			err = problemOf(fiber.StatusUnprocessableEntity, "colleague_inactive")
		}
		i.Cover, i.CoverTo = p.ID, day
		return err
	})
}

// move changes who sees a reference, together with the audit entry, which names
// the grant when there is one.
func (s *Server) move(v *staffVisit, what, notice string, change func(tx store.Tx, i *organization.Issued) error) error {
	e := s.entry(v, what)
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		i, err := s.issued(r, v)
		if err != nil {
			return err
		}
		if !mayMove(i, v) {
			return organization.ErrForbidden
		}
		o, err := s.grantOf(r, v, i.Reference)
		e.Grant = o.ID
		return err
	})
	if err != nil {
		return unshared(err)
	}
	err = s.noted(v, e, func(tx store.Tx) error {
		i, err := s.issued(tx, v)
		if err != nil {
			return err
		}
		if !mayMove(i, v) {
			return organization.ErrForbidden
		}
		if err := change(tx, &i); err != nil {
			return err
		}
		return organization.SaveIssued(tx, s.ring, v.keys, i)
	})
	if err != nil {
		return err
	}
	return s.done(v, notice, "/pro/codes")
}

// grantOf is the grant behind a reference; the zero Opened when it is not
// shared.
func (s *Server) grantOf(r store.Reader, v *staffVisit, reference string) (consent.Opened, error) {
	for o, err := range consent.OpenAll(r, s.ring, v.keys, s.now()) {
		if err != nil || o.Reference == reference {
			return o, err
		}
	}
	return consent.Opened{}, nil
}

// revoke makes the code of a reference useless if it is not in use, and does
// nothing otherwise. The answer does not tell which.
func (s *Server) revoke(v *staffVisit) error {
	err := s.noted(v, s.entry(v, audit.Revoke), func(tx store.Tx) error {
		i, err := s.issued(tx, v)
		if err != nil {
			return unshared(err)
		}
		i.Revoked = true
		if err := account.Revoke(tx, i.Open); err != nil {
			return err
		}
		return organization.SaveIssued(tx, s.ring, v.keys, i)
	})
	if err != nil {
		return err
	}
	return s.done(v, "reference_revoked", "/pro/codes")
}

// archive hides a reference from the lists, or shows it again.
func (s *Server) archive(v *staffVisit) error {
	back := field(v.Ctx, "undo") == "1"
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		i, err := s.issued(tx, v)
		if err != nil {
			return unshared(err)
		}
		i.Archived = !back
		return organization.SaveIssued(tx, s.ring, v.keys, i)
	})
	if err != nil {
		return err
	}
	if back {
		return s.done(v, "reference_restored", "/pro/codes")
	}
	return s.done(v, "reference_archived", "/pro/codes")
}
