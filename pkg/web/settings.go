package web

import (
	"encoding/hex"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

type settingsPage struct {
	Page
	Sharing []Sharing
	Looked  []overview.Look
	Visits  []registration.Visit // newest first, the last ones
	More    bool                 // there are visits before these
	Own     bool                 // a device of one's own
	LastDay deadline.Day         // of the code, if it is never used again
	KnownTo string               // a business that knows the code and is not connected any more
}

// settings is where everything about the account is decided.
func (s *Server) settings(v *visit) error { return s.showSettings(v, fiber.StatusOK) }

func (s *Server) showSettings(v *visit, status int) error {
	page := settingsPage{Page: v.page, Own: v.session.Own}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		page.Notice = done
	}
	err := s.read(v, func(r store.Reader, a *vault.Account) (err error) {
		page.LastDay = account.LastDay(a)
		if page.Sharing, err = s.sharing(r, a); err != nil {
			return err
		}
		if page.KnownTo, err = knownTo(r, a); err != nil {
			return err
		}
		if page.Looked, err = overview.Looked(r, a, s.now()); err != nil {
			return err
		}
		page.Visits, page.More, err = latestVisits(r, a.Scope())
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, status, "user/settings", page)
}

// knownTo is the name of the business that knows the code in use, where no
// connection to it says so: it no longer uses the service.
func knownTo(r store.Reader, a *vault.Account) (string, error) {
	if a.Data.KnownTo == nil || consent.Service(a, organization.ID(a.Data.KnownTo)) != nil {
		return "", nil
	}
	b, err := organization.BusinessByID(r, organization.ID(a.Data.KnownTo))
	return b.Name, err
}

// sharingDone are the actions that there are, and the notice of each.
var sharingDone = map[string]string{
	"share":    "sharing_share",
	"withdraw": "sharing_withdraw",
	"stop":     "sharing_stop",
	"continue": "sharing_continue",
}

// sharingAnswer shares, withdraws, stops or continues. It is a user's own act,
// so it works on a full store too where it ends sharing.
func (s *Server) sharingAnswer(v *visit) error {
	action, categories := field(v.Ctx, "action"), values(v.Ctx, "category")
	if sharingDone[action] == "" {
		return problemOf(fiber.StatusUnprocessableEntity, "unknown_value", "action")
	}
	if action == "share" && len(categories) == 0 {
		return problemOf(fiber.StatusUnprocessableEntity, "no_category", "category")
	}
	err := s.decide(v, action, categories)
	if err != nil {
		return err
	}
	if err := s.flash(v.Ctx, sharingDone[action]); err != nil {
		return err
	}
	return v.Redirect("/me/settings", fiber.StatusSeeOther)
}

// decide carries out what a user has decided about sharing with the business
// that the form names.
func (s *Server) decide(v *visit, action string, categories []string) error {
	return s.write(v, func(tx store.Tx, a *vault.Account) error {
		service, err := chosenService(a, field(v.Ctx, "service"))
		if err = errors.Join(err, s.knownCategories(categories, a.Tools())); err != nil {
			return err
		}
		b, err := organization.BusinessByID(tx, organization.ID(service.Business))
		if err != nil {
			return err
		}
		return s.act(tx, a, told(b, field(v.Ctx, "team")), service, action, categories)
	})
}

// act carries out what a user has decided about sharing.
func (s *Server) act(tx store.Tx, a *vault.Account, b organization.Business, service *vault.Service, action string, categories []string) error {
	switch action {
	case "share":
		return consent.Share(tx, a, b, service, categories, s.now())
	case "withdraw":
		return consent.Withdraw(tx, a, b, service, categories, s.now())
	case "stop":
		return consent.Withdraw(tx, a, b, service, nil, s.now())
	}
	return consent.Renew(tx, service, s.now())
}

// chosenService is the connection that a form is about; the only one when it
// names none.
func chosenService(a *vault.Account, id string) (*vault.Service, error) {
	if id == "" && len(a.Data.Services) == 1 {
		return a.Data.Services[0], nil
	}
	if raw, err := hex.DecodeString(id); err == nil && len(raw) == len(organization.ID{}) {
		if service := consent.Service(a, organization.ID(raw)); service != nil {
			return service, nil
		}
	}
	return nil, problemOf(fiber.StatusUnprocessableEntity, "no_service", "service")
}

type previewPage struct {
	Page
	Categories []string
	Apart      []string // titles of the tools that are shared by themselves
	View       Shared
}

// Mapping is the page of the charts alone.
func (p previewPage) Mapping() developmentPage { return developmentPage{p.Page, p.View.Charts} }

// Programme is the page of the programmes alone.
func (p previewPage) Programme() sharedProgramsPage {
	return sharedProgramsPage{p.Page, p.View.Programs}
}

// Activity is the page of the visits alone.
func (p previewPage) Activity() usePage { return usePage{p.Page, p.View.Use} }

// preview shows exactly what a professional would see.
func (s *Server) preview(v *visit) error {
	page := previewPage{Page: v.page, Categories: s.categories()}
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		list, err := registration.List(r, a.Scope(), true)
		if err != nil {
			return err
		}
		visits, err := registration.ListVisits(r, a.Scope())
		if err != nil {
			return err
		}
		page.View = s.shared(v.page, list, overview.Uses(visits))
		page.Apart = s.titles(a.Tools(), v.page.Lang)
		exercises, err := registration.Exercises(r, a.Scope())
		if err != nil {
			return err
		}
		sum, err := registration.ProgramSummary(r, a.Scope())
		page.View.Programs = s.sharedPrograms(v.page, exercises, sum)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/preview", page)
}

// Shared is what a page about one person shows; the person's own preview and
// the professional's page are made from it alike.
type Shared struct {
	Charts   []Course
	Use      Use
	Programs []SharedProgram
}

func (s *Server) shared(page Page, list []registration.Mapping, visits []overview.Use) Shared {
	return Shared{Charts: s.charts(page, list), Use: newUse(page, visits, s.now())}
}

// choices are the categories that can be shared where some tools are categories
// of their own.
func (s *Server) choices(tools, shared []string) []Choice {
	var out []Choice
	for _, c := range s.categories() {
		out = append(out, Choice{c, slices.Contains(shared, c), c == vault.Mapping && len(tools) > 0})
		if c != vault.Mapping {
			continue
		}
		for _, tool := range tools {
			out = append(out, Choice{ID: vault.Tool(tool), Shared: slices.Contains(shared, vault.Tool(tool))})
		}
	}
	return out
}

func hexID(id organization.ID) string { return hex.EncodeToString(id[:]) }
