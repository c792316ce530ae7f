package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/pocketbase/pocketbase"
	"go.etcd.io/bbolt"
)

// references are the servers that ours is compared with, each a process of its
// own so that its CPU can be told apart. What else they are told is in their
// environment.
var references = map[string]func(address string) error{
	"fiber":      bareFiber,
	"pocketbase": pocketBase,
	"saver":      bareSaver,
	"by hand":    servedByHand,
}

// headersOf is the variable with the head of the answer that a reference is to give
// byte for byte, line by line; bytesOf the one with the bytes that its store is to
// hold before it is measured.
const (
	headersOf = "BENCH_HEADERS"
	bytesOf   = "BENCH_BYTES"
)

// withHeaders has an app answer with the headers that it is told of.
func withHeaders(app *fiber.App) {
	var list [][2]string
	for line := range strings.Lines(os.Getenv(headersOf)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		list = append(list, [2]string{name, value})
	}
	app.Use(func(c *fiber.Ctx) error {
		for _, h := range list {
			c.Set(h[0], h[1])
		}
		return c.Next()
	})
}

// bareFiber answers a post with 303, and GET /N with N bytes.
func bareFiber(address string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	withHeaders(app)
	app.Post("/", func(c *fiber.Ctx) error { return c.Redirect("/me", fiber.StatusSeeOther) })
	app.Get("/:n", sendBytes)
	return app.Listen(address)
}

// ready are the bytes that references send.
var ready = bytes.Repeat([]byte("x"), 8<<20)

func sendBytes(c *fiber.Ctx) error {
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil || n < 0 || n > len(ready) {
		return fiber.ErrNotFound
	}
	return c.Send(ready[:n])
}

// The person who logs in at PocketBase.
const pocketEmail, pocketPassword = "someone@example.org", "a password of some length"

// pocketBase serves one user with a password.
func pocketBase(address string) error {
	dir, err := os.MkdirTemp("", "pocketbase-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, args := range [][]string{
		{"superuser", "upsert", pocketEmail, pocketPassword},
		{"serve", "--http", address},
	} {
		os.Args = append(append(os.Args[:1:1], args...), "--dir", filepath.Join(dir, "data"))
		if err := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true}).Start(); err != nil {
			return err
		}
	}
	return nil
}

// bareSaver answers a post when it has saved what a registration writes, without
// a session, an account or a seal: what saving costs over HTTP at least.
func bareSaver(address string) error {
	hold, err := strconv.ParseInt(os.Getenv(bytesOf), 10, 64)
	if err != nil {
		return err
	}
	raw, err := openRaw(os.TempDir(), hold)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Post("/", func(c *fiber.Ctx) error {
		if err := raw.save(pairs()); err != nil {
			return err
		}
		return c.Redirect("/me", fiber.StatusSeeOther)
	})
	return app.Listen(address)
}

// pair is what one saved registration writes.
type pair struct{ key, value []byte }

// rawStore is bbolt with the plainest group commit: one goroutine writes what
// has gathered meanwhile.
type rawStore struct {
	db    *bbolt.DB
	queue chan rawWrite
}

type rawWrite struct {
	pairs []pair
	done  chan error
}

var rawBucket = []byte("b")

// openRaw opens one that holds so many bytes of the same records already: saving
// into an empty file is another thing than into one that is in use.
func openRaw(dir string, hold int64) (*rawStore, error) {
	db, err := bbolt.Open(filepath.Join(dir, fmt.Sprintf("raw-%d.db", os.Getpid())), 0o600, &bbolt.Options{InitialMmapSize: 8 << 30, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	r := &rawStore{db, make(chan rawWrite, 1024)}
	err = r.fill(hold)
	go r.run()
	return r, err
}

// fill writes records until they have so many bytes.
func (r *rawStore) fill(bytes int64) error {
	r.db.NoSync = true
	defer func() { r.db.NoSync = false }()
	for more := true; more; {
		err := r.db.Update(func(tx *bbolt.Tx) error {
			if _, err := tx.CreateBucketIfNotExists(rawBucket); err != nil {
				return err
			}
			for n := 0; n < perUpdate && bytes > 0; n++ {
				p := pairs()
				for _, one := range p {
					bytes -= int64(len(one.key) + len(one.value))
				}
				if err := putAll(tx, p); err != nil {
					return err
				}
			}
			more = bytes > 0
			return nil
		})
		if err != nil {
			return err
		}
	}
	return r.db.Sync()
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
		if err := tx.Bucket(rawBucket).Put(p.key, p.value); err != nil {
			return fmt.Errorf("raw: %w", err)
		}
	}
	return nil
}

func (r *rawStore) close() error {
	close(r.queue)
	return errors.Join(r.db.Close(), os.Remove(r.db.Path()))
}
