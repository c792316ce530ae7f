package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/pocketbase/pocketbase"
	"go.etcd.io/bbolt"
)

// references are the servers that ours is compared with, each a process of its
// own so that its CPU can be told apart.
var references = map[string]func(address string) error{
	"fiber":      bareFiber,
	"pocketbase": pocketBase,
	"saver":      bareSaver,
}

// bareFiber answers a post with 303, and GET /N with N bytes.
func bareFiber(address string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Post("/", func(c *fiber.Ctx) error { return c.Redirect("/me", fiber.StatusSeeOther) })
	bytes := make([]byte, 8<<20)
	for i := range bytes {
		bytes[i] = 'x'
	}
	app.Get("/:n", func(c *fiber.Ctx) error {
		n, err := strconv.Atoi(c.Params("n"))
		if err != nil || n < 0 || n > len(bytes) {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(bytes[:n])
	})
	return app.Listen(address)
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
	raw, err := openRaw(os.TempDir())
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

func openRaw(dir string) (*rawStore, error) {
	db, err := bbolt.Open(filepath.Join(dir, fmt.Sprintf("raw-%d.db", os.Getpid())), 0o600, &bbolt.Options{InitialMmapSize: 8 << 30, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	r := &rawStore{db, make(chan rawWrite, 1024)}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(rawBucket)
		return err
	})
	go r.run()
	return r, err
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
