package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"selvhjelp/pkg/accesscode"
)

// P8: logins with a code against a bare post of the same size, and against a
// login with a password; and that codes that open nothing cost alike.
func logins(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	s, err := b.start(w)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	bare, err := b.reference("fiber")
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	if _, err := w.enterAll(s, keptCodes); err != nil { // the first login of a month and of a visit writes, those that follow do not
		return nil, err
	}
	login := func(c, n int) []byte {
		return post("/login", "", "code="+w.codes[(c+n*64)%len(w.codes)].Grouped())
	}
	same := post("/", "", "code="+w.codes[0].Grouped())
	rows, err := b.against(s, bare, "login within a visit, 64 clients", 0.45, login, func(int, int) []byte { return same }, 303, 303)
	if err != nil {
		return rows, err
	}
	pocket, err := b.againstPassword(s, login)
	if err != nil {
		return rows, err
	}
	alike, err := b.refusals(s, w)
	return append(rows, pocket, alike), err
}

// against compares the rates of two servers under 64 clients, and their CPU
// where it decides.
func (b *bench) against(s, reference *server, what string, goal float64, ours, theirs func(c, n int) []byte, want, wantTheirs int) ([]row, error) {
	var wall, cpu []float64
	var mine, other load
	var err error
	for range b.rounds {
		if other, err = drive(reference, 64, 1.5, wantTheirs, theirs); err != nil {
			return nil, err
		}
		if mine, err = drive(s, 64, 1.5, want, ours); err != nil {
			return nil, err
		}
		wall = append(wall, mine.perSecond()/other.perSecond())
		cpu = append(cpu, other.cpuEach()/mine.cpuEach())
	}
	return []row{{
		what: what, reference: fmt.Sprintf("fiber %.0f/s, %.0f µs", other.perSecond(), other.cpuEach()),
		ours:  fmt.Sprintf("%.0f/s, %.0f µs", mine.perSecond(), mine.cpuEach()),
		ratio: fmt.Sprintf("%.2f, by CPU %.2f", median(wall), median(cpu)), goal: fmt.Sprintf(">= %.2f", goal),
		met: atLeast(max(median(wall), median(cpu)), goal),
	}}, nil
}

// againstPassword compares the server's CPU of a login with that of PocketBase.
func (b *bench) againstPassword(s *server, login func(c, n int) []byte) (row, error) {
	pocket, err := b.reference("pocketbase")
	if err != nil {
		return row{}, err
	}
	defer pocket.stop()
	body := fmt.Sprintf(`{"identity":%q,"password":%q}`, pocketEmail, pocketPassword)
	request := []byte(strings.Replace(string(post("/api/collections/_superusers/auth-with-password", "", body)), "application/x-www-form-urlencoded", "application/json", 1))
	theirs, err := drive(pocket, 4, 3, 200, func(int, int) []byte { return request })
	if err != nil {
		return row{}, err
	}
	ours, err := drive(s, 64, 1.5, 303, login)
	ratio := theirs.cpuEach() / ours.cpuEach()
	return row{
		what: "login with a code, CPU", reference: fmt.Sprintf("PocketBase %.0f µs", theirs.cpuEach()),
		ours: fmt.Sprintf("%.0f µs", ours.cpuEach()), ratio: fmt.Sprintf("%.0fx", ratio), goal: ">= 1000x", met: atLeast(ratio, 1000),
	}, err
}

// refusals compares the CPU of codes that open nothing, each kind one code over
// and over: what differs is the kind alone. The kinds take turns several times a
// second, each round begins with another, and each is measured against the mean
// of its own round. Each request comes from an address of its own, so that no
// limit cuts it short.
func (b *bench) refusals(s *server, w *world) (row, error) {
	codes := []accesscode.Code{accesscode.New(), w.retired, w.deleted}
	shares, costs := make([][]float64, len(codes)), make([][]float64, len(codes))
	for round := range 8*b.rounds + 12 {
		each, sum := make([]float64, len(codes)), 0.0
		for i := range codes {
			kind := (round + i) % len(codes)
			l, err := drive(s, 16, 0.25, 401, func(c, n int) []byte {
				from := fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d", c, n/250%250, n%250)
				return post("/login", "", "code="+codes[kind].Grouped(), from)
			})
			if err != nil {
				return row{}, err
			}
			each[kind] = l.cpuEach()
			sum += each[kind]
		}
		for kind, cost := range each {
			costs[kind] = append(costs[kind], cost)
			shares[kind] = append(shares[kind], cost*float64(len(codes))/sum)
		}
	}
	var all []float64
	var shownCosts []string
	for kind := range codes {
		all = append(all, median(shares[kind]))
		shownCosts = append(shownCosts, fmt.Sprintf("%.0f", median(costs[kind])))
	}
	apart := (slices.Max(all)/slices.Min(all) - 1) * 100
	return row{
		what: "unknown, retired and deleted codes, CPU", reference: "one another", ours: strings.Join(shownCosts, " / ") + " µs",
		ratio: fmt.Sprintf("%.1f %% apart", apart), goal: "<= 5 %", met: atMost(apart, 5),
	}, nil
}

