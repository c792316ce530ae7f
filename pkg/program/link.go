package program

import (
	"slices"
	"strconv"
	"strings"
)

// Places are the pages of the service that a text may link to, beside those of
// programmes and mapping tools.
var Places = []string{"/help", "/crisis", "/lost-code", "/privacy", "/security", "/accessibility", "/contact",
	"/me", "/me/development", "/me/registrations", "/me/mapping", "/me/programs", "/me/notes", "/me/sent", "/me/settings", "/me/messages"}

// link is an address in a text that is a path of the service.
type link struct {
	path string
	line int
}

// leads reports whether a link leads to a page.
func (c *checker) leads(l link) bool {
	if slices.Contains(Places, l.path) {
		return true
	}
	if tool, ok := strings.CutPrefix(l.path, "/me/mapping/"); ok {
		return slices.Contains(c.r.instruments, tool)
	}
	rest, ok := strings.CutPrefix(l.path, "/me/programs/")
	names := strings.Split(rest, "/")
	p := c.others[names[0]]
	switch {
	case !ok || p == nil:
		return false
	case len(names) == 3:
		part, page := p.Page(names[2])
		return page != nil && strconv.Itoa(part.Number) == names[1]
	}
	return len(names) == 1 || len(names) == 2 && names[1] == "print"
}

// firstPage is the id of a programme's first page, for an example.
func firstPage(p *Program) string {
	if len(p.Parts) == 0 || len(p.Parts[0].Pages) == 0 {
		return "begin"
	}
	return p.Parts[0].Pages[0].ID
}
