package bolt

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"selvhjelp/store"
)

// BenchmarkUpdate saves small records under random keys, synced, from 1, 16
// and 64 goroutines, and does the same with bbolt alone and the plainest group
// commit. They take turns, so that a busy disk hits both; the median of the
// rounds' ratios is what counts (above 1 is slower than bbolt alone).
func BenchmarkUpdate(b *testing.B) {
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			db, err := Open(filepath.Join(b.TempDir(), "db"), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			r := newRaw(b)
			defer r.close()
			ours := func(key, value []byte) error {
				return db.Update(b.Context(), func(tx store.Tx) error { return tx.Put("b", key, value) })
			}
			var ratios []float64
			for b.Loop() {
				ratios = append(ratios, round(b, clients, ours)/round(b, clients, r.put))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ours/raw")
		})
	}
}

// round has every client save 20 records of 300 bytes, and takes the time.
func round(b *testing.B, clients int, put func(key, value []byte) error) (seconds float64) {
	start := time.Now()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range 20 {
				key, value := make([]byte, 16), make([]byte, 300)
				rand.Read(key)
				if err := put(key, value); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start).Seconds()
}

// raw is the reference: one goroutine writes what has gathered meanwhile.
type raw struct {
	db    *bbolt.DB
	queue chan rawPut
}

type rawPut struct {
	key, value []byte
	done       chan error
}

func newRaw(b *testing.B) *raw {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "db"), 0o600, Options{}.bbolt())
	if err != nil {
		b.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("b"))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	r := &raw{db, make(chan rawPut, 256)}
	go r.run()
	return r
}

func (r *raw) put(key, value []byte) error {
	done := make(chan error, 1)
	r.queue <- rawPut{key, value, done}
	return <-done
}

func (r *raw) run() {
	for first := range r.queue {
		group := []rawPut{first}
		for range len(r.queue) {
			group = append(group, <-r.queue)
		}
		err := r.db.Update(func(tx *bbolt.Tx) error {
			bucket := tx.Bucket([]byte("b"))
			for _, p := range group {
				if err := bucket.Put(p.key, p.value); err != nil {
					return err
				}
			}
			return nil
		})
		for _, p := range group {
			p.done <- err
		}
	}
}

func (r *raw) close() {
	close(r.queue)
	r.db.Close()
}
