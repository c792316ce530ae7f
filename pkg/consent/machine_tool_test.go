package consent_test

import (
	"time"

	"pgregory.net/rapid"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// tools are those that are written, taken apart and joined.
var tools = []string{"phq9", "gad7"}

// categories are those of the tools that are apart.
func (m *model) categories() (out []string) {
	for _, tool := range tools {
		if m.apart[tool] {
			out = append(out, vault.Tool(tool))
		}
	}
	return out
}

// shares reports whether what is written with a tool is shared.
func (m *model) shares(tool string) bool {
	if m.apart[tool] {
		return m.shared[vault.Tool(tool)]
	}
	return m.shared[vault.Mapping]
}

// split takes a tool apart; the business may go on reading it, or begin to, or
// not.
func (m *machine) split(t *rapid.T) {
	tool, keep := rapid.SampledFrom(tools).Draw(t, "tool"), rapid.Bool().Draw(t, "keep")
	var who []organization.ID
	if keep {
		who = append(who, m.h.ID)
	}
	update(t, m.w, m.a, func(tx store.Tx) error { return account.Split(tx, m.a, []string{tool}, who, m.now) })
	m.model.settle(m.now)
	if m.model.apart[tool] {
		return
	}
	m.model.apart[tool], m.model.moving = true, true
	if keep && len(m.model.shared) > 0 {
		m.model.shared[vault.Tool(tool)] = true
	}
}

// join puts a tool back among the others.
func (m *machine) join(t *rapid.T) {
	tool := rapid.SampledFrom(tools).Draw(t, "tool")
	update(t, m.w, m.a, func(tx store.Tx) error { return account.Join(tx, m.a, []string{tool}, m.now) })
	m.model.settle(m.now)
	if !m.model.apart[tool] {
		return
	}
	m.model.apart[tool], m.model.moving = false, true
	delete(m.model.shared, vault.Tool(tool))
}

// checkTools compares what a business reads of each tool: nothing at any moment
// of what is not shared, and all of the rest once everything has moved.
func (m *machine) checkTools(t *rapid.T, o consent.Opened) {
	m.model.moving = m.model.moving && m.a.Unsettled()
	sum := summary(t, m.w, o.Scope)
	for _, tool := range tools {
		n, all := readsWith(t, m.w, o.Scope, tool), m.model.mappings[tool]
		course := 0
		if c := sum.Courses[tool]; c != nil {
			course = c.Count
		}
		switch {
		case !m.model.shares(tool) && n+course > 0:
			t.Fatalf("reads %d mappings and a summary of %d with %s, which is not shared: %v", n, course, tool, m.model.shared)
		case m.model.shares(tool) && (course != all || n > all || n < all && !m.model.moving):
			t.Fatalf("reads %d mappings of %d and a summary of %d with %s: %v", n, all, course, tool, m.model.shared)
		}
	}
}

// checkHeld sees that the keys that a business has ever held open nothing of
// what is not shared, once everything has moved.
func (m *machine) checkHeld(t *rapid.T) {
	if m.a.Unsettled() || m.model.over(m.now) {
		return
	}
	for _, tool := range tools {
		if n := readsWith(t, m.w, m.held, tool); n > 0 && !m.model.shares(tool) {
			t.Fatalf("keys that were held once open %d mappings with %s: %v", n, tool, m.model.shared)
		}
	}
}

// writeWith saves a mapping with a tool.
func writeWith(t domaintest.T, w *domaintest.World, a *vault.Account, tool string, at time.Time) {
	t.Helper()
	update(t, w, a, func(tx store.Tx) error {
		if err := consent.Settle(tx, a, at); err != nil {
			return err
		}
		m := mapping(at)
		m.Instrument = tool
		return registration.Save(tx, a, registration.NewID(), m)
	})
}

// readsWith returns how many mappings with a tool a scope opens.
func readsWith(t domaintest.T, w *domaintest.World, s vault.Scope, tool string) (n int) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		list, err := registration.List(r, s, false)
		n = 0
		for _, m := range list {
			if m.Instrument == tool {
				n++
			}
		}
		return err
	})
	return n
}

func summary(t domaintest.T, w *domaintest.World, s vault.Scope) (sum registration.Summary) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		sum, err = registration.Summarise(r, s)
		return err
	})
	return sum
}
