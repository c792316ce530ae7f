package overview_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// BenchmarkOverview opens an overview of 500 references that are all shared,
// with a summary each: when the business sees the grants for the first time,
// and once it has adopted them. They take turns; the median of the ratios says
// what adopting saves.
func BenchmarkOverview(b *testing.B) {
	const grants = 500
	c := build(b)
	for n := range grants {
		c.save(c.sharer(fmt.Sprintf("R%05d", n), vault.Mapping), now, n%28)
	}
	_, stale := c.rows(now)
	if len(stale) != grants {
		b.Fatalf("%d grants to adopt", len(stale))
	}
	fresh := c.snapshot(stale)
	c.adopt(stale)
	adopted := c.snapshot(stale)
	b.ReportAllocs()
	var first, then []time.Duration
	var ratios []float64
	for b.Loop() {
		c.restore(fresh)
		first = append(first, c.opens())
		c.restore(adopted)
		then = append(then, c.opens())
		ratios = append(ratios, first[len(first)-1].Seconds()/then[len(then)-1].Seconds())
	}
	slices.Sort(first)
	slices.Sort(then)
	slices.Sort(ratios)
	b.ReportMetric(float64(first[len(first)/2].Nanoseconds())/grants, "ns/grant-unadopted")
	b.ReportMetric(float64(then[len(then)/2].Nanoseconds())/grants, "ns/grant-adopted")
	b.ReportMetric(ratios[len(ratios)/2], "unadopted/adopted")
}

// opens is the time that one overview takes.
func (c *clinic) opens() time.Duration {
	begun := time.Now()
	c.rows(now)
	return time.Since(begun)
}

// snapshot keeps the records of grants as they are.
func (c *clinic) snapshot(list []consent.Opened) map[string][]byte {
	out := map[string][]byte{}
	c.View(c.t, func(r store.Reader) error {
		for _, o := range list {
			value, err := r.Get("grant", o.ID)
			if err != nil {
				return err
			}
			out[string(o.ID)] = slices.Clone(value)
		}
		return nil
	})
	return out
}

// restore puts the records of grants back.
func (c *clinic) restore(records map[string][]byte) {
	c.Update(c.t, func(tx store.Tx) error {
		for key, value := range records {
			if err := tx.Put("grant", []byte(key), value); err != nil {
				return err
			}
		}
		return nil
	})
}
