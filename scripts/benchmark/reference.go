package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/pocketbase/pocketbase"
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
