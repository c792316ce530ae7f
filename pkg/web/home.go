package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Tool is a mapping tool as a list shows it.
type Tool struct {
	ID, Title string
	Answered  int  // of an unfinished one
	Items     int  // of an unfinished one
	Done      bool // finished at least once
	Last      registration.Point
	LastOn    time.Time
	Words     string    // the last scores on one line
	Place     string    // as in package instrument
	DueOn     time.Time // when it is due again
	Due       bool
}

// Sharing is the sharing with one business as its user sees it.
type Sharing struct {
	consent.State
	ID        string // hexadecimal id of the business
	Business  string
	Reference string
	Team      bool         // every professional there would see what is shared
	KnowsCode bool         // the business knows the code that is in use
	Closed    deadline.Day // when the business stopped using the service; 0 while it goes on
	Ended     *vault.Past  // an end that the user did not ask for and has not been told of
	Offered   []Choice
}

// Choice is a category that can be shared.
type Choice struct {
	ID     string
	Shared bool
	Rest   bool // some of its tools are categories of their own
}

// EndedOn is the last day of the sharing that has ended.
func (sh Sharing) EndedOn() deadline.Day { return deadline.Day(sh.Ended.To) }

type homePage struct {
	Page
	Tools      []Tool
	CheckIns   []CheckIn
	LangForm   string        // that the buttons for the language send
	Programmes bool          // there are some
	Programs   []ProgramLine // the one to go on with, if any
	Sharing    []Sharing
	Unread     []MessageLine // answers of the operator
	Sent       []SentLine    // by professionals, not replied to
	FollowUps  []FollowUp    // whether the follow-up goes on
	News       *News         // a privacy statement that the user has not seen
	Narrow     int           // the month in which the account would have been retired; 0 unless near
	LastDay    deadline.Day  // of the code, if it is never used again
}

// home is the start page: where one left, what is due, the last scores.
func (s *Server) home(v *visit) error {
	page := homePage{Narrow: v.session.User.Narrow}
	err := s.readPage(v, func(r store.Reader, a *vault.Account) (err error) {
		begun, err := registration.LoadBegun(r, a)
		if err != nil {
			return err
		}
		tools, err := s.tools(r, a, begun, v.page.Lang)
		if err != nil {
			return err
		}
		page.CheckIns = s.checkIns(v, begun, tools)
		page.Tools, page.LangForm = offered(tools), langForm(page.CheckIns)
		programs, err := s.lines(r, a, begun, v.page.Lang, false)
		if err != nil {
			return err
		}
		page.Programmes, page.Programs = len(s.catalogue.All()) > 0, onTheWay(programs)
		page.News = s.news(a.Data.Policy, v.page.Lang, "/me/understood")
		page.LastDay = account.LastDay(a)
		if page.Unread, err = s.unread(r, a.Data.Tickets, "/me/messages"); err != nil {
			return err
		}
		sent, err := s.allReceived(r, a, v.page)
		if err != nil {
			return err
		}
		page.Sent = sentLines(v.page, unanswered(sent))
		page.Sharing, err = s.sharingWith(r, a, v.services)
		for i, c := range page.CheckIns {
			page.CheckIns[i].Form.Readers = readersOf(page.Sharing, a.Home(c.Form.ID))
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Page = v.page
	if page.FollowUps = followUps(v, page.Sharing); pressing(page.FollowUps) {
		return v.Redirect("/me/question", fiber.StatusSeeOther)
	}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		page.Notice = done
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/home", &page)
}

// tools lists the mapping tools with what the account has of each.
func (s *Server) tools(r store.Reader, a *vault.Account, begun registration.Begun, lang string) ([]Tool, error) {
	sum, err := registration.Summarise(r, a.ScopeOf(vault.Mapping))
	if err != nil {
		return nil, err
	}
	list := s.instruments.All()
	out := make([]Tool, 0, len(list))
	for _, in := range list {
		tool := s.tool(in, sum.Courses[in.ID], lang)
		if form, draft := s.current(in, begun.Draft(in.ID)); len(draft.Answers) > 0 {
			tool.Answered, tool.Items = len(draft.Answers), len(form.Asked(draft.Answers))
		}
		out = append(out, tool)
	}
	return out, nil
}

func (s *Server) tool(in *instrument.Instrument, course *registration.Course, lang string) Tool {
	title, _ := in.Title.In(lang)
	t := Tool{ID: in.ID, Title: title, Due: true, Place: in.Place}
	if course != nil {
		t.Done, t.Last, t.LastOn = true, course.Last, course.Last.Time()
		t.Words = s.inWords(course.Last, lines(s.versionOf(in, course.Last), course.Last, lang), lang)
		t.DueOn = t.LastOn.AddDate(0, 0, in.MinIntervalDays)
		t.Due = !s.now().Before(t.DueOn)
	}
	return t
}

// sharing lists the businesses that the account is connected with.
func (s *Server) sharing(r store.Reader, a *vault.Account) ([]Sharing, error) {
	services, err := servicesOf(r, a)
	if err != nil {
		return nil, err
	}
	return s.sharingWith(r, a, services)
}

// sharingWith is sharing where the businesses have been read.
func (s *Server) sharingWith(r store.Reader, a *vault.Account, services []organization.Business) ([]Sharing, error) {
	var out []Sharing
	for i, service := range a.Data.Services {
		st, err := consent.Look(r, service, s.now())
		if err != nil {
			return nil, err
		}
		b := services[i]
		sh := Sharing{State: st, ID: hexID(b.ID), Business: b.Name, Reference: service.Reference, Team: b.Team, Closed: b.Closed,
			KnowsCode: string(a.Data.KnownTo) == string(service.Business)}
		sh.Offered = s.choices(a.Tools(), st.Categories)
		ended, untold, err := consent.Untold(r, service, s.now())
		if err != nil {
			return nil, err
		}
		if untold {
			ended.Categories = slices.DeleteFunc(slices.Clone(ended.Categories), a.Joined)
			sh.Ended = &ended
		}
		out = append(out, sh)
	}
	return out, nil
}
