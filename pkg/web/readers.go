package web

import (
	"slices"
	"strings"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// readers are the businesses that can read a category of the user's now. Every
// page on which something is written says so, with the template "readers": a
// page struct has them in a field Readers, which stays empty for what is never
// shared. That of a mapping tool is the category that the tool belongs to now.
func (s *Server) readers(v *visit, category string) ([]string, error) {
	var names []string
	err := s.read(v, func(r store.Reader, a *vault.Account) error {
		list, err := s.sharing(r, a)
		if tool, ok := vault.ToolOf(category); ok {
			category = a.Home(tool)
		}
		names = readersOf(list, category)
		return err
	})
	return names, err
}

// readersOf are those among the businesses that can read a category.
func readersOf(list []Sharing, category string) []string {
	var names []string
	for _, sh := range list {
		if slices.Contains(sh.Categories, category) {
			names = append(names, sh.Business)
		}
	}
	return names
}

// readBy says on a page who reads a part of it.
type readBy struct {
	Page
	Readers []string
}

// ReadBy is readBy on this page.
func (p Page) ReadBy(names []string) readBy { return readBy{p, names} }

// Names are several names in words.
func (p Page) Names(list []string) string {
	if n := len(list) - 1; n > 0 {
		return strings.Join(list[:n], ", ") + " " + p.T("readers.and") + " " + list[n]
	}
	return strings.Join(list, "")
}
