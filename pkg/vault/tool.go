package vault

import (
	"maps"
	"slices"
	"strings"
)

// MaxTool is the length in bytes of the longest name of a tool's category: the
// id of a tool has 32 at most.
const MaxTool = len(Mapping) + 1 + 32

// Tool is the category of a mapping tool that is shared by itself.
func Tool(instrument string) string { return Mapping + "." + instrument }

// ToolOf is the mapping tool that a category is; false for other categories.
func ToolOf(category string) (instrument string, ok bool) {
	return strings.CutPrefix(category, Mapping+".")
}

// Base is what a category is a part of: Mapping for that of a tool, itself
// otherwise.
func Base(category string) string {
	base, _, _ := strings.Cut(category, ".")
	return base
}

// Apart reports whether a mapping tool is shared by itself.
func (a *Account) Apart(instrument string) bool {
	c := a.Data.Categories[Tool(instrument)]
	return c != nil && c.Key != nil
}

// Joined reports whether a category is a mapping tool that is not apart.
func (a *Account) Joined(category string) bool {
	instrument, ok := ToolOf(category)
	return ok && !a.Apart(instrument)
}

// Tools lists the mapping tools that are shared by themselves.
func (a *Account) Tools() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(a.Data.Categories)) {
		if instrument, ok := ToolOf(name); ok && a.Apart(instrument) {
			out = append(out, instrument)
		}
	}
	return out
}

// Home is the category that a mapping with a tool belongs to.
func (a *Account) Home(instrument string) string {
	if a.Apart(instrument) {
		return Tool(instrument)
	}
	return Mapping
}

// Split makes mapping tools categories of their own, with keys of their own.
// The category they come from gets a new key too, and its old ones are handed to
// nobody: until Reseal of package registration is done, records of these tools
// are under them.
func (a *Account) Split(instruments []string) {
	a.Rotate(Mapping)
	if c := a.Data.Categories[Mapping]; c != nil {
		c.Closed = c.Version - 1
	}
	for _, instrument := range instruments {
		c := a.Data.Categories[Tool(instrument)]
		if c == nil { // otherwise one that was joined and has records left
			c = &CategoryKeys{}
			a.Data.Categories[Tool(instrument)] = c
		}
		c.Version++
		c.Key = NewKey().Bytes()
	}
}

// Join ends what Split has begun: the records move to Mapping with Reseal, and
// then the tool's own keys go.
func (a *Account) Join(instrument string) {
	c := a.Data.Categories[Tool(instrument)]
	c.Old = append(c.Old, VersionKey{c.Version, c.Key})
	c.Key = nil
}

// Handed are the keys that a business gets with which a category is shared.
func (a *Account) Handed(category string) []Opener {
	c := a.Data.Categories[category]
	return slices.DeleteFunc(a.Versions(category), func(o Opener) bool { return o.Version <= c.Closed })
}

// Latest reports whether a key is its category's current one.
func (a *Account) Latest(o Opener) bool {
	c := a.Data.Categories[o.Category]
	return c.Key != nil && c.Version == o.Version
}