// P9: the start page against the same number of bytes.
func startPage(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	s, cookies, err := b.ready(w, 64)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	bare, err := b.reference("fiber")
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	length, err := pageLength(s, get("/me", cookies[0]))
	if err != nil {
		return nil, err
	}
	pages := make([][]byte, len(cookies))
	for i, c := range cookies {
		pages[i] = get("/me", c)
	}
	same := get(fmt.Sprintf("/%d", length), "")
	rows, err := b.against(s, bare, fmt.Sprintf("start page of %d bytes, 64 clients", length), 0.25,
		func(c, _ int) []byte { return pages[c] }, func(int, int) []byte { return same }, 200, 200)
	if err != nil {
		return rows, err
	}
	made, err := b.allocations("Requests/start_page")
	return append(rows, made), err
}

// allocations are those of one request, by a benchmark of package web.
func (b *bench) allocations(name string) (row, error) {
	c := exec.CommandContext(b.ctx, "go", "test", "./pkg/web", "-run=^$", "-bench="+name, "-benchtime=2000x", "-benchmem")
	c.Dir = "../.."
	out, err := c.Output()
	if err != nil {
		return row{}, fmt.Errorf("%s: %w", name, err)
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 8 && f[7] == "allocs/op" {
			return row{what: "  allocations of one, with a service connected", ours: f[6] + ", " + f[4] + " B", met: shown}, nil
		}
	}
	return row{}, fmt.Errorf("%s: no result", name)
}

func pageLength(s *server, request []byte) (int, error) {
	c, err := dial(s.address)
	if err != nil {
		return 0, err
	}
	defer c.conn.Close()
	a, err := c.do(request, true)
	if err == nil && a.status != 200 {
		err = fmt.Errorf("status %d", a.status)
	}
	return len(a.body), err
}

// P10: the overview of a professional.
func overviews(b *bench) ([]row, error) {
	small, err := b.small()
	if err != nil {
		return nil, err
	}
	large, err := b.big()
	if err != nil {
		return nil, err
	}
	bare, err := b.reference("fiber")
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	var rows []row
	for _, c := range []struct {
		w     *world
		codes int
	}{{small, 500}, {large, 10_000}} {
		r, err := b.overview(c.w, bare, c.codes)
		if err != nil {
			return rows, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (b *bench) overview(w *world, bare *server, codes int) (row, error) {
	s, err := b.start(w)
	if err != nil {
		return row{}, err
	}
	cookie, err := w.employees[codes].enter(s)
	if err != nil {
		s.stop()
		return row{}, err
	}
	page := get("/pro?all=1", cookie)
	length, err := pageLength(s, page)
	if err != nil {
		s.stop()
		return row{}, err
	}
	same := get(fmt.Sprintf("/%d", length), "")
	var ratios []float64
	var ours, theirs load
	for range b.rounds {
		if theirs, err = drive(bare, 1, 1.5, 200, func(int, int) []byte { return same }); err != nil {
			break
		}
		if ours, err = drive(s, 1, 2, 200, func(int, int) []byte { return page }); err != nil {
			break
		}
		ratios = append(ratios, ours.cpuEach()/theirs.cpuEach())
	}
	s.stop()
	if err != nil {
		return row{}, err
	}
	return row{
		what: fmt.Sprintf("overview of %d codes, half shared, %d kB", codes, length/1000), reference: fmt.Sprintf("fiber %.0f µs CPU", theirs.cpuEach()),
		ours: fmt.Sprintf("%.0f µs, p50 %.0f ms", ours.cpuEach(), ours.p50*1e3), ratio: fmt.Sprintf("%.0fx CPU", median(ratios)), goal: "aim <= 10x",
		met: shown, profile: largest(s.profile),
	}, nil
}
