package consent_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// day is the model's own count of days.
func day(t time.Time) int { return int(t.Unix() / 86400) }

// model is what should be true of one account and one business.
type model struct {
	ends     int // days from the last "yes" to the end
	shared   map[string]bool
	from     int
	mappings map[string]int  // by tool
	apart    map[string]bool // tools that are shared by themselves
	moving   bool            // their records, or those of what was joined, are not all where they belong
	wasOver  bool            // the clock had run out at a write, or at a sweep
}

// over reports whether nothing is shared now.
func (m *model) over(now time.Time) bool {
	return len(m.shared) == 0 || m.wasOver || day(now) >= m.from+m.ends
}

// settle makes an end last, also if the clock is then set back.
func (m *model) settle(now time.Time) {
	if m.over(now) {
		m.shared, m.wasOver = map[string]bool{}, false
	}
}

// machine is the model beside the real thing.
type machine struct {
	w     *domaintest.World
	h     house
	a     *vault.Account
	now   time.Time
	model model
	look  func(store.Reader, *vault.Service, time.Time) (consent.State, error)
	held  vault.Scope // every key the business has ever held
}

func newMachine(t *rapid.T, w *domaintest.World) *machine {
	h := newHouse(t, w)
	return &machine{w: w, h: h, a: newUser(t, w, 1, h), now: now, look: consent.Look,
		model: model{ends: 182, shared: map[string]bool{}, mappings: map[string]int{"phq9": 1}, apart: map[string]bool{}}}
}

func (m *machine) service() *vault.Service { return consent.Service(m.a, m.h.ID) }

// wait goes to an edge of the clock, a nanosecond beside it, or anywhere.
func (m *machine) wait(t *rapid.T) {
	start := time.Unix(int64(m.model.from)*86400, 0).UTC()
	if m.model.from == 0 {
		start = now
	}
	edge := rapid.SampledFrom([]int{0, 1, 153, 154, 174, 175, 181, 182, 22 * 7, 26 * 7, 40 * 7}).Draw(t, "day")
	beside := rapid.SampledFrom([]time.Duration{-1, 0, 1, 12 * time.Hour}).Draw(t, "beside")
	m.now = start.AddDate(0, 0, edge).Add(beside) // may set the clock back
}

func (m *machine) share(t *rapid.T) {
	category := rapid.SampledFrom(append(m.model.categories(), vault.Mapping, vault.Activity)).Draw(t, "category")
	share(t, m.w, m.a, m.h, m.now, category)
	if m.model.settle(m.now); len(m.model.shared) == 0 {
		m.model.from = day(m.now)
	}
	m.model.shared[category] = true
}

func (m *machine) renew(t *rapid.T) {
	err := m.w.Store.Update(context.Background(), func(tx store.Tx) error { return consent.Renew(tx, m.service(), m.now) })
	if m.model.over(m.now) != errors.Is(err, consent.ErrNothing) {
		t.Fatal("a yes was answered with ", err)
	}
	if err == nil {
		m.model.from = day(m.now)
	}
}

func (m *machine) withdraw(t *rapid.T) {
	categories := rapid.SampledFrom([][]string{nil, {vault.Mapping}, {vault.Activity}, m.model.categories()}).Draw(t, "categories")
	err := m.w.Store.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(consent.Withdraw(tx, m.a, m.h.Business, m.service(), categories, m.now), m.a.Save(tx))
	})
	if m.model.over(m.now) != errors.Is(err, consent.ErrNothing) {
		t.Fatal("withdrawing was answered with ", err)
	}
	if err != nil {
		return
	}
	for c := range m.model.shared {
		if len(categories) == 0 || slices.Contains(categories, c) {
			delete(m.model.shared, c)
		}
	}
}

