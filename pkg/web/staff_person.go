package web

import (
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/store"
)

// PersonMapping is one finished mapping on the page of one person.
type PersonMapping struct {
	Result
	Given []PersonAnswer
	Marks []Mark
}

// CorrectedAt is when the mapping was last corrected.
func (m PersonMapping) CorrectedAt() time.Time { return time.Unix(m.Corrected, 0).UTC() }

// PersonAnswer is one answer; Risk marks the items where anything above zero
// calls for help.
type PersonAnswer struct {
	Given
	Risk, Above bool
}

// personPage is what stands behind one reference.
type personPage struct {
	Page
	Shared
	Reference     string
	Business      string
	Categories    []string
	From, LastDay deadline.Day
	Mappings      []PersonMapping // newest first
	Risk          bool            // a risk item was above zero in the newest mapping of a tool
	Due           []DueTool
	Print         bool
	Sent          []Received // newest first
	Sendables     []SendGroup
	Messages      []string
	Attempt       string
}

// person shows what the owner of a reference shares.
func (s *Server) person(v *staffVisit) error {
	p, err := s.openPerson(v)
	if err != nil {
		return err
	}
	s.notice(v)
	return s.render(v.Ctx, fiber.StatusOK, "staff/person", s.personPage(v, p))
}

// openPerson reads what the owner of a reference shares. The audit entry is
// committed between finding the grant and reading with it.
func (s *Server) openPerson(v *staffVisit) (overview.Person, error) {
	if err := s.adoptMoved(v); err != nil {
		return overview.Person{}, err
	}
	w := s.viewer(v)
	reference := normalReference(v.Params("reference"))
	var o consent.Opened
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		_, o, err = w.Find(r, reference, s.now())
		return err
	})
	var p overview.Person
	if err != nil {
		return p, unshared(err)
	}
	err = s.usage.Update(v.UserContext(), func(tx store.Tx) error { return w.Record(tx, audit.Person, o, s.now()) })
	if err != nil {
		return p, err
	}
	err = s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		p, err = w.Person(r, o, s.now())
		return err
	})
	return p, unshared(err)
}

// unshared makes an unknown reference look like one that is not shared.
func unshared(err error) error {
	if errors.Is(err, organization.ErrNotFound) {
		return overview.ErrNotShared
	}
	return err
}

func (s *Server) personPage(v *staffVisit, p overview.Person) personPage {
	page := personPage{Page: v.page, Shared: s.shared(v.page, p.Mappings, p.Visits), Reference: p.Issued.Reference,
		Business: v.business.Name, Categories: p.Categories, From: p.From, LastDay: p.LastDay, Print: v.Query("print") == "1"}
	page.Use.Open = page.Print
	page.Sendables, page.Messages, page.Attempt = s.sendables(v.page), sentMessages, newFormKey()
	for _, one := range slices.Backward(p.Sent) {
		page.Sent = append(page.Sent, s.received(one, v.page))
	}
	page.Due = s.dueTools(p.Summary, v.page.Lang)
	page.Programs = s.sharedPrograms(v.page, p.Exercises, p.Programs)
	for _, m := range slices.Backward(p.Mappings) {
		page.Mappings = append(page.Mappings, s.personMapping(m, v))
	}
	for _, course := range p.Summary.Courses {
		page.Risk = page.Risk || course.Last.Risk
	}
	return page
}

func (s *Server) personMapping(m registration.Mapping, v *staffVisit) PersonMapping {
	out := PersonMapping{Result: s.result(m, v.page.Lang)}
	if offered, ok := s.instruments.Get(m.Instrument); ok {
		out.Marks = s.marksFor(offered, v.professional.Marks, m.Point(), v.page.Lang)
	}
	if out.tool == nil {
		return out
	}
	for _, item := range out.tool.Items {
		if value, ok := m.Answers[item.ID]; ok {
			out.Given = append(out.Given, PersonAnswer{given(item, value, v.page.Lang), item.Risk, item.Risk && value > 0})
		}
	}
	return out
}
