package web

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/pelletier/go-toml/v2"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// policyFile lists what has changed in the privacy statement, newest first.
const policyFile = "policy/changes.toml"

// inLanguage is a text in one of the languages.
func inLanguage(t config.Text, lang string) string {
	return map[string]string{"nb": t.NB, "nn": t.NN, "en": t.EN}[lang]
}

// loadPolicy reads the list, reports every fault of it, and joins to it what the
// operator tells, newest first.
func loadPolicy(fsys fs.FS, p config.Policy) ([]config.Change, error) {
	raw, err := fs.ReadFile(fsys, policyFile)
	if err != nil {
		return nil, err
	}
	var list struct {
		Change []config.Change `toml:"change"`
	}
	if err := toml.NewDecoder(strings.NewReader(string(raw))).DisallowUnknownFields().Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", policyFile, err)
	}
	joined := slices.Concat(p.Change, list.Change)
	slices.SortStableFunc(joined, func(a, b config.Change) int { return strings.Compare(string(b.Date), string(a.Date)) })
	return joined, checkPolicy(list.Change, p.PrivacyVersion)
}

func checkPolicy(list []config.Change, version config.Date) error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf(policyFile+": "+format, args...))
	}
	if len(list) == 0 {
		fault("no entry; the first version is one too, add it")
	}
	for i, c := range list {
		if c.Date.Time().IsZero() {
			fault("change[%d]: no date; write one such as \"2026-11-21\"", i)
		}
		for lang, text := range map[string]string{"nb": c.Text.NB, "nn": c.Text.NN, "en": c.Text.EN} {
			if strings.TrimSpace(text) == "" {
				fault("change[%d]: text.%s is missing; add it", i, lang)
			}
		}
		if i > 0 && c.Date > list[i-1].Date {
			fault("change[%d]: newer than the one above; put the newest first", i)
		}
	}
	if len(list) > 0 && list[0].Date > version {
		fault("the newest entry is of %s, after policy.privacy_version %s; set the version in the configuration to that date or a later one", list[0].Date, version)
	}
	return errors.Join(faults...)
}

// Change is an entry of the list as a page shows it.
type Change struct {
	Day  deadline.Day
	Text string
}

// changes are the entries that are newer than a version, all for "".
func (s *Server) changes(since, lang string) []Change {
	var out []Change
	for _, c := range s.policy {
		if string(c.Date) > since {
			out = append(out, Change{deadline.DayOf(c.Date.Time()), inLanguage(c.Text, lang)})
		}
	}
	return out
}

// News is a privacy statement that somebody has not been told about.
type News struct {
	Version string // its date
	Day     deadline.Day
	Changes []Change // since the version they have seen
	Action  string   // where "understood" is sent
}

// news is what somebody who has seen one version is told at their login; nil
// when it is the one in force.
func (s *Server) news(seen, lang, action string) *News {
	version := s.config.Policy.PrivacyVersion
	if seen == string(version) {
		return nil
	}
	return &News{string(version), deadline.DayOf(version.Time()), s.changes(seen, lang), action}
}

// policyVersion is the version of the statement in force, for those who begin.
func (s *Server) policyVersion() string { return string(s.config.Policy.PrivacyVersion) }

// staffUnderstood notes that a professional has been told about the statement
// in force; a form about another version is of before.
func (s *Server) staffUnderstood(v *staffVisit) error {
	version := field(v.Ctx, "policy")
	if version != s.policyVersion() {
		return v.Redirect("/pro", fiber.StatusSeeOther)
	}
	err := s.usage.Update(v.UserContext(), func(tx store.Tx) error {
		p, err := organization.ProfessionalByID(tx, v.professional.ID)
		if err != nil {
			return err
		}
		p.Policy = version
		return organization.SaveProfessional(tx, p)
	})
	if err != nil {
		return err
	}
	return v.Redirect("/pro", fiber.StatusSeeOther)
}
