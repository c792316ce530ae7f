package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const answers = "q1=1&q2=1&q3=1&q4=1&q5=1&q6=1&q7=1&q8=1&q9=0&q10=1"

// saving builds the requests, those of one account after those of another.
func saving(cookies []string) func(client, n int) []byte {
	requests := make([][]byte, len(cookies))
	for i, c := range cookies {
		requests[i] = post("/me/mapping/phq9", c, answers)
	}
	var next atomic.Int64
	return func(int, int) []byte { return requests[int(next.Add(1))%len(requests)] }
}

// ready starts a server on a world and logs clients in.
func (b *bench) ready(w *world, clients int) (*server, []string, error) {
	s, err := b.start(w)
	if err != nil {
		return s, nil, err
	}
	cookies, err := w.enterAll(s, clients)
	return s, cookies, err
}

func (b *bench) small() (*world, error) {
	return b.world("small", size{accounts: keptCodes, businesses: []int{500}})
}

func (b *bench) big() (*world, error) {
	return b.world("large", size{accounts: b.large, businesses: []int{10_000}})
}

// P1: registrations saved over HTTP against bbolt with the plainest group
// commit of the same keys and bytes.
func saveUnderLoad(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	hold, err := w.content()
	if err != nil {
		return nil, err
	}
	s, cookies, err := b.ready(w, keptCodes)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	bare, err := b.reference("saver", hold.env())
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	var rows []row
	for _, c := range []struct {
		clients int
		goal    float64
	}{{16, 0.85}, {64, 0.75}, {256, 0.50}} {
		raw, err := b.saveAgainstRaw(s, hold, cookies, c.clients, c.goal)
		if err != nil {
			return rows, err
		}
		floor, err := b.saveAgainstBare(s, bare, cookies, c.clients)
		if err != nil {
			return rows, err
		}
		rows = append(rows, raw, floor)
	}
	return rows, nil
}

// saveAgainstBare shows what saving costs over HTTP without a session, an
// account and a seal.
func (b *bench) saveAgainstBare(s, bare *server, cookies []string, clients int) (row, error) {
	var ratios []float64
	var ours, theirs load
	var err error
	same := post("/", "", answers)
	for range b.rounds {
		if theirs, err = drive(bare, clients, 1.5, 303, func(int, int) []byte { return same }); err != nil {
			return row{}, err
		}
		if ours, err = drive(s, clients, 1.5, 303, saving(cookies)); err != nil {
			return row{}, err
		}
		ratios = append(ratios, ours.cpuEach()/theirs.cpuEach())
	}
	return row{
		what: "  of it HTTP and bbolt alone", reference: fmt.Sprintf("%.0f/s, %.0f µs CPU", theirs.perSecond(), theirs.cpuEach()),
		ours: fmt.Sprintf("%.0f/s, %.0f µs CPU", ours.perSecond(), ours.cpuEach()), ratio: fmt.Sprintf("%.2fx CPU", median(ratios)), met: shown,
	}, nil
}

// saveAgainstRaw lets the sides take turns. The client takes as much of a small
// machine as the server, so what decides is the rate that the server's CPU allows
// without it. That is only true on a machine that does nothing else.
func (b *bench) saveAgainstRaw(s *server, hold held, cookies []string, clients int, goal float64) (row, error) {
	raw, err := openRaw(b.dir, hold)
	if err != nil {
		return row{}, err
	}
	defer raw.close()
	var wall, able []float64
	var ours load
	var theirs float64
	for range b.rounds {
		if theirs, err = raw.crowd(clients, 1500*time.Millisecond); err != nil {
			return row{}, err
		}
		if ours, err = drive(s, clients, 1.5, 303, saving(cookies)); err != nil {
			return row{}, err
		}
		wall = append(wall, ours.perSecond()/theirs)
		able = append(able, max(ours.perSecond(), float64(runtime.NumCPU())*1e6/ours.cpuEach())/theirs)
	}
	return row{
		what:      fmt.Sprintf("save a registration, durable, %d clients", clients),
		reference: fmt.Sprintf("bbolt %.0f/s", theirs),
		ours:      fmt.Sprintf("%.0f/s, %.0f µs CPU", ours.perSecond(), ours.cpuEach()),
		ratio:     fmt.Sprintf("%.2f, by CPU %.2f", median(wall), median(able)),
		goal:      fmt.Sprintf(">= %.2f", goal),
		met:       atLeast(max(median(wall), median(able)), goal),
	}, nil
}

