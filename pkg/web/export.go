package web

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Everything is all that is stored about an account, for its user: what rests
// in each record of the catalogue in package store, without keys, without the
// code and without references. Lists are never null. What is new here is new in
// assets/schema too, in the definition of the type's name.
type Everything struct {
	Schema     string          `json:"$schema"` // its address
	Format     string          `json:"format"`
	Exported   string          `json:"exported"` // date
	Account    AccountFacts    `json:"account"`
	Sharing    []SharingFacts  `json:"sharing"`
	Mappings   []MappingFacts  `json:"mappings"`
	Unfinished []DraftFacts    `json:"unfinished"`
	Replaced   []ReplacedFacts `json:"replaced"` // by corrections
	Programs   []ProgramFacts  `json:"programmes"`
	Visits     []VisitFacts    `json:"visits"`
	Looked     []LookFacts     `json:"looked"` // who looked and when
	Summaries  SummaryFacts    `json:"summaries"`
	Messages   []MessageFacts  `json:"messages"` // to the operator
	Keys       []CategoryFacts `json:"keys"`     // which categories have a key, not the keys
}

// AccountFacts are the facts about the account itself.
type AccountFacts struct {
	Language       string `json:"language"`
	LastUsedMonth  string `json:"last_used_month"` // 2026-01
	RetiredOn      string `json:"retired_on"`      // when it is not used again
	CodeKnownToOne bool   `json:"code_known_to_a_service"`
	PolicySeen     string `json:"privacy_statement_seen,omitempty"` // its date
	PausedSince    string `json:"paused_since,omitempty"`
}

// SharingFacts are the facts about one business.
type SharingFacts struct {
	Business   string      `json:"business"`
	Categories []string    `json:"categories"` // shared now
	From       string      `json:"from,omitempty"`
	Answered   string      `json:"answered,omitempty"` // the day of the last yes
	LastDay    string      `json:"last_day,omitempty"`
	Past       []PastFacts `json:"past"`
	Sent       []SentFacts `json:"sent"`          // by its professionals
	Codes      int         `json:"codes"`         // codes of the business that this connection came from and whose references may stand in its list
	Moving     bool        `json:"new_reference"` // the business may not have the newest reference yet
}

// PastFacts are the facts about sharing that has ended.
type PastFacts struct {
	From       string   `json:"from"`
	To         string   `json:"to"`
	Categories []string `json:"categories"`      // shared at the end; empty for what ended before it was kept
	Why        string   `json:"ended,omitempty"` // unanswered or service; empty when the user ended it
	Told       bool     `json:"told,omitempty"`  // the user has said that they know
}

// MappingFacts are the facts about a finished mapping.
type MappingFacts struct {
	ID         string         `json:"id"`
	Instrument string         `json:"instrument"`
	Version    string         `json:"version"`
	Language   string         `json:"language"`
	At         string         `json:"at"` // RFC 3339
	Corrected  string         `json:"corrected,omitempty"`
	Score      int            `json:"score"`
	Band       string         `json:"band"`
	Risk       bool           `json:"risk,omitempty"` // an item about harming oneself was above zero
	Answers    map[string]int `json:"answers"`

	Scales     map[string]int    `json:"scales,omitempty"`      // scores by scale
	ScaleBands map[string]string `json:"scale_bands,omitempty"` // of those that have bands
	NoTotal    bool              `json:"no_total,omitempty"`    // score and band say nothing
}

// DraftFacts are the facts about an unfinished mapping.
type DraftFacts struct {
	Instrument string         `json:"instrument"`
	Version    string         `json:"version"`
	Started    string         `json:"started"`
	Changed    string         `json:"changed"`
	Answers    map[string]int `json:"answers"`
}

// ReplacedFacts are the facts about what a correction replaced.
type ReplacedFacts struct {
	Of      string       `json:"of"`
	At      string       `json:"at"`
	Mapping MappingFacts `json:"mapping"`
}

// VisitFacts are the facts about one visit. Minutes, system and browser are
// absent in visits from before they were kept.
type VisitFacts struct {
	ID      string `json:"id"`
	At      string `json:"at"` // RFC 3339
	Minutes int    `json:"minutes"`
	System  string `json:"system,omitempty"`
	Browser string `json:"browser,omitempty"`
}

// LookFacts are the facts about one reading.
type LookFacts struct {
	Day      string `json:"day"`
	Business string `json:"business"`
	Who      string `json:"who"`
	What     string `json:"what"`
}

// SummaryFacts are what the summaries keep beside the registrations.
type SummaryFacts struct {
	Mapping map[string]CourseFacts `json:"mapping"`
	Visits  int                    `json:"visits"`
	Last    string                 `json:"last_visit,omitempty"`
}

// CategoryFacts says which version of its key a category has.
type CategoryFacts struct {
	Category string `json:"category"`
	Version  int    `json:"version"`
	Old      int    `json:"old_versions"`
}

