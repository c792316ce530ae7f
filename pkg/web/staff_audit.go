package web

import (
	"cmp"
	"errors"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

const auditRows = 100

// AuditLine is one entry in words.
type AuditLine struct {
	Number    int
	Day       deadline.Day
	Who, Role string // Role is "professional", "super user" or "operator"
	What      string
	Reference string // of a grant in force
	Count     int
}

type auditPage struct {
	Page
	Lines []AuditLine
	Pager Pager
	Head  string
}

// audit shows a page of the business's log, newest first, of the entries that are
// kept.
func (s *Server) audit(v *staffVisit) error {
	var entries []audit.Entry
	var people map[organization.ID]organization.Professional
	page := auditPage{Page: v.page}
	var references map[string]string
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		log := audit.For(s.ring, v.business.ID[:])
		head, err := log.Head(r)
		if err != nil {
			return err
		}
		page.Head = head.String()
		first, err := log.First(r, audit.Kept(s.now()))
		if err != nil {
			return err
		}
		page.Pager = pagerOf(head.Count-first+1, auditRows, v.Query("page"))
		last := head.Count - (page.Pager.Number-1)*auditRows
		if entries, err = log.Span(r, max(first, last-auditRows+1), last); err != nil {
			return err
		}
		if references, err = s.grantsOf(r, v); err != nil {
			return err
		}
		people, err = s.people(r, v)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		page.Lines = append(page.Lines, auditLine(e, people, references))
	}
	return s.render(v.Ctx, fiber.StatusOK, "staff/audit", page)
}

// grantsOf names the references behind the grants of the professional's own
// caseload.
func (s *Server) grantsOf(r store.Reader, v *staffVisit) (map[string]string, error) {
	out := map[string]string{}
	for o, err := range consent.OpenAll(r, s.ring, v.keys, s.now()) {
		if err != nil {
			return nil, err
		}
		i, err := organization.IssuedByReference(r, s.ring, v.keys, o.Reference)
		if errors.Is(err, organization.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		if i.Sees(v.professional, o.Team && v.business.Team, deadline.DayOf(s.now())) {
			out[string(o.ID)] = o.Reference
		}
	}
	return out, nil
}

func auditLine(e audit.Entry, people map[organization.ID]organization.Professional, references map[string]string) AuditLine {
	line := AuditLine{Number: e.Number, Day: e.Day, Who: e.Name, Role: e.Role, What: e.What, Count: e.Count}
	if len(e.Who) == len(organization.ID{}) {
		line.Who = people[organization.ID(e.Who)].Name
	}
	if e.Grant != nil {
		line.Reference = references[string(e.Grant)]
	}
	return line
}

// roleTexts and whatTexts name the texts for what an entry says.
var (
	roleTexts = map[string]string{
		"professional": "staff_audit.role_professional",
		"super user":   "staff_audit.role_super_user",
		"operator":     "staff_audit.role_operator",
		"staff":        "operator.role",
	}
	whatTexts = map[string]string{
		audit.Overview: "staff_audit.what_overview",
		audit.Person:   "staff_audit.what_person",
		audit.HandOver: "staff_audit.what_handover",
		audit.Cover:    "staff_audit.what_cover",
		audit.Issue:    "staff_audit.what_issue",
		audit.Revoke:   "staff_audit.what_revoke",
		audit.Send:     "sent.what",
		audit.End:      "protools.what_end",
		audit.Staff:    "staff_audit.what_staff",
		audit.Operator: "staff_audit.what_operator",
		audit.Request:  "operator.what_request",
		audit.Reply:    "operator.what_reply",
		audit.Purge:    "operator.what_purge",
		audit.Sums:     "evaluations.log",
		audit.Money:    "purchases.log",
	}
)

// RoleText is the id of the text for the role.
func (l AuditLine) RoleText() string { return cmp.Or(roleTexts[l.Role], "staff_audit.role_unknown") }

// WhatText is the id of the text for what was done.
func (l AuditLine) WhatText() string { return cmp.Or(whatTexts[l.What], "staff_audit.what_unknown") }
