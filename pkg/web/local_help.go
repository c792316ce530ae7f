package web

import (
	"cmp"
	"html/template"
	"strings"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/session"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// LocalHelp is whom a business wants its users to turn to when they cannot
// wait. It stands above the national numbers.
type LocalHelp struct {
	Name, Number    string
	Hours, Text     string
	HoursIn, TextIn string // languages
	Tel             template.URL
}

// localHelp puts what a business has written into a language; false when it has
// written nothing, or is closed.
func localHelp(b organization.Business, lang string) (LocalHelp, bool) {
	if b.Closed > 0 || b.Help == (organization.Help{}) {
		return LocalHelp{}, false
	}
	h := LocalHelp{Name: b.Help.Unit, Number: b.Help.Phone, Tel: template.URL("tel:" + onlyDigits(b.Help.Phone))}
	h.Hours, h.HoursIn = b.Help.Hours.In(lang)
	h.Text, h.TextIn = b.Help.Text.In(lang)
	return h, true
}

// addLocalHelp puts what the user's businesses have written on the page.
func (s *Server) addLocalHelp(v *visit) error {
	return s.readPaused(v, func(r store.Reader, a *vault.Account) error { return s.helpFor(r, v, a) })
}

// readPage is read for a page: what the user's services have written comes on it.
func (s *Server) readPage(v *visit, fn func(r store.Reader, a *vault.Account) error) error {
	return s.read(v, func(r store.Reader, a *vault.Account) error {
		if err := s.helpFor(r, v, a); err != nil {
			return err
		}
		return fn(r, a)
	})
}

func (s *Server) helpFor(r store.Reader, v *visit, a *vault.Account) (err error) {
	v.services, err = servicesOf(r, a)
	v.page.Local = localHelps(v.page.Lang, v.services)
	return err
}

// servicesOf are the businesses that an account is connected with.
func servicesOf(r store.Reader, a *vault.Account) (list []organization.Business, err error) {
	for _, service := range a.Data.Services {
		b, err := organization.BusinessByID(r, organization.ID(service.Business))
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// addIssuersHelp does the same for somebody whose welcome is not finished: with
// an issued code, they belong to one business.
func (s *Server) addIssuersHelp(v *visit, w *session.Welcome) error {
	if w.Issued == "" {
		return nil
	}
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		pending, err := s.pending(r, w)
		if err != nil {
			return err
		}
		b, err := organization.BusinessByID(r, organization.ID(pending.Business))
		v.page.Local = localHelps(v.page.Lang, []organization.Business{b})
		return err
	})
	return ignore(err, account.ErrUnknown) // the page itself tells
}

// localHelps is what businesses have written, each under a name.
func localHelps(lang string, list []organization.Business) (out []LocalHelp) {
	for _, b := range list {
		if h, ok := localHelp(b, lang); ok {
			h.Name = cmp.Or(h.Name, b.Name)
			out = append(out, h)
		}
	}
	return out
}

// readHelp reads the part of the business's form that is for its users.
func readHelp(v *staffVisit) organization.Help {
	line := func(name string) string { return strings.Join(strings.Fields(field(v.Ctx, name)), " ") }
	words := func(name string) organization.Words {
		return organization.Words{NB: line(name + "_nb"), NN: line(name + "_nn"), EN: line(name + "_en")}
	}
	return organization.Help{Unit: line("help_unit"), Phone: line("help_phone"), Hours: words("help_hours"), Text: words("help_text")}
}

// helpProblems are the texts for what Help.Check names.
var helpProblems = map[string]string{"unit": "help_unit", "phone": "help_phone", "hours": "help_hours", "text": "help_text"}