// crowd saves from many goroutines for a while and returns the rate.
func (r *rawStore) crowd(clients int, length time.Duration) (perSecond float64, err error) {
	var mu sync.Mutex
	total, began := 0, time.Now()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			n := 0
			var failed error
			for ; failed == nil && time.Since(began) < length; n++ {
				failed = r.save(r.registration())
			}
			mu.Lock()
			defer mu.Unlock()
			total += n
			if failed != nil {
				err = failed
			}
		})
	}
	wg.Wait()
	return float64(total) / time.Since(began).Seconds(), err
}

// P4: one lone user.
func saveAlone(b *bench) ([]row, error) {
	w, err := b.small()
	if err != nil {
		return nil, err
	}
	hold, err := w.content()
	if err != nil {
		return nil, err
	}
	s, cookies, err := b.ready(w, keptCodes)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	raw, err := openRaw(b.dir, hold)
	if err != nil {
		return nil, err
	}
	defer raw.close()
	bare, err := b.reference("saver", hold.env())
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	var ratios, floors []float64
	var ours, least load
	var theirs float64
	same := post("/", "", answers)
	for range 2*b.rounds + 1 {
		if theirs, err = raw.alone(300); err != nil {
			return nil, err
		}
		if ours, err = drive(s, 1, 1, 303, saving(cookies)); err != nil {
			return nil, err
		}
		if least, err = drive(bare, 1, 1, 303, func(int, int) []byte { return same }); err != nil {
			return nil, err
		}
		ratios, floors = append(ratios, ours.p50/theirs), append(floors, ours.p50/least.p50)
	}
	return []row{{
		what: "one lone user saves, p50", reference: fmt.Sprintf("bbolt %.2f ms", theirs*1e3),
		ours: fmt.Sprintf("%.2f ms", ours.p50*1e3), ratio: fmt.Sprintf("%.2fx", median(ratios)), goal: "<= 1.3x",
		met: atMost(median(ratios), 1.3),
	}, {
		what: "  of it HTTP and bbolt alone", reference: fmt.Sprintf("%.2f ms", least.p50*1e3),
		ours: fmt.Sprintf("%.2f ms", ours.p50*1e3), ratio: fmt.Sprintf("%.2fx", median(floors)), met: shown,
	}}, nil
}

// alone saves one after the other and returns the median time in seconds.
func (r *rawStore) alone(count int) (float64, error) {
	var times []float64
	for range count {
		p, began := r.registration(), time.Now()
		if err := r.save(p); err != nil {
			return 0, err
		}
		times = append(times, time.Since(began).Seconds())
	}
	return median(times), nil
}

// P5: CPU of a registration among many accounts against among few.
func saveGrowth(b *bench) ([]row, error) {
	small, err := b.small()
	if err != nil {
		return nil, err
	}
	large, err := b.big()
	if err != nil {
		return nil, err
	}
	var ratios []float64
	var few, many load
	var profile string
	for range b.rounds {
		if few, _, err = b.saveSome(small); err != nil {
			return nil, err
		}
		if many, profile, err = b.saveSome(large); err != nil {
			return nil, err
		}
		ratios = append(ratios, many.cpuEach()/few.cpuEach())
	}
	return []row{{
		what: fmt.Sprintf("CPU of a registration at %d accounts", b.large), reference: fmt.Sprintf("at %d: %.0f µs", keptCodes, few.cpuEach()),
		ours: fmt.Sprintf("%.0f µs", many.cpuEach()), ratio: fmt.Sprintf("%.2fx", median(ratios)), goal: "<= 1.3x",
		met: atMost(median(ratios), 1.3), profile: largest(profile),
	}}, nil
}

func (b *bench) saveSome(w *world) (load, string, error) {
	s, cookies, err := b.ready(w, keptCodes)
	if err != nil {
		return load{}, "", err
	}
	defer s.stop()
	l, err := drive(s, 16, 2, 303, saving(cookies))
	return l, s.profile, err
}