// everything collects it.
func (s *Server) everything(r store.Reader, a *vault.Account) (Everything, error) {
	e := Everything{
		Schema: s.config.Server.BaseURL + schemaPath, Format: "selvhjelp-export-v1", Exported: s.now().UTC().Format(time.DateOnly),
		Account: AccountFacts{
			Language: a.Data.Language, LastUsedMonth: monthText(a.Data.UsedMonth), RetiredOn: deadline.KeyDay(a.Data.Retirement).String(),
			CodeKnownToOne: a.Data.KnownTo != nil, PolicySeen: a.Data.Policy,
		},
		Sharing: []SharingFacts{}, Mappings: []MappingFacts{}, Unfinished: []DraftFacts{}, Replaced: []ReplacedFacts{}, Programs: []ProgramFacts{},
		Visits: []VisitFacts{}, Looked: []LookFacts{}, Messages: []MessageFacts{}, Keys: []CategoryFacts{},
	}
	if a.Data.Frozen != 0 {
		e.Account.PausedSince = deadline.Day(a.Data.Frozen).String()
	}
	steps := []func(store.Reader, *vault.Account, *Everything) error{s.exportSharing, exportMappings, exportDrafts, exportPrograms, exportVisits, s.exportLooked, s.exportMessages}
	for _, step := range steps {
		if err := step(r, a, &e); err != nil {
			return e, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Data.Categories)) {
		c := a.Data.Categories[name]
		e.Keys = append(e.Keys, CategoryFacts{name, c.Version, len(c.Old)})
	}
	return e, nil
}

func (s *Server) exportSharing(r store.Reader, a *vault.Account, e *Everything) error {
	list, err := s.sharing(r, a)
	if err != nil {
		return err
	}
	for _, sh := range list {
		f := SharingFacts{Business: sh.Business, Categories: listed(sh.Categories), Past: []PastFacts{}, Sent: []SentFacts{}, Codes: len(sh.Service.Openings), Moving: sh.Service.Moving}
		if sh.Shared {
			f.From = deadline.Day(sh.Service.Since).String()
			f.Answered, f.LastDay = sh.State.From.String(), sh.LastDay.String()
		}
		for _, p := range sh.Service.Past {
			f.Past = append(f.Past, PastFacts{deadline.Day(p.From).String(), deadline.Day(p.To).String(), listed(p.Categories), p.Why, p.Seen})
		}
		if err := s.exportSent(r, sh.Service, &f); err != nil {
			return err
		}
		e.Sharing = append(e.Sharing, f)
	}
	return nil
}

func exportMappings(r store.Reader, a *vault.Account, e *Everything) error {
	list, err := registration.List(r, a.Scope(), true)
	if err != nil {
		return err
	}
	for _, m := range list {
		e.Mappings = append(e.Mappings, mappingFacts(m))
	}
	sum, err := registration.Summarise(r, a.Scope())
	e.Summaries.Mapping = map[string]CourseFacts{}
	for id, c := range sum.Courses {
		e.Summaries.Mapping[id] = courseFacts(*c)
	}
	return err
}

func exportDrafts(r store.Reader, a *vault.Account, e *Everything) error {
	drafts, err := registration.Drafts(r, a)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		e.Unfinished = append(e.Unfinished, DraftFacts{d.Instrument, d.Version, stamp(d.Started), stamp(d.Changed), d.Answers})
	}
	replaced, err := registration.History(r, a)
	for _, h := range replaced {
		if h.Exercise != nil {
			continue // stands with its programme
		}
		h.Mapping.ID = h.ID
		e.Replaced = append(e.Replaced, ReplacedFacts{h.ID.String(), stamp(h.At), mappingFacts(h.Mapping)})
	}
	return err
}

func exportVisits(r store.Reader, a *vault.Account, e *Everything) error {
	visits, err := registration.ListVisits(r, a.Scope())
	if err != nil {
		return err
	}
	for _, v := range visits {
		e.Visits = append(e.Visits, VisitFacts{v.ID.String(), stamp(v.At), v.Minutes, v.System, v.Browser})
	}
	sum, err := registration.VisitSummary(r, a.Scope())
	if sum.Count > 0 {
		e.Summaries.Visits, e.Summaries.Last = sum.Count, stamp(sum.Last)
	}
	return err
}

func (s *Server) exportLooked(r store.Reader, a *vault.Account, e *Everything) error {
	looks, err := overview.Looked(r, a, s.now())
	for _, l := range looks {
		e.Looked = append(e.Looked, LookFacts{l.Day.String(), l.Business, l.Who, l.What})
	}
	return err
}

// listed is a list that is never null.
func listed(list []string) []string { return append([]string{}, list...) }

func mappingFacts(m registration.Mapping) MappingFacts {
	return MappingFacts{m.ID.String(), m.Instrument, m.Version, m.Language, stamp(m.At), stamp(m.Corrected), m.Score, m.Band, m.Risk, m.Answers,
		m.Scales, m.ScaleBands, m.NoTotal}
}

// stamp is a time in RFC 3339; empty for none.
func stamp(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format(time.RFC3339)
}

func monthText(month int) string {
	return strconv.Itoa(month/12) + "-" + strconv.Itoa(month%12 + 101)[1:]
}

type dataPage struct {
	Page
	Everything
}

// data shows the user everything as a page.
func (s *Server) data(v *visit) error {
	e, err := s.exported(v)
	if err != nil {
		return err
	}
	if done, err := flashed[string](s, v.Ctx); err == nil {
		v.page.Notice = done
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/data", dataPage{v.page, e})
}

func (s *Server) exported(v *visit) (e Everything, err error) {
	err = s.readPaused(v, func(r store.Reader, a *vault.Account) error {
		e, err = s.everything(r, a)
		return err
	})
	return e, err
}