// write saves a mapping and sees that it is closed to what was held before.
func (m *machine) write(t *rapid.T) {
	m.model.settle(m.now)
	before, _ := reads(t, m.w, m.held)
	tool := rapid.SampledFrom(tools).Draw(t, "tool")
	writeWith(t, m.w, m.a, tool, m.now)
	m.model.mappings[tool]++
	if after, _ := reads(t, m.w, m.held); !m.model.shares(tool) && after > before {
		t.Fatal("keys that were held once open what was written after the end")
	}
}

// sweep runs the job; nothing may rely on it.
func (m *machine) sweep(t *rapid.T) {
	sweep(t, m.w, m.now)
	m.model.wasOver = m.model.over(m.now)
}

// check compares both sides, and gives the business what it may hold.
func (m *machine) check(t *rapid.T) {
	var st consent.State
	m.w.View(t, func(r store.Reader) (err error) { st, err = m.look(r, m.service(), m.now); return err })
	over, days := m.model.over(m.now), day(m.now)-m.model.from
	if st.Shared == over || st.Ask != (!over && days >= 154) || st.Insist != (!over && days >= 175) {
		t.Fatalf("day %d: %+v, over %v", days, st, over)
	}
	all := opened(t, m.w, m.h, m.now)
	if len(all) != map[bool]int{false: 1}[over] {
		t.Fatalf("day %d: the business opens %d grants", days, len(all))
	}
	for _, o := range all {
		m.checkGrant(t, o)
	}
	m.checkHeld(t)
}

func (m *machine) checkGrant(t *rapid.T, o consent.Opened) {
	m.checkTools(t, o)
	if _, visits := reads(t, m.w, o.Scope); (visits > 0) != m.model.shared[vault.Activity] {
		t.Fatalf("reads %d visits; shared %v", visits, m.model.shared)
	}
	if o.From != deadline.Day(m.model.from) || o.LastDay != o.From+181 {
		t.Fatalf("from %v to %v", o.From, o.LastDay)
	}
	m.held = vault.NewScope(m.w.Ring, m.a.ID, append(m.held.Openers, o.Scope.Openers...))
	if len(m.held.Openers) > 64 {
		m.held.Openers = m.held.Openers[32:]
	}
}

// reopen is another session's login.
func (m *machine) reopen(t *rapid.T) {
	m.w.View(t, func(r store.Reader) (err error) { m.a, err = vault.Open(r, m.w.Ring, m.a.ID, m.a.Master); return err })
}

func (m *machine) run(t *rapid.T) {
	m.held = vault.NewScope(m.w.Ring, m.a.ID, nil)
	t.Repeat(map[string]func(*rapid.T){
		"":         m.check,
		"wait":     m.wait,
		"share":    m.share,
		"yes":      m.renew,
		"withdraw": m.withdraw,
		"write":    m.write,
		"sweep":    m.sweep,
		"split":    m.split,
		"join":     m.join,
		"reseal":   func(t *rapid.T) { reseal(t, m.w, m.a) },
		"login":    m.reopen,
	})
}

func TestTheClockHoldsWhateverHappens(t *testing.T) {
	w := domaintest.Open(t)
	rapid.Check(t, func(t *rapid.T) { newMachine(t, w).run(t) })
}

func TestAClockThatIsADayWrongIsFound(t *testing.T) {
	w := domaintest.Open(t)
	for _, ends := range []int{181, 183} {
		domaintest.Finds(t, func(t *rapid.T) {
			m := newMachine(t, w)
			m.model.ends = ends
			m.run(t)
		})
	}
}

func TestALookThatTrustsTheJobIsFound(t *testing.T) {
	w := domaintest.Open(t)
	domaintest.Finds(t, func(t *rapid.T) {
		m := newMachine(t, w)
		m.look = trustsTheJob
		m.run(t)
	})
}

// trustsTheJob takes a grant that is stored for one that is in force.
func trustsTheJob(r store.Reader, s *vault.Service, now time.Time) (consent.State, error) {
	st, err := consent.Look(r, s, now)
	if err != nil || st.From == 0 || st.Shared {
		return st, err
	}
	return consent.Look(r, s, st.From.Start())
}
