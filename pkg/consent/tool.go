package consent

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Separate brings the grants of an account into line with mapping tools that
// have been taken apart: the businesses in keep may read them, the others may
// not, whatever they could read before. Businesses with which nothing is shared
// are left alone. The clock has been settled; the caller saves the account.
func Separate(tx store.Tx, a *vault.Account, tools []string, keep []organization.ID) error {
	return each(tx, a, func(s *vault.Service, g grant) error {
		if slices.Contains(keep, organization.ID(s.Business)) {
			for _, tool := range tools {
				s.Categories = append(s.Categories, vault.Tool(tool))
			}
			slices.Sort(s.Categories)
			return g.put(tx, a, s)
		}
		if slices.Contains(s.Categories, vault.Mapping) {
			return g.replace(tx, a, s)
		}
		return nil
	})
}

// Unite brings them into line with tools that are about to be joined to the
// others again: they are no longer shared by themselves, and a grant of nothing
// else ends. The clock has been settled; the caller saves the account.
func Unite(tx store.Tx, a *vault.Account, tools []string, now time.Time) error {
	return each(tx, a, func(s *vault.Service, g grant) error {
		left := slices.DeleteFunc(slices.Clone(s.Categories), func(c string) bool {
			return slices.ContainsFunc(tools, func(tool string) bool { return c == vault.Tool(tool) })
		})
		switch len(left) {
		case len(s.Categories):
			return nil
		case 0:
			return end(tx, a, s, g, "", now)
		}
		s.Categories = left
		return g.replace(tx, a, s)
	})
}

// handed are the keys of categories as they rest in a grant, in room that tells
// how many there are and not of which tools.
func handed(a *vault.Account, categories []string) ([]byte, error) {
	var keys []categoryKey
	spare := 0
	for _, c := range categories {
		a.CategoryKey(c)
		for _, o := range a.Handed(c) {
			keys = append(keys, categoryKey{c, o.Version, o.Key.Bytes()})
			if _, tool := vault.ToolOf(c); tool {
				spare += vault.MaxTool - len(c)
			}
		}
	}
	plain, err := json.Marshal(keys)
	return append(plain, bytes.Repeat([]byte{' '}, spare)...), err
}
