package main

import (
	"fmt"
	"slices"
	"strings"

	"selvhjelp/pkg/accesscode"
)

// P8: logins with a code against the same login written by hand, and against a
// login with a password; and that codes that open nothing cost alike. What an
// answer costs that does nothing for it, and how near to that the login by hand
// comes, are shown: nobody who derives, opens, seals and stores comes nearer.
func logins(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	hold, err := w.content()
	if err != nil {
		return nil, err
	}
	s, err := b.start(w)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if _, err := w.enterAll(s, keptCodes); err != nil { // the first login of a month and of a visit writes, those that follow do not
		return nil, err
	}
	login := func(c, n int) []byte {
		return post("/login", "", "code="+w.codes[(c+n*64)%len(w.codes)].Grouped())
	}
	pocket, err := b.againstPassword(s, login) // first, as long as there are no more sessions than a service has
	if err != nil {
		return nil, err
	}
	rows, err := b.againstHand(s, hold, login)
	if err != nil {
		return rows, err
	}
	alike, err := b.refusals(s, w)
	return append(rows, pocket, alike), err
}

// againstHand compares logins with those by hand, and both with an answer alone that
// has the same head.
func (b *bench) againstHand(s *server, hold held, login func(c, n int) []byte) (rows []row, err error) {
	lines, err := head(s, login(0, 0))
	if err != nil {
		return nil, err
	}
	hand, err := b.reference("by hand", headersOf+"="+withoutCookie(lines), hold.env())
	if err != nil {
		return nil, err
	}
	defer hand.stop()
	bare, err := b.reference("fiber", headersOf+"="+lines)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	byHand := func(c, n int) []byte { return post("/", "", "code="+handCode((c+n*64)%keptCodes)) }
	alone := post("/", "", "code="+handCode(0))
	for _, c := range []struct {
		what        string
		s, against  *server
		ours, other func(c, n int) []byte
		goal        float64
	}{
		{"login within a visit, 64 clients", s, hand, login, byHand, 0.75},
		{"  against an answer alone", s, bare, login, func(int, int) []byte { return alone }, 0},
		{"  the same by hand against it", hand, bare, byHand, func(int, int) []byte { return alone }, 0},
	} {
		r, err := b.against(c.s, c.against, c.what, c.goal, c.ours, c.other, 303)
		if err != nil {
			return rows, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// withoutCookie leaves out the line that sets a cookie, which is another each time.
func withoutCookie(lines string) (kept string) {
	for line := range strings.Lines(lines) {
		if !strings.HasPrefix(line, string(cookieHeader)) {
			kept += line
		}
	}
	return kept
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
	var ratios []float64
	var theirs, ours load
	for range b.rounds {
		if theirs, err = drive(pocket, 4, 2, 200, func(int, int) []byte { return request }); err != nil {
			return row{}, err
		}
		if ours, err = drive(s, 64, 1, 303, login); err != nil {
			return row{}, err
		}
		ratios = append(ratios, theirs.cpuEach()/ours.cpuEach())
	}
	return row{
		what: "login with a code, CPU", reference: fmt.Sprintf("PocketBase %.0f µs", theirs.cpuEach()),
		ours: fmt.Sprintf("%.0f µs", ours.cpuEach()), ratio: fmt.Sprintf("%.0fx", median(ratios)), goal: ">= 1000x", met: atLeast(median(ratios), 1000),
	}, nil
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
