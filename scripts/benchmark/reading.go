package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// against compares the rates of two servers under 64 clients, and their CPU
// where it decides.
func (b *bench) against(s, reference *server, what string, goal float64, ours, theirs func(c, n int) []byte, want int) (row, error) {
	var wall, cpu []float64
	var mine, other load
	var err error
	for range b.rounds {
		if other, err = drive(reference, 64, 1.5, want, theirs); err != nil {
			return row{}, err
		}
		if mine, err = drive(s, 64, 1.5, want, ours); err != nil {
			return row{}, err
		}
		wall = append(wall, mine.perSecond()/other.perSecond())
		cpu = append(cpu, other.cpuEach()/mine.cpuEach())
	}
	r := row{
		what: what, reference: fmt.Sprintf("%s %.0f/s, %.0f µs", reference.name, other.perSecond(), other.cpuEach()),
		ours:  fmt.Sprintf("%.0f/s, %.0f µs", mine.perSecond(), mine.cpuEach()),
		ratio: fmt.Sprintf("%.2f, by CPU %.2f", median(wall), median(cpu)), met: shown,
	}
	if goal > 0 {
		r.goal, r.met = fmt.Sprintf(">= %.2f", goal), atLeast(max(median(wall), median(cpu)), goal)
	}
	return r, nil
}

// P9: the start page against the same bytes: as many in the body, and our head.
func startPage(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	hold, err := w.content()
	if err != nil {
		return nil, err
	}
	s, cookies, err := b.ready(w, 64)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	length, err := pageLength(s, get("/me", cookies[0]))
	if err != nil {
		return nil, err
	}
	lines, err := head(s, get("/me", cookies[0]))
	if err != nil {
		return nil, err
	}
	bare, err := b.reference("fiber", headersOf+"="+lines)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	pages := make([][]byte, len(cookies))
	for i, c := range cookies {
		pages[i] = get("/me", c)
	}
	same := get(fmt.Sprintf("/%d", length), "")
	page, err := b.against(s, bare, fmt.Sprintf("start page of %d bytes, 64 clients", length), 0.25,
		func(c, _ int) []byte { return pages[c] }, func(int, int) []byte { return same }, 200)
	if err != nil {
		return nil, err
	}
	floor, err := b.pagesByHand(bare, lines, length, hold)
	if err != nil {
		return []row{page}, err
	}
	made, err := b.allocations("Requests/start_page")
	return []row{page, floor, made}, err
}

// pagesByHand compares ready bytes for whom a session, an account and the summary of
// a category are opened by hand with the bytes alone.
func (b *bench) pagesByHand(bare *server, lines string, length int, hold held) (row, error) {
	hand, err := b.reference("by hand", headersOf+"="+lines, hold.env())
	if err != nil {
		return row{}, err
	}
	defer hand.stop()
	same := get(fmt.Sprintf("/%d", length), "")
	pages := make([][]byte, 64)
	for i := range pages {
		c, err := dial(hand.address)
		if err != nil {
			return row{}, err
		}
		a, err := c.do(post("/", "", "code="+handCode(i)), false)
		if err := errors.Join(err, c.conn.Close()); err != nil {
			return row{}, err
		}
		pages[i] = get(fmt.Sprintf("/%d", length), a.cookie)
	}
	return b.against(hand, bare, "  what it opens, by hand, and the bytes", 0,
		func(c, _ int) []byte { return pages[c] }, func(int, int) []byte { return same }, 200)
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
