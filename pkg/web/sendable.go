package web

import (
	"strings"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Sendable is something that a professional can send: "mapping/" before the id
// of a mapping tool, or "program/" before the name of a target in a programme.
type Sendable struct {
	To, Link string
	Title    string
	Short    string // the title within its group
	Lifts    bool   // the order of a programme
}

// SendGroup are things to send that belong together.
type SendGroup struct {
	Title string
	List  []Sendable
}

// sendable is what can be sent under an id; false when there is nothing.
func (s *Server) sendable(to string, page Page) (Sendable, bool) {
	kind, name, _ := strings.Cut(to, "/")
	switch kind {
	case "mapping":
		if in, ok := s.instruments.Get(name); ok {
			return sendableTool(in, page), true
		}
	case "program":
		if t, ok := s.catalogue.Target(name); ok {
			return sendableTarget(t, page), true
		}
	}
	return Sendable{}, false
}

// sendables are all there is to send: the mapping tools, each programme as a
// whole, and its parts one by one.
func (s *Server) sendables(page Page) []SendGroup {
	out := []SendGroup{{Title: page.T("propro.mapping")}}
	for _, in := range s.instruments.All() {
		out[0].List = append(out[0].List, sendableTool(in, page))
	}
	for _, p := range s.catalogue.All() {
		for _, t := range p.Targets() {
			if group := groupOf(t, page); group != out[len(out)-1].Title {
				out = append(out, SendGroup{Title: group})
			}
			last := &out[len(out)-1]
			last.List = append(last.List, sendableTarget(t, page))
		}
	}
	return out
}

func sendableTool(in *instrument.Instrument, page Page) Sendable {
	title, _ := in.Title.In(page.Lang)
	return Sendable{To: "mapping/" + in.ID, Link: "/me/mapping/" + in.ID, Title: title, Short: title}
}

// groupOf is the title of a programme, with that of the part.
func groupOf(t program.Target, page Page) string {
	if t.Part == nil {
		return t.Program.Title.In(page.Lang)
	}
	return inPart(t, t.Part.Title, page)
}

// inPart is the title of something in a part.
func inPart(t program.Target, title program.Text, page Page) string {
	return page.T("propro.in_part", "Program", t.Program.Title.In(page.Lang), "Number", t.Part.Number, "Title", title.In(page.Lang))
}

func sendableTarget(t program.Target, page Page) Sendable {
	out := Sendable{To: "program/" + t.Name(), Link: targetPath(t), Lifts: t.Lifts()}
	switch {
	case t.Exercise != nil:
		out.Title, out.Short = inPart(t, t.Exercise.Question, page), page.T("propro.exercise", "Question", t.Exercise.Question.In(page.Lang))
	case t.Page != nil:
		out.Title, out.Short = inPart(t, t.Page.Title, page), t.Page.Title.In(page.Lang)
	case t.Part != nil:
		out.Title, out.Short = groupOf(t, page), page.T("propro.whole_part")
	case t.All:
		out.Title, out.Short = page.T("propro.opened", "Program", groupOf(t, page)), page.T("propro.all_open")
	default:
		out.Title, out.Short = groupOf(t, page), page.T("propro.in_order")
	}
	return out
}

// targetPath is where a target is read. A part begins with its first page.
func targetPath(t program.Target) string {
	switch {
	case t.Part == nil:
		return "/me/programs/" + t.Program.ID
	case t.Page == nil:
		return pagePath(t.Program.ID, t.Part.Number, t.Part.Pages[0].ID)
	case t.Exercise == nil:
		return pagePath(t.Program.ID, t.Part.Number, t.Page.ID)
	}
	return pagePath(t.Program.ID, t.Part.Number, t.Page.ID) + "#" + t.Exercise.ID
}

// lift is what has been sent of a programme by the services that an account
// shares with now. It follows from that alone, at each reading.
func (s *Server) lift(r store.Reader, a *vault.Account, p *program.Program) (l program.Lift, err error) {
	for _, service := range a.Data.Services {
		list, err := consent.Received(r, service, s.now())
		if err != nil {
			return l, err
		}
		for _, one := range list {
			name, ofProgram := strings.CutPrefix(one.To, "program/")
			if t, ok := s.catalogue.Target(name); ofProgram && ok && t.Program == p {
				l.Add(t)
			}
		}
	}
	return l, nil
}
