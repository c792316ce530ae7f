//go:build long

package campaign

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"selvhjelp/pkg/web"
)

// compare says what an export has too little of, too much of, or by halves. A
// registration that was sent and not acknowledged may be there or not.
func (c *client) compare(e web.Everything) (faults []string) {
	there := map[string]bool{}
	for _, m := range e.Mappings {
		if there[m.ID] {
			faults = append(faults, "a registration is there twice")
		}
		there[m.ID] = true
		if sent, ok := c.saved[m.ID]; ok && !maps.Equal(sent.answers, m.Answers) {
			faults = append(faults, "a registration has other answers than were acknowledged")
		} else if !ok && (c.open == nil || !maps.Equal(c.open.answers, m.Answers)) {
			faults = append(faults, "there is a registration that nobody sent")
		}
		if r := c.in.phq9.Score(m.Answers); !r.Complete || r.Score != m.Score || r.Band.Key != m.Band {
			faults = append(faults, "a registration does not score as its answers")
		}
	}
	for id := range c.saved {
		if !there[id] {
			faults = append(faults, "a registration was acknowledged and is not there")
		}
	}
	if n := e.Summaries.Mapping["phq9"].Count; n != len(e.Mappings) {
		faults = append(faults, fmt.Sprintf("the summary counts %d of %d", n, len(e.Mappings)))
	}
	return faults
}

// audit logs in and compares, sends again what was not acknowledged, and
// compares once more. It reports whether that had been saved before.
func (c *client) audit() (had bool, faults []string) {
	defer c.http.CloseIdleConnections()
	if err := c.enter(); err != nil {
		return false, []string{err.Error()}
	}
	before, err := c.export()
	if err != nil {
		return false, []string{err.Error()}
	}
	faults = c.compare(before)
	if c.open != nil {
		if a, err := c.save(); err != nil || c.open != nil {
			return false, append(faults, fmt.Sprintf("sending once more answered %d, %v", a.status, err))
		}
	}
	after, err := c.export()
	if err != nil {
		return false, append(faults, err.Error())
	}
	return len(before.Mappings) == len(c.saved), append(faults, c.compare(after)...)
}

// audit has every client compare; it counts what had been sent without an
// answer, and how much of it was there.
func audit(t *testing.T, clients []*client) (unanswered, kept int) {
	t.Helper()
	for _, c := range clients {
		open := c.open != nil
		had, faults := c.audit()
		for _, f := range faults {
			t.Error(f)
		}
		if open {
			unanswered++
		}
		if open && had {
			kept++
		}
	}
	return unanswered, kept
}

// together runs fn for every client at the same time and reports its errors.
func together(t *testing.T, clients []*client, fn func(c *client) error) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() {
			if err := fn(c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// entries is how many registrations stand in the ledgers.
func entries(clients []*client) (n int) {
	for _, c := range clients {
		n += len(c.saved)
	}
	return n
}

// TestWhatIsLostOrHalfIsFound is the control: a registration that is deleted
// behind the ledger's back, and exports that were tampered with.
func TestWhatIsLostOrHalfIsFound(t *testing.T) {
	in := install(t, settings{})
	c := in.clients(1)[0]
	s := in.start()
	check(t, c.enter())
	check(t, c.untilGone(3, func() {}))
	whole, err := c.export()
	check(t, err)
	if faults := c.compare(whole); faults != nil {
		t.Fatalf("an export that is whole: %q", faults)
	}
	last := whole.Mappings[len(whole.Mappings)-1].ID
	if a, err := c.post("/me/registrations/"+last+"/delete", url.Values{}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("deleting answered %d, %v", a.status, err)
	}
	if _, faults := c.audit(); !slices.Contains(faults, "a registration was acknowledged and is not there") {
		t.Errorf("the loss was not found: %q", faults)
	}
	s.stop()
	for name, tamper := range map[string]func(e *web.Everything){
		"lost":        func(e *web.Everything) { e.Mappings = e.Mappings[1:] },
		"twice":       func(e *web.Everything) { e.Mappings = append(e.Mappings, e.Mappings[0]) },
		"not sent":    func(e *web.Everything) { e.Mappings[0].ID = "another" },
		"other score": func(e *web.Everything) { e.Mappings[0].Score++ },
		"other answer": func(e *web.Everything) {
			e.Mappings[0].Answers = newForm().answers
			e.Mappings[0].Score = in.phq9.Score(e.Mappings[0].Answers).Score
		},
	} {
		e := whole
		e.Mappings = slices.Clone(whole.Mappings)
		if tamper(&e); c.compare(e) == nil {
			t.Errorf("%s: it was not found", name)
		}
	}
}
