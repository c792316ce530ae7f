package main

import (
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gofiber/fiber/v2"
	"go.etcd.io/bbolt"
)

// bareSaver answers a post when it has saved what a registration writes, without
// a session, an account or a seal: what saving costs over HTTP at least.
func bareSaver(address string) error {
	hold, err := heldByEnv()
	if err != nil {
		return err
	}
	raw, err := openRaw(os.TempDir(), hold)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Post("/", func(c *fiber.Ctx) error {
		if err := raw.save(raw.registration()); err != nil {
			return err
		}
		return c.Redirect("/me", fiber.StatusSeeOther)
	})
	return app.Listen(address)
}

// The buckets that a saved registration writes into, and the length in bytes of the
// keys and of the sealed values there: a key of its own with a PHQ-9 or a visit, and
// the summary of a category, which is there already.
var (
	regBucket, sumBucket = []byte("reg"), []byte("sum")
	lengths              = map[string]struct{ key, value int }{"reg": {32, 4 + 12 + 256 + 16}, "sum": {16, 4 + 12 + 256 + 16}}
)

// pair is a record.
type pair struct{ bucket, key, value []byte }

// recordFor is one under a random key.
func recordFor(bucket []byte) pair {
	l := lengths[string(bucket)]
	return pair{bucket, random(l.key), random(l.value)}
}

// held is how many bytes of keys and values a store holds, by bucket.
type held struct{ reg, sum int64 }

func (h held) env() string { return fmt.Sprintf("%s=%d,%d", bytesOf, h.reg, h.sum) }

func heldByEnv() (h held, err error) {
	_, err = fmt.Sscanf(os.Getenv(bytesOf), "%d,%d", &h.reg, &h.sum)
	return h, err
}

// rawStore is bbolt with the plainest group commit: one goroutine writes what
// has gathered meanwhile.
type rawStore struct {
	db        *bbolt.DB
	queue     chan rawWrite
	summaries [][]byte // their keys
}

type rawWrite struct {
	pairs []pair
	done  chan error
}

// openRaw opens one that holds as much of the same records as ours: saving into an
// empty file is another thing than into one that is in use.
func openRaw(dir string, hold held) (*rawStore, error) {
	db, err := bbolt.Open(filepath.Join(dir, fmt.Sprintf("raw-%d.db", os.Getpid())), 0o600, &bbolt.Options{InitialMmapSize: 8 << 30, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	r := &rawStore{db: db, queue: make(chan rawWrite, 1024)}
	_, err1 := r.fill(regBucket, hold.reg)
	keys, err2 := r.fill(sumBucket, hold.sum)
	r.summaries = keys
	go r.run()
	return r, errors.Join(err1, err2, db.Sync())
}

// fill writes records into a bucket until they have so many bytes.
func (r *rawStore) fill(bucket []byte, bytes int64) (keys [][]byte, err error) {
	r.db.NoSync = true
	defer func() { r.db.NoSync = false }()
	for more := true; more && err == nil; {
		err = r.db.Update(func(tx *bbolt.Tx) error {
			if _, err := tx.CreateBucketIfNotExists(bucket); err != nil {
				return err
			}
			for n := 0; n < perUpdate && bytes > 0; n++ {
				p := recordFor(bucket)
				bytes -= int64(len(p.key) + len(p.value))
				keys = append(keys, p.key)
				if err := putAll(tx, []pair{p}); err != nil {
					return err
				}
			}
			more = bytes > 0
			return nil
		})
	}
	return keys, err
}

// registration is what one saved registration writes: a record of its own, and one
// of the summaries anew.
func (r *rawStore) registration() []pair {
	sum := recordFor(sumBucket)
	if len(r.summaries) > 0 {
		sum.key = r.summaries[mathrand.IntN(len(r.summaries))]
	}
	return []pair{recordFor(regBucket), sum}
}

// save waits until the pairs are durable.
func (r *rawStore) save(pairs []pair) error {
	done := make(chan error, 1)
	r.queue <- rawWrite{pairs, done}
	return <-done
}

func (r *rawStore) run() {
	for first := range r.queue {
		group := []rawWrite{first}
		for range len(r.queue) {
			group = append(group, <-r.queue)
		}
		err := r.db.Update(func(tx *bbolt.Tx) error {
			for _, w := range group {
				if err := putAll(tx, w.pairs); err != nil {
					return err
				}
			}
			return nil
		})
		for _, w := range group {
			w.done <- err
		}
	}
}

func putAll(tx *bbolt.Tx, pairs []pair) error {
	for _, p := range pairs {
		if err := tx.Bucket(p.bucket).Put(p.key, p.value); err != nil {
			return fmt.Errorf("raw: %w", err)
		}
	}
	return nil
}

func (r *rawStore) close() error {
	close(r.queue)
	return errors.Join(r.db.Close(), os.Remove(r.db.Path()))
}
