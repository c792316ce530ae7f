package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"selvhjelp/pkg/retention"
)

// P11: a sweep with 1,000 due among many accounts against among few.
func sweeps(b *bench) ([]row, error) {
	var ratios, idle []float64
	var few, many float64
	profile := filepath.Join(b.dir, "sweep.profile")
	for round := range b.rounds {
		var nothing float64
		var err error
		if few, _, err = b.sweep(fmt.Sprint("few", round), 2000, ""); err != nil {
			return nil, err
		}
		if many, nothing, err = b.sweep(fmt.Sprint("many", round), b.large, profile); err != nil {
			return nil, err
		}
		ratios, idle = append(ratios, many/few), append(idle, nothing)
	}
	return []row{{
		what: fmt.Sprintf("sweep with 1000 due among %d", b.large), reference: fmt.Sprintf("among 2000: %.0f ms", few*1e3),
		ours: fmt.Sprintf("%.0f ms", many*1e3), ratio: fmt.Sprintf("%.2fx", median(ratios)), goal: "<= 1.2x",
		met: atMost(median(ratios), 1.2), profile: largest(profile),
	}, {
		what: "sweep with nothing due", ours: fmt.Sprintf("%.2f ms", median(idle)*1e3), goal: "<= 1 ms", met: atMost(median(idle), 1e-3),
	}}, nil
}

// sweep seeds accounts of which 1,000 are due, and times what is due and a
// sweep after it, in seconds.
func (b *bench) sweep(name string, accounts int, profile string) (due, nothing float64, err error) {
	w, err := b.world(name, size{accounts: accounts, due: 1000})
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(w.dir)
	if err := w.open(false); err != nil {
		return 0, 0, err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return 0, 0, errors.Join(err, w.close())
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 0, 0, errors.Join(err, w.close())
		}
	}
	due, err = w.sweepOnce(b.ctx)
	pprof.StopCPUProfile()
	if err == nil {
		nothing, err = w.sweepOnce(b.ctx)
	}
	return due, nothing, errors.Join(err, w.close())
}

func (w *world) sweepOnce(ctx context.Context) (float64, error) {
	began := time.Now()
	_, err := retention.Sweeper{Store: w.usage, Ring: w.ring}.Sweep(ctx, w.now, true)
	return time.Since(began).Seconds(), err
}

// P12: from the start of the process to the first login answered.
func coldStart(b *bench) ([]row, error) {
	empty, err := b.world("empty", size{accounts: 1})
	if err != nil {
		return nil, err
	}
	large, err := b.big()
	if err != nil {
		return nil, err
	}
	var ratios []float64
	var few, many, killed float64
	for range b.rounds {
		if few, err = b.cold(empty, false); err != nil {
			return nil, err
		}
		if many, err = b.cold(large, true); err != nil {
			return nil, err
		}
		if killed, err = b.cold(large, false); err != nil {
			return nil, err
		}
		ratios = append(ratios, many/few)
	}
	return []row{{
		what: fmt.Sprintf("cold start at %d accounts to the first login", b.large), reference: fmt.Sprintf("empty %.0f ms", few*1e3),
		ours: fmt.Sprintf("%.0f ms", many*1e3), ratio: fmt.Sprintf("%.2fx", median(ratios)), goal: "<= 2x",
		met: atMost(median(ratios), 2), profile: largest(filepath.Join(large.dir, "cpu.profile")),
	}, {
		what: "the same after kill -9", ours: fmt.Sprintf("%.0f ms", killed*1e3), goal: "<= 2500 ms", met: atMost(killed, 2.5),
	}}, nil
}

// cold times a start, and kills the server or stops it.
func (b *bench) cold(w *world, kill bool) (float64, error) {
	began := time.Now()
	s, _, err := b.ready(w, 1)
	took := time.Since(began).Seconds()
	if s != nil && s.process != nil && kill {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
	} else if s != nil && s.process != nil {
		s.stop()
	}
	return took, err
}

// P13: memory that is the process's own.
func memory(b *bench) ([]row, error) {
	small, err := b.small()
	if err != nil {
		return nil, err
	}
	large, err := b.big()
	if err != nil {
		return nil, err
	}
	few, err := b.busy(small)
	if err != nil {
		return nil, err
	}
	many, err := b.busy(large)
	if err != nil {
		return nil, err
	}
	return []row{{
		what: fmt.Sprintf("memory at %d accounts, 64 mixed clients", b.large), reference: fmt.Sprintf("at %d: %.0f MiB", keptCodes, few),
		ours: fmt.Sprintf("%.0f MiB", many), ratio: fmt.Sprintf("+%.0f MiB", many-few), goal: "+8 MiB, <= 64 MiB",
		met: judge(many-few <= 8 && many <= 64), profile: largest(filepath.Join(large.dir, "cpu.profile")),
	}}, nil
}

// busy is the memory, in MiB, after a mixed load: six pages, three saves and a
// login in ten requests.
func (b *bench) busy(w *world) (float64, error) {
	s, cookies, err := b.ready(w, keptCodes)
	if err != nil {
		return 0, err
	}
	defer s.stop()
	save := saving(cookies)
	_, err = drive(s, 64, 3, 200, func(c, n int) []byte { return get("/me", cookies[c]) })
	if err == nil {
		_, err = drive(s, 64, 2, 303, func(c, n int) []byte {
			if n%4 == 0 {
				return post("/login", "", "code="+w.codes[c].Grouped())
			}
			return save(c, n)
		})
	}
	return s.resident(), err
}
