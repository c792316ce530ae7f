package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/store"
)

const (
	issueMax = 50  // codes at a time
	batchMax = 200 // codes that a session keeps for printing
)

// codesPage has the form for new codes and the list of references.
type codesPage struct {
	Page
	Form       string // key of the form
	Count      string // as typed
	MayIssue   bool
	Unprinted  int // codes that can be printed again
	References []organization.Issued
	Archived   bool   // archived ones are shown too
	All        bool   // everybody's, for a super user
	Adrift     int    // references whose professional is out, for a super user
	OnlyAdrift bool   // those alone
	Language   string // of the sheets, as chosen
	Neutral    bool   // the heading, as chosen
	Pager      Pager
	UnusedDays int
}

// codes shows the form and the caseload's references.
func (s *Server) codes(v *staffVisit) error {
	if err := s.adoptMoved(v); err != nil {
		return err
	}
	s.notice(v)
	return s.showCodes(v, fiber.StatusOK)
}

func (s *Server) showCodes(v *staffVisit, status int) error {
	page := codesPage{Page: v.page, Form: newFormKey(), Count: field(v.Ctx, "count"),
		Archived: v.Query("archived") == "1", All: v.professional.Super && v.Query("all") == "1",
		OnlyAdrift: v.professional.Super && v.Query("adrift") == "1",
		Language:   typed(v.Ctx, "language", v.page.Lang), Neutral: field(v.Ctx, "heading") == "neutral",
		UnusedDays: s.config.Service.UnusedCodesDays}
	if b := v.session.Staff.Batch; b != nil {
		page.Unprinted = len(b.Sheets)
	}
	var people map[organization.ID]organization.Professional
	err := s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		if page.MayIssue, err = organization.MayIssue(r, s.ring, v.business); err != nil {
			return err
		}
		if page.References, err = organization.IssuedList(r, s.ring, v.keys); err != nil {
			return err
		}
		people, err = s.people(r, v)
		return err
	})
	if err != nil {
		return err
	}
	page.keep(v, people, deadline.DayOf(s.now()))
	page.References, page.Pager = pageOf(page.References, pageRows, v.Query("page"))
	page.Pager.query = url.Values{"archived": {v.Query("archived")}, "all": {v.Query("all")}, "adrift": {v.Query("adrift")}}
	return s.render(v.Ctx, status, "staff/codes", page)
}

// keep leaves the references that were asked for. A super user is told how many
// of the organisation's have nobody who follows up.
func (p *codesPage) keep(v *staffVisit, people map[organization.ID]organization.Professional, today deadline.Day) {
	p.References = slices.DeleteFunc(p.References, func(i organization.Issued) bool {
		alone := v.professional.Super && adrift(i, people)
		if alone {
			p.Adrift++
		}
		if p.OnlyAdrift {
			return !alone
		}
		return i.Archived && !p.Archived || !p.All && !i.Sees(v.professional, v.business.Team, today)
	})
}

// adrift reports whether a reference in use has no professional any more.
func adrift(i organization.Issued, people map[organization.ID]organization.Professional) bool {
	by, known := people[i.By]
	return !i.Archived && (!known || by.Inactive)
}

// issueForm is what the form asks for.
type issueForm struct {
	count             int
	language, heading string
	useBy             deadline.Day
}

// issue makes codes and shows their sheets, once for a form key.
func (s *Server) issue(v *staffVisit) error {
	f, id := s.readIssue(v)
	if id != "" {
		v.page.Error = id
		return s.showCodes(v, fiber.StatusUnprocessableEntity)
	}
	err := s.remember(v.visit, func(st *session.Session) error {
		if !st.UseForm(field(v.Ctx, "form")) {
			return problemOf(fiber.StatusConflict, "codes_shown")
		}
		return nil
	})
	if err != nil {
		return s.refuseIssue(v, err)
	}
	sheets, err := s.issueAll(v, f)
	if rememberErr := s.remember(v.visit, func(st *session.Session) error {
		if err != nil {
			st.FreeForm(field(v.Ctx, "form"))
		} else {
			st.Staff.Batch = added(st.Staff.Batch, sheets)
		}
		return nil
	}); err == nil {
		err = rememberErr
	}
	if err != nil {
		return s.refuseIssue(v, err)
	}
	return s.showSheets(v, sheets)
}

// added puts a new batch behind the codes that have not been printed yet.
func added(before *session.Batch, sheets []session.Sheet) *session.Batch {
	if before != nil {
		sheets = slices.Concat(before.Sheets, sheets)
	}
	return &session.Batch{Sheets: sheets[max(0, len(sheets)-batchMax):]}
}

// refuseIssue tells on the page of the form why there are no codes.
func (s *Server) refuseIssue(v *staffVisit, err error) error {
	p := explain(err)
	if p.status != fiber.StatusConflict && p.status != fiber.StatusForbidden {
		return err
	}
	v.page.Error = p.id
	return s.showCodes(v, p.status)
}

// readIssue reads the form; id is the text that says what is wrong with it.
func (s *Server) readIssue(v *staffVisit) (f issueForm, id string) {
	count, err := strconv.Atoi(field(v.Ctx, "count"))
	if err != nil || count < 1 || count > issueMax {
		return f, "code_count"
	}
	f.count, f.language = count, field(v.Ctx, "language")
	if f.language == "" {
		f.language = v.page.Lang
	}
	if s.texts[f.language] == nil {
		return f, "code_language"
	}
	f.heading = s.config.Service.Name
	if field(v.Ctx, "heading") == "neutral" {
		f.heading = s.texts[f.language].get("staff_sheet.neutral")
	}
	f.useBy = deadline.DayOf(s.now()) + deadline.Day(s.config.Service.UnusedCodesDays)
	return f, ""
}

// issueAll stores all codes with their references and one audit entry, or
// nothing.
func (s *Server) issueAll(v *staffVisit, f issueForm) ([]session.Sheet, error) {
	var sheets []session.Sheet
	e := s.entry(v, audit.Issue)
	e.Count = f.count
	err := s.noted(v, e, func(tx store.Tx) error {
		if may, err := organization.MayIssue(tx, s.ring, v.business); err != nil {
			return err
		} else if !may {
			return problemOf(fiber.StatusForbidden, "recovery_first")
		}
		sheets = nil
		for range f.count {
			sheet, err := s.issueOne(tx, v, f)
			if err != nil {
				return err
			}
			sheets = append(sheets, sheet)
		}
		return nil
	})
	return sheets, err
}

func (s *Server) issueOne(tx store.Tx, v *staffVisit, f issueForm) (session.Sheet, error) {
	code := accesscode.New()
	reference, err := organization.NewReference(tx, s.ring, v.keys)
	if err != nil {
		return session.Sheet{}, err
	}
	open, err := account.Issue(tx, s.ring, code, v.business.ID, reference, f.useBy)
	if err != nil {
		return session.Sheet{}, err
	}
	sheet := session.Sheet{Code: code.Grouped(), Reference: reference, Language: f.language, Heading: f.heading, UseBy: int(f.useBy)}
	return sheet, organization.SaveIssued(tx, s.ring, v.keys, organization.Issued{
		Reference: reference, By: v.professional.ID, Day: deadline.DayOf(s.now()), Open: open})
}
